/** Seed expansion, Ed25519 and the VRFs. */
import type { VectorLocation } from '../errors.js';
import type {
  DsignImplementation,
  ExtendedImplementation,
  Implementation,
  SeedImplementation,
  VrfImplementation,
} from '../implementation.js';
import {
  ed25519Vectors,
  extendedKeyVectors,
  seedExpansionVectors,
  VRF_ALGORITHMS,
  type VrfAlgorithmName,
  vrfVectors,
  type VrfVerdictVector,
} from '../vectors.js';
import {
  conformanceCase,
  type ConformanceCase,
  type ConformanceGroup,
  expectBytes,
  expectVerdict,
} from './case.js';

/** A case of an entry of a file. The name of the entry is the place in the file. */
function entryCase(
  group: ConformanceGroup,
  file: string,
  entry: string,
  body: (location: VectorLocation) => Promise<void>,
  name = entry,
): ConformanceCase {
  const location = { file, entry };
  return conformanceCase(group, name, location, () => body(location));
}

function seedCases(implementation: SeedImplementation): ConformanceCase[] {
  return seedExpansionVectors().map(({ name, seed, left, right }) =>
    entryCase('seed expansion', 'seed-expansion.json', name, async (location) => {
      const halves = await implementation.expand(seed.slice());
      await expectBytes(location, 'seed', halves.left, left, 'the left seed');
      await expectBytes(location, 'seed', halves.right, right, 'the right seed');
    }),
  );
}

function ed25519Cases(dsign: DsignImplementation): ConformanceCase[] {
  const { positives, negatives } = ed25519Vectors();
  const file = 'ed25519.json';
  return [
    ...positives.map(({ name, seed, verificationKey, message, signature }) =>
      entryCase('ed25519 signing', file, name, async (location) => {
        const key = dsign.deriveVerificationKey(seed.slice());
        await expectBytes(location, 'verification key', key, verificationKey);
        await expectBytes(location, 'signature', dsign.sign(seed.slice(), message), signature);
      }),
    ),
    ...[
      ...positives.map((vector) => ({ ...vector, valid: true, verb: 'accepts' })),
      ...negatives.map((vector) => ({
        ...vector,
        name: vector.why,
        valid: false,
        verb: 'rejects',
      })),
    ].map(({ name, verificationKey, message, signature, valid, verb }) =>
      entryCase(
        'ed25519 verification',
        file,
        name,
        async (location) => {
          const verdict = dsign.verify(verificationKey, message, signature);
          await expectVerdict(location, 'the signature', verdict, valid);
        },
        `${verb}: ${name}`,
      ),
    ),
  ];
}

function extendedCases(extended: ExtendedImplementation): ConformanceCase[] {
  return extendedKeyVectors().map(({ name, extendedKey, verificationKey, message, signature }) =>
    entryCase('ed25519 extended signing', 'ed25519-extended.json', name, async (location) => {
      const derived = extended.deriveVerificationKey(extendedKey.slice());
      await expectBytes(location, 'verification key', derived, verificationKey);
      const signed = extended.sign(extendedKey.slice(), message);
      await expectBytes(location, 'signature', signed, signature);
    }),
  );
}

/** The output of a proof is as expected: `undefined` for one that is not valid. */
async function expectOutput(
  location: VectorLocation,
  actual: Uint8Array | undefined,
  expected: Uint8Array | undefined,
): Promise<void> {
  await expectVerdict(location, 'the proof', actual !== undefined, expected !== undefined);
  if (actual === undefined || expected === undefined) return;
  await expectBytes(location, 'output', actual, expected);
}

function vrfCases(vrf: VrfImplementation, algorithm: VrfAlgorithmName): ConformanceCase[] {
  const isOfAlgorithm = (vector: { algorithm: string }) => vector.algorithm === algorithm;
  const proofs = vrfVectors().proofs.filter(isOfAlgorithm);
  const verdict = (
    { verificationKey, alpha, proof, output, why }: VrfVerdictVector,
    verb: string,
  ) =>
    entryCase('vrf verification', 'vrf.json', `${algorithm} ${verb}: ${why}`, async (location) => {
      await expectOutput(location, await vrf.verify(verificationKey, alpha, proof), output);
    });
  return [
    ...proofs.map(({ name, seed, verificationKey, alpha, proof, output }) =>
      entryCase('vrf proving', 'vrf.json', `${algorithm}: ${name}`, async (location) => {
        const key = vrf.deriveVerificationKey(seed.slice());
        await expectBytes(location, 'verification key', key, verificationKey);
        await expectBytes(location, 'proof', vrf.prove(seed.slice(), alpha), proof);
        await expectOutput(location, await vrf.outputOf(proof), output);
      }),
    ),
    ...proofs.map((vector) => verdict({ ...vector, why: vector.name }, 'accepts')),
    ...vrfVectors()
      .verdicts.filter(isOfAlgorithm)
      .map((vector) => verdict(vector, vector.output === undefined ? 'refuses' : 'accepts')),
  ];
}

/** All cases of the parts that have no period. */
export function primitiveCases(implementation: Implementation): ConformanceCase[] {
  const { seed, dsign, extended } = implementation;
  return [
    ...(seed === undefined ? [] : seedCases(seed)),
    ...(dsign === undefined ? [] : ed25519Cases(dsign)),
    ...(extended === undefined ? [] : extendedCases(extended)),
    ...VRF_ALGORITHMS.flatMap((algorithm) => {
      const vrf = implementation.vrf?.(algorithm);
      return vrf === undefined ? [] : vrfCases(vrf, algorithm);
    }),
  ];
}
