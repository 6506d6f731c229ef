import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  compactSumKesOfDepth,
  ed25519,
  sumKesOfDepth,
  type KesAlgorithm,
} from '../../src/index.js';

const deep: readonly KesAlgorithm[] = [8, 10, 12, 16].flatMap((depth) => [
  sumKesOfDepth(ed25519, depth),
  compactSumKesOfDepth(ed25519, depth),
]);

describe.each(deep)('a key of $name', (algorithm) => {
  const { totalPeriods } = algorithm;
  const message = Uint8Array.of(1, 2, 3);

  test('signatures of its first, middle and last periods verify at their own period only', () => {
    using key = keyOf(algorithm, seedOf(9));
    const verificationKey = key.deriveVerificationKey();
    for (const period of [0, 1, totalPeriods / 2 - 1, totalPeriods / 2, totalPeriods - 1]) {
      key.updateTo(period);
      const signature = key.sign(message);
      expect(signature.length).toBe(algorithm.signatureSize);
      expect(key.deriveVerificationKey()).toEqual(verificationKey);
      expect(algorithm.verify(verificationKey, period, message, signature)).toBe(true);
      for (const other of [period - 1, period + 1, totalPeriods]) {
        expect(algorithm.verify(verificationKey, other, message, signature)).toBe(false);
      }
    }
    expect(codeOf(() => key.update())).toBe('ERR_EVOLOCK_KES_LAST_PERIOD');
  });

  test('is read from its serialised form and evolves', () => {
    using key = keyOf(algorithm, seedOf(9));
    key.updateTo(totalPeriods - 3);
    const bytes = serialised(key);
    expect(bytes.length).toBe(algorithm.signingKeySize);
    using copy = keyFrom(algorithm, bytes);
    copy.update();
    key.update();
    expect(copy.sign(message)).toEqual(key.sign(message));
    expect(serialised(copy)).toEqual(serialised(key));
  });
});
