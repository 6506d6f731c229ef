/** A verifier of many headers: its verdicts are those of `verifyHeader`. */
import { codeOf, wrongly } from '@evolock/test-support';
import { externalVectors } from '@evolock/test-vectors';
import { expect, test } from 'vitest';
import { HeaderVerifier, kesParameters, mainnet, verifyHeader } from '../../src/index.js';

const real = externalVectors('real-headers.json');

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- members of external data
const entries = Object.values((real.available ? real.data : {}) as Record<string, any>);

/** Headers with changes in each field of the certificate, in the cold key, and in the signature. */
function variantsOf(
  hex: string,
  { opcert, issuerVkeyHex }: { opcert: { hotVkeyHex: string }; issuerVkeyHex: string },
): string[] {
  const changed = [opcert.hotVkeyHex, issuerVkeyHex].map((field) => {
    const flipped = (field.startsWith('0') ? '1' : '0') + field.slice(1);
    return hex.replace(field, flipped);
  });
  const last = hex.endsWith('0') ? '1' : '0';
  return [hex, ...changed, hex.slice(0, -1) + last, hex];
}

test.skipIf(!real.available)(
  'gives the same verdicts, with few places for certificates and with many',
  () => {
    expect(entries.length).toBeGreaterThan(0);
    for (const certificates of [1, 4096]) {
      const verifiers = new Map<string, HeaderVerifier>();
      for (const { headerHex, network, expected } of entries) {
        const parameters = kesParameters({
          name: network as string,
          slotsPerKesPeriod: expected.slotsPerKESPeriod as number,
          maxKesEvolutions: expected.maxKESEvolutions as number,
        });
        const verifier =
          verifiers.get(network as string) ?? new HeaderVerifier(parameters, { certificates });
        verifiers.set(network as string, verifier);
        for (const hex of variantsOf(headerHex as string, expected))
          expect({ ...verifier.verify(hex), parameters }).toEqual(verifyHeader(hex, parameters));
      }
    }
  },
);

test.skipIf(!real.available)('judges no header that is not wanted', () => {
  const slots: bigint[] = [];
  const verifier = new HeaderVerifier(mainnet, {
    wanted: ({ slot }) => {
      slots.push(slot);
      return false;
    },
  });
  const [{ headerHex, slot }] = entries as [{ headerHex: string; slot: number }];
  expect(verifier.verify(headerHex)).toBeUndefined();
  expect(slots).toEqual([BigInt(slot)]);
  // What is not a header has a verdict.
  expect(verifier.verify('80')?.result).toBe('not-a-header');
});

test('refuses wrong options', () => {
  expect(codeOf(() => new HeaderVerifier(mainnet, { certificates: 0 }))).toBe(
    'ERR_EVOLOCK_ARGUMENT_VALUE',
  );
  expect(codeOf(() => new HeaderVerifier(mainnet, { wanted: wrongly(1) }))).toBe(
    'ERR_EVOLOCK_ARGUMENT_TYPE',
  );
  expect(codeOf(() => new HeaderVerifier(wrongly(undefined)))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
});
