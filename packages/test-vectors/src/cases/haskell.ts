/** Keys and signatures are those of the Haskell reference. */
import { createHash } from 'node:crypto';
import { bytesToHex } from '../bytes.js';
import type { VectorLocation } from '../errors.js';
import type { Implementation, KesImplementation, KesKeyHandle } from '../implementation.js';
import { haskellKesVectors, type HaskellKesPeriod, type HaskellKesVector } from '../vectors.js';
import {
  conformanceCase,
  type ConformanceCase,
  expectBytes,
  expectPeriod,
  expectSize,
  expectVerdict,
  withKey,
} from './case.js';

function locate(vector: HaskellKesVector): VectorLocation {
  const { algorithm, depth, seed } = vector;
  return { file: 'kes-haskell.json', algorithm, depth, entry: `seed ${bytesToHex(seed)}` };
}

/** The key, its signature and the verdict are those of the reference at a period. */
async function expectKey(
  kes: KesImplementation,
  vector: HaskellKesVector,
  handle: KesKeyHandle,
  expected: HaskellKesPeriod,
): Promise<void> {
  const { period, message, signature } = expected;
  const location = { ...locate(vector), period };
  expectPeriod(location, handle, period);
  const key = await handle.serialise();
  if (expected.signingKey !== undefined)
    await expectBytes(location, 'signing key', key, expected.signingKey);
  const digest = createHash('sha256').update(key).digest();
  const what = 'SHA-256 of the signing key';
  await expectBytes(location, 'signing key', digest, expected.signingKeySha256, what);
  await expectBytes(location, 'signature', handle.sign(message), signature);
  const verdict = kes.verify(vector.verificationKey, period, message, signature);
  await expectVerdict(location, 'the signature', verdict, true);
}

function haskellCase(kes: KesImplementation, vector: HaskellKesVector): ConformanceCase {
  const { algorithm, depth, seed, periods, verificationKey } = vector;
  const location = locate(vector);
  const key = `${algorithm} depth ${depth}, seed ${bytesToHex(seed.subarray(0, 2))}…`;
  const name = `${key}: keys and signatures at every period`;
  const expectVerificationKey = (handle: KesKeyHandle) =>
    expectBytes(location, 'verification key', handle.deriveVerificationKey(), verificationKey);
  return conformanceCase('kes haskell', name, location, async () => {
    expectSize(location, 'the signature size', kes.signatureSize, vector.signatureSize);
    expectSize(location, 'the signing key size', kes.signingKeySize, vector.signingKeySize);
    await withKey(kes.generateKey(seed.slice()), async (handle) => {
      await expectVerificationKey(handle);
      for (const expected of periods) {
        while (handle.period < expected.period) await handle.update();
        await expectKey(kes, vector, handle, expected);
      }
    });
    for (const expected of periods) {
      if (expected.signingKey === undefined) continue;
      await withKey(kes.readKey(expected.signingKey.slice()), async (handle) => {
        await expectVerificationKey(handle);
        await expectKey(kes, vector, handle, expected);
      });
    }
  });
}

/** The cases of the algorithms and depths that the implementation has. */
export function haskellCases(implementation: Implementation): ConformanceCase[] {
  return haskellKesVectors().flatMap((vector) => {
    const kes = implementation.kes?.(vector.algorithm, vector.depth);
    return kes === undefined ? [] : [haskellCase(kes, vector)];
  });
}
