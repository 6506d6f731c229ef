/** Proofs that few verifiers judge alike. Each was made by the owner of the key, or by anybody for a key of small order. */
import { hexToBytes } from '@noble/hashes/utils.js';
import type { VrfAlgorithmName } from '@evolock/test-vectors';
import {
  type CurvePoint,
  encodeProof,
  GROUP_ORDER,
  hash,
  hashToCurve,
  Point,
  readScalar,
  secretScalar,
  vrfChallenge,
  writeScalar,
} from '../curve.js';
import { native } from '../native.js';
import { noPoint, SMALL_ORDER_ENCODINGS, TORSION } from './forgeries.js';
import { flipBit, seedOf } from './material.js';

/** A proof and the intended verdict. */
export interface Verdict {
  readonly why: string;
  readonly verificationKey: Uint8Array;
  readonly alpha: Uint8Array;
  readonly proof: Uint8Array;
  readonly valid: boolean;
}

const ALPHA = new TextEncoder().encode('evolock');

/** What a prover chooses. */
interface Choice {
  readonly name: VrfAlgorithmName;
  /** The secret scalar. */
  readonly scalar: bigint;
  readonly verificationKey: Uint8Array;
  /** The torsion part of the verification key. */
  readonly keyTorsion: CurvePoint;
  /** The torsion part of Γ. */
  readonly gammaTorsion: CurvePoint;
  /** Which challenges suit. */
  suits(challenge: bigint): boolean;
  /** How often the torsion parts are in what is announced, before the challenge is known. Absent: all ways are tried. */
  readonly times?: bigint;
}

/** L − c modulo 8: how often a verifier of cardano-base adds a torsion part. */
function timesOf(challenge: bigint): bigint {
  return (GROUP_ORDER - challenge) % 8n;
}

/**
 * Makes a proof with torsion parts. The prover announces k·B and k·H with the torsion parts as often as a verifier will add
 * them, and tries nonces until the challenge agrees.
 */
function forge(choice: Choice): Uint8Array {
  const { name, scalar, verificationKey, keyTorsion, gammaTorsion } = choice;
  const hashed = hashToCurve(name, verificationKey, ALPHA);
  const gamma = hashed.multiplyUnsafe(scalar).add(gammaTorsion).toBytes();
  for (let count = 0; ; count += 1) {
    const label = new TextEncoder().encode(`evolock vrf nonce ${count}`);
    const nonce = readScalar(hash(label, verificationKey)) % GROUP_ORDER;
    const times = choice.times ?? BigInt(count % 8);
    const announced = {
      u: Point.BASE.multiply(nonce).add(keyTorsion.multiplyUnsafe(times)),
      v: hashed.multiply(nonce).add(gammaTorsion.multiplyUnsafe(times)),
    };
    const transcript = {
      verificationKey,
      hashed: hashed.toBytes(),
      gamma,
      u: announced.u.toBytes(),
      v: announced.v.toBytes(),
    };
    const challenge = vrfChallenge(name, transcript);
    if (!choice.suits(challenge)) continue;
    if (choice.times === undefined && timesOf(challenge) !== times) continue;
    const response = (nonce + challenge * scalar) % GROUP_ORDER;
    return encodeProof(name, transcript, challenge, response);
  }
}

const always = (): boolean => true;

function torsionInGamma(name: VrfAlgorithmName, seed: Uint8Array): Verdict[] {
  const scalar = secretScalar(seed);
  const verificationKey = Point.BASE.multiply(scalar).toBytes();
  const entry = (why: string, valid: boolean, choice: Partial<Choice>): Verdict => ({
    why,
    verificationKey,
    alpha: ALPHA,
    valid,
    proof: forge({
      name,
      scalar,
      verificationKey,
      keyTorsion: Point.ZERO,
      gammaTorsion: TORSION,
      suits: always,
      ...choice,
    }),
  });
  return [
    entry(
      'Γ with a torsion part of order 8; L − c is a multiple of 8, so the part vanishes',
      true,
      {
        times: 0n,
        suits: (challenge) => timesOf(challenge) === 0n,
      },
    ),
    entry(
      'Γ with a torsion part of order 8; c is a multiple of 8, and the part is in V five times',
      true,
      {
        suits: (challenge) => challenge % 8n === 0n,
      },
    ),
    entry(
      'Γ with a torsion part of order 8; c is a multiple of 8, and V is k·H: valid where the point is multiplied by c and subtracted',
      false,
      { times: 0n, suits: (challenge) => challenge % 8n === 0n },
    ),
    entry('Γ with a torsion part of order 4', true, {
      gammaTorsion: TORSION.double(),
      suits: (challenge) => challenge % 4n !== 1n,
    }),
    entry('Γ with a torsion part of order 2', true, {
      gammaTorsion: TORSION.double().double(),
      suits: (challenge) => challenge % 2n === 0n,
    }),
    entry('Γ with a torsion part of order 8 that is not in V', false, {
      times: 0n,
      suits: (challenge) => timesOf(challenge) === 3n,
    }),
  ];
}

function torsionInTheKey(name: VrfAlgorithmName, seed: Uint8Array): Verdict[] {
  const scalar = secretScalar(seed);
  const parts: readonly (readonly [string, CurvePoint, CurvePoint])[] = [
    ['verification key with a torsion part of order 8', TORSION, Point.ZERO],
    ['verification key with a torsion part of order 2', TORSION.double().double(), Point.ZERO],
    ['verification key and Γ with torsion parts', TORSION, TORSION.negate()],
  ];
  return parts.map(([why, keyTorsion, gammaTorsion]) => {
    const verificationKey = Point.BASE.multiply(scalar).add(keyTorsion).toBytes();
    const suits = (challenge: bigint) => challenge % 2n === 0n;
    const proof = forge({ name, scalar, verificationKey, keyTorsion, gammaTorsion, suits });
    return { why, verificationKey, alpha: ALPHA, proof, valid: true };
  });
}

/** The secret scalar of a key of small order is 0, so anybody makes a proof. Only the check of the key refuses it. */
function keysOfSmallOrder(name: VrfAlgorithmName): Verdict[] {
  return SMALL_ORDER_ENCODINGS.map(([description, encoding], index) => {
    const verificationKey = hexToBytes(encoding);
    // The torsion points in the order of the list of encodings.
    const keyTorsion = SMALL_ORDER_POINTS[index] ?? Point.ZERO;
    const proof = forge({
      name,
      scalar: 0n,
      verificationKey,
      keyTorsion,
      gammaTorsion: Point.ZERO,
      suits: always,
    });
    const why = `verification key of small order (${description})`;
    return { why, verificationKey, alpha: ALPHA, proof, valid: false };
  });
}

/** Points by their encodings; those that are not canonical stand for the identity, order 2 and order 4. */
const SMALL_ORDER_POINTS: readonly CurvePoint[] = SMALL_ORDER_ENCODINGS.map(
  ([description, encoding]) => {
    if (description.startsWith('identity')) return Point.ZERO;
    if (description.startsWith('order 2')) return TORSION.double().double();
    if (description.includes('y = p')) return Point.fromHex('00'.repeat(32));
    return Point.fromHex(encoding);
  },
);

/** A part of a good proof is replaced. */
function damaged(name: VrfAlgorithmName, seed: Uint8Array): Verdict[] {
  const verificationKey = Point.BASE.multiply(secretScalar(seed)).toBytes();
  const good = native.vrf(name).prove(seed, ALPHA);
  const { length } = good;
  const withPart = (offset: number, part: Uint8Array): Uint8Array => {
    const proof = good.slice();
    proof.set(part, offset);
    return proof;
  };
  const response = readScalar(good.slice(-32));
  const proofs: readonly (readonly [string, Uint8Array])[] = [
    ['response not below L (s + L)', withPart(length - 32, writeScalar(response + GROUP_ORDER))],
    [
      'response with its highest bit set',
      withPart(length - 1, Uint8Array.of((good[length - 1] ?? 0) | 0x80)),
    ],
    ['response of zero', withPart(length - 32, new Uint8Array(32))],
    ['Γ with the sign of x changed', withPart(31, Uint8Array.of((good[31] ?? 0) ^ 0x80))],
    ['Γ is no point', withPart(0, noPoint())],
    ...SMALL_ORDER_ENCODINGS.map(
      ([description, encoding]) =>
        [`Γ of small order (${description})`, withPart(0, hexToBytes(encoding))] as const,
    ),
    ['bit flipped in Γ', flipBit(good, 3)],
    ['bit flipped behind Γ', flipBit(good, 33)],
    ['bit flipped in the response', flipBit(good, length - 20)],
    [
      'challenge or first announcement of zeroes',
      withPart(32, new Uint8Array(name === 'PraosVRF' ? 16 : 32)),
    ],
    ['all zeroes', new Uint8Array(length)],
    ['empty', new Uint8Array(0)],
    ['truncated by one byte', good.slice(0, -1)],
    ['extended by one byte', Uint8Array.from([...good, 0])],
    ['proof of the other algorithm', native.vrf(otherThan(name)).prove(seed, ALPHA)],
  ];
  const otherKey = Point.BASE.multiply(secretScalar(seedOf('another'))).toBytes();
  const negated = verificationKey.map((byte, index) => (index === 31 ? byte ^ 0x80 : byte));
  const changes: readonly (readonly [string, Partial<Verdict>])[] = [
    ...proofs.map(([why, proof]) => [why, { proof }] as const),
    ['another message', { alpha: new Uint8Array(0) }],
    ['verification key of another seed', { verificationKey: otherKey }],
    ['verification key that is no point', { verificationKey: noPoint() }],
    ['verification key with the sign of x changed', { verificationKey: negated }],
    ['verification key truncated', { verificationKey: verificationKey.slice(1) }],
  ];
  const claim = { verificationKey, alpha: ALPHA, proof: good, valid: false };
  return changes.map(([why, change]) => ({ ...claim, ...change, why }));
}

function otherThan(name: VrfAlgorithmName): VrfAlgorithmName {
  return name === 'PraosVRF' ? 'PraosBatchCompatVRF' : 'PraosVRF';
}

/** All verdicts of a VRF. */
export function vrfVerdicts(name: VrfAlgorithmName): Verdict[] {
  const seed = seedOf('vrf');
  return [
    ...torsionInGamma(name, seed),
    ...torsionInTheKey(name, seed),
    ...keysOfSmallOrder(name),
    ...damaged(name, seed),
  ];
}
