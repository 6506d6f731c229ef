import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { keyAt, keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf, wrongly } from '@evolock/test-support';
import { describe, expect, it } from 'vitest';
import { pooledAllocator } from '../src/index.js';
import { completeSigningKey, unsoundUnchecked } from '../src/unsound.js';
import { algorithms, evolving, periodsOf, small } from './algorithms.js';

describe.each(evolving)('an unchecked read of $name', (algorithm) => {
  it('gives the same key as a checked one, which goes on in the same way', () => {
    for (const period of new Set([0, algorithm.totalPeriods >> 1, algorithm.totalPeriods - 1])) {
      using original = keyAt(algorithm, seedOf(4), period);
      using key = directDeserialiseBufChecked(serialised(original), unsoundUnchecked(algorithm));
      expect(key.period).toBe(period);
      expect(key.deriveVerificationKey()).toEqual(original.deriveVerificationKey());
      expect(key.sign(Uint8Array.of(5))).toEqual(original.sign(Uint8Array.of(5)));
      expect(serialised(key)).toEqual(serialised(original));
      if (period + 1 < algorithm.totalPeriods) {
        key.update();
        original.update();
        expect(key.sign(Uint8Array.of(5))).toEqual(original.sign(Uint8Array.of(5)));
        expect(serialised(key)).toEqual(serialised(original));
      }
    }
  });
});

describe.each(small)('a damaged key of $name that was read unchecked', (algorithm) => {
  it('is found out at its first update and by the check on request, wherever a checked read finds it out', () => {
    const last = algorithm.totalPeriods - 1;
    for (const period of periodsOf(algorithm).filter((one) => one < last)) {
      using original = keyAt(algorithm, seedOf(4), period);
      const bytes = serialised(original);
      for (let offset = 0; offset < bytes.length; offset += 16) {
        const damaged = Uint8Array.from(bytes);
        damaged[offset]! ^= 0x10;
        const checked = codeOf(() => keyFrom(algorithm, damaged).release());
        const allocator = new RecordingAllocator(pooledAllocator);
        using key = directDeserialiseBufChecked(damaged, unsoundUnchecked(algorithm), {
          allocator,
        });
        expect(codeOf(() => completeSigningKey(key))).toBe(checked);
        // A seed that was used and is no longer zero makes another period of it, of which it may be the last.
        if (key.period < last) expect(codeOf(() => key.update())).toBe(checked);
        key.release();
        expect(allocator.live).toBe(0);
      }
    }
  });
});

it('may be moved on by the allocator of its clone, which then stands where it stands', () => {
  for (const algorithm of small.filter(({ totalPeriods }) => totalPeriods > 2)) {
    using original = keyOf(algorithm, seedOf(4));
    using key = directDeserialiseBufChecked(serialised(original), unsoundUnchecked(algorithm));
    using clone = key.clone({
      allocator: {
        allocate(size, alignment) {
          key.update();
          return pooledAllocator.allocate(size, alignment);
        },
      },
    });
    for (const each of [key, clone]) each.update();
    expect([key.period, clone.period]).toEqual([2, 2]);
    expect(clone.sign(Uint8Array.of(5))).toEqual(key.sign(Uint8Array.of(5)));
    expect(serialised(clone)).toEqual(serialised(key));
  }
});

it('is refused for what these packages did not make', () => {
  const stranger = { name: 'stranger', directDeserialise: () => undefined };
  expect(codeOf(() => unsoundUnchecked(wrongly(stranger)))).toBe('ERR_EVOLOCK_KES_COMPOSITION');
});

it('leaves nothing to complete in a key of one period', () => {
  for (const algorithm of algorithms.filter(({ depth }) => depth === 0)) {
    using original = keyOf(algorithm, seedOf(4));
    using key = directDeserialiseBufChecked(serialised(original), unsoundUnchecked(algorithm));
    completeSigningKey(key);
    expect(serialised(key)).toEqual(serialised(original));
  }
});

it('checks the period that was asked for all the same', () => {
  const [algorithm] = small;
  using original = keyAt(algorithm!, seedOf(4), 1);
  const read = (period: number) => () =>
    directDeserialiseBufChecked(serialised(original), unsoundUnchecked(algorithm!), { period });
  expect(codeOf(read(0))).toBe('ERR_EVOLOCK_KES_PERIOD');
  expect(codeOf(read(2))).toBe('ERR_EVOLOCK_KES_PERIOD');
});

it.each(small)(
  'of $name holds the claim against the verification key that was given',
  (algorithm) => {
    using original = keyAt(algorithm, seedOf(4), 1);
    const verificationKey = original.deriveVerificationKey();
    const bytes = serialised(original);
    const type = unsoundUnchecked(algorithm);
    directDeserialiseBufChecked(bytes, type, { verificationKey }).release();
    // The right half of the outermost level, which an unchecked read believes.
    bytes[bytes.length - 1]! ^= 1;
    const allocator = new RecordingAllocator(pooledAllocator);
    const read = () => directDeserialiseBufChecked(bytes, type, { verificationKey, allocator });
    expect(codeOf(read)).toBe('ERR_EVOLOCK_KES_OTHER_KEY');
    expect(allocator.live).toBe(0);
  },
);
