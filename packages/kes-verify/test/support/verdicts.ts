/** Verdicts of this package and of the native ones on signatures and proofs over points with torsion parts. Some are valid. */
import { ed25519 as curve } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToNumberLE, concatBytes, numberToBytesLE } from '@noble/curves/utils.js';
import { ed25519 as nativeEd25519 } from '@evolock/kes-sum';
import * as native from '@evolock/vrf-praos';
import fc from 'fast-check';
import { expect } from 'vitest';
import { ed25519, praosBatchCompatVrf, praosVrf } from '../../src/index.js';
import { draft03, draft13, type Suite } from '../../src/vrf/drafts.js';

const { Point } = curve;
const ORDER = Point.Fn.ORDER;
type CurvePoint = InstanceType<typeof Point>;

/** A point of order 8. */
const GENERATOR = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a');

/** The torsion points: multiples 0 to 7. */
const torsion: readonly CurvePoint[] = Array.from({ length: 8 }, (_, index) =>
  Array.from({ length: index }, () => GENERATOR).reduce((sum, point) => sum.add(point), Point.ZERO),
);

function withTorsion(point: CurvePoint, part: number): CurvePoint {
  return point.add(torsion[part]!);
}

const scalar = fc.bigInt({ min: 1n, max: ORDER - 1n });
/** Mostly no torsion part, so that many signatures are valid. */
const part = fc.oneof(fc.constant(0), fc.nat({ max: 7 }));

/** One verification of an Ed25519 signature. */
interface SignatureClaim {
  readonly key: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

interface SignatureParts {
  readonly secret: bigint;
  readonly nonce: bigint;
  readonly keyPart: number;
  readonly noncePart: number;
  readonly message: Uint8Array;
}

function claimOf({ secret, nonce, keyPart, noncePart, message }: SignatureParts): SignatureClaim {
  const key = withTorsion(Point.BASE.multiply(secret), keyPart).toBytes();
  const commitment = withTorsion(Point.BASE.multiply(nonce), noncePart).toBytes();
  const challenge = bytesToNumberLE(sha512(concatBytes(commitment, key, message))) % ORDER;
  const response = (nonce + challenge * secret) % ORDER;
  return { key, message, signature: concatBytes(commitment, numberToBytesLE(response, 32)) };
}

/** The encodings of torsion points, also those that are not canonical. */
const torsionEncodings: readonly Uint8Array[] = [
  ...torsion.map((point) => point.toBytes()),
  ...[0n, 1n, 2n ** 255n - 20n].flatMap((y) =>
    [y, y + 2n ** 255n - 19n, y + 2n ** 255n, y + 2n ** 256n - 19n]
      .filter((number) => number < 2n ** 256n)
      .map((number) => numberToBytesLE(number, 32)),
  ),
];

const smallOrder = fc.constantFrom(...torsionEncodings);

/** A change of a claim, which most often makes it invalid. */
const changes: fc.Arbitrary<(claim: SignatureClaim) => SignatureClaim> = fc.oneof(
  fc.constant((claim: SignatureClaim) => claim),
  fc.constant((claim: SignatureClaim) => claim),
  smallOrder.map((key) => (claim: SignatureClaim) => ({ ...claim, key })),
  smallOrder.map((commitment) => (claim: SignatureClaim) => ({
    ...claim,
    signature: concatBytes(commitment, claim.signature.subarray(32)),
  })),
  fc.tuple(smallOrder, smallOrder).map(([key, commitment]) => (claim: SignatureClaim) => ({
    ...claim,
    key,
    signature: concatBytes(commitment, new Uint8Array(32)),
  })),
  fc.constant(({ signature, ...claim }: SignatureClaim) => {
    const larger = bytesToNumberLE(signature.subarray(32)) + ORDER;
    return {
      ...claim,
      signature: concatBytes(signature.subarray(0, 32), numberToBytesLE(larger, 32)),
    };
  }),
  fc.nat({ max: 32 * 8 - 1 }).map((bit) => (claim: SignatureClaim) => ({
    ...claim,
    key: flipped(claim.key, bit),
  })),
  fc.nat({ max: 64 * 8 - 1 }).map((bit) => (claim: SignatureClaim) => ({
    ...claim,
    signature: flipped(claim.signature, bit),
  })),
  fc.uint8Array({ minLength: 96, maxLength: 96 }).map((random) => (claim: SignatureClaim) => ({
    ...claim,
    key: random.subarray(64),
    signature: random.subarray(0, 64),
  })),
);

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

/** Ed25519 signatures: valid ones, ones that only a cofactor makes valid, and broken ones. */
const signatureClaims: fc.Arbitrary<SignatureClaim> = fc
  .record({
    secret: scalar,
    nonce: scalar,
    keyPart: part,
    noncePart: part,
    message: fc.uint8Array({ maxLength: 40 }),
  })
  .map(claimOf)
  .chain((claim) => changes.map((change) => change(claim)));

/** A valid signature, and one that only a cofactor makes valid. */
const signatureExamples: readonly SignatureClaim[] = [0, 1].map((noncePart) =>
  claimOf({ secret: 5n, nonce: 7n, keyPart: 0, noncePart, message: Uint8Array.of(1) }),
);

/** One verification of a proof. */
interface ProofClaim {
  readonly key: Uint8Array;
  readonly alpha: Uint8Array;
  readonly proof: Uint8Array;
}

function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

interface ProofParts {
  readonly secret: bigint;
  readonly nonce: bigint;
  /** Of the key, of gamma, and of both announced points. */
  readonly torsionParts: readonly [number, number, number, number];
  readonly alpha: Uint8Array;
  /** The bit of the proof that is flipped, if it is not negative. */
  readonly change: number;
  readonly gamma?: Uint8Array | undefined;
  readonly otherKey?: Uint8Array | undefined;
}

function proofClaimOf(suite: Suite, parts: ProofParts): ProofClaim {
  const { secret, nonce, torsionParts, alpha, change } = parts;
  const [keyPart, gammaPart, firstPart, secondPart] = torsionParts;
  const key = parts.otherKey ?? withTorsion(Point.BASE.multiply(secret), keyPart).toBytes();
  const hashed = Point.fromBytes(suite.hashToCurve(key, alpha).toBytes());
  const gamma = parts.gamma ?? withTorsion(hashed.multiply(secret), gammaPart).toBytes();
  const u = withTorsion(Point.BASE.multiply(nonce), firstPart).toBytes();
  const v = withTorsion(hashed.multiply(nonce), secondPart).toBytes();
  const transcript = { verificationKey: key, hashed: hashed.toBytes(), gamma, u, v };
  const challenge = suite.challenge(transcript);
  const middle = suite === draft03 ? [numberToBytesLE(challenge, 16)] : [u, v];
  const response = numberToBytesLE((nonce + challenge * secret) % ORDER, 32);
  const proof = concatBytes(gamma, ...middle, response);
  return { key, alpha, proof: change < 0 ? proof : flipped(proof, change % (8 * proof.length)) };
}

/** Proofs whose points have torsion parts. Some are valid. */
function proofClaims(suite: Suite): fc.Arbitrary<ProofClaim> {
  return fc
    .record({
      secret: scalar,
      nonce: scalar,
      // Half of them without torsion, so that some are valid.
      torsionParts: fc.oneof(fc.constant([0, 0, 0, 0] as const), fc.tuple(part, part, part, part)),
      alpha: fc.uint8Array({ maxLength: 40 }),
      change: fc.oneof(fc.constant(-1), fc.constant(-1), fc.nat()),
      gamma: seldom(smallOrder),
      otherKey: seldom(smallOrder),
    })
    .map((parts) => proofClaimOf(suite, parts));
}

/** A valid proof, and the same with its first bit flipped. */
function proofExamples(suite: Suite): readonly ProofClaim[] {
  const parts = {
    secret: 5n,
    nonce: 7n,
    torsionParts: [0, 0, 0, 0],
    alpha: Uint8Array.of(1),
  } as const;
  return [-1, 0].map((change) => proofClaimOf(suite, { ...parts, change }));
}

/** Both packages have the same verdict on each of many claims. The examples are one valid and one invalid claim. */
export function expectVerdictsOfLibsodium(numRuns: number): void {
  const counts = { true: 0, false: 0 };
  fc.assert(
    fc.property(signatureClaims, ({ key, message, signature }) => {
      const verdict = nativeEd25519.verify(key, message, signature);
      counts[`${verdict}`] += 1;
      expect(ed25519.verify(key, message, signature)).toBe(verdict);
    }),
    { numRuns, examples: signatureExamples.map((claim) => [claim]) },
  );
  expect(counts.true).toBeGreaterThan(0);
  expect(counts.false).toBeGreaterThan(0);
}

/** A VRF here, the native one, and its draft. */
export const compared = [
  { vrf: praosVrf, native: native.praosVrf, suite: draft03 },
  { vrf: praosBatchCompatVrf, native: native.praosBatchCompatVrf, suite: draft13 },
];

/** Both packages compute the same outputs of many proofs. The examples are one valid and one invalid proof. */
export function expectOutputsOfNative(
  { vrf, native: reference, suite }: (typeof compared)[number],
  numRuns: number,
): void {
  let valid = 0;
  fc.assert(
    fc.property(proofClaims(suite), ({ key, alpha, proof }) => {
      const output = reference.verify(key, alpha, proof);
      if (output !== undefined) valid += 1;
      expect(vrf.verify(key, alpha, proof)).toEqual(output);
      expect(vrf.outputOf(proof)).toEqual(reference.outputOf(proof));
    }),
    { numRuns, examples: proofExamples(suite).map((claim) => [claim]) },
  );
  expect(valid).toBeGreaterThan(0);
  expect(valid).toBeLessThan(numRuns);
}
