import { bytesToHex } from '@noble/hashes/utils.js';
import type { VrfAlgorithmName } from '../../src/vectors/vrf.js';
import { deriveVerificationKey } from '../scheme/ed25519.js';
import * as extended from '../scheme/extended.js';
import { outputOf, prove, verify } from '../scheme/vrf.js';
import { hash } from '../scheme/hash.js';
import { seedOf } from './material.js';
import { vrfVerdicts } from './vrf-verdicts.js';

/** Lengths of messages around the blocks of SHA-512, and 32, which block producers use. */
const LENGTHS = [0, 1, 32, 77, 78, 111, 112, 128, 1023];

function messageOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (7 * index) & 255);
}

function proofOf(
  algorithm: VrfAlgorithmName,
  name: string,
  seed: Uint8Array,
  alpha: Uint8Array,
): object {
  const proof = prove(algorithm, seed, alpha);
  return {
    algorithm,
    name,
    seedHex: bytesToHex(seed),
    verificationKeyHex: bytesToHex(deriveVerificationKey(seed)),
    alphaHex: bytesToHex(alpha),
    proofHex: bytesToHex(proof),
    outputHex: bytesToHex(outputOf(algorithm, proof) ?? new Uint8Array()),
  };
}

/** Proofs that an implementation must make. */
export function vrfProofs(algorithm: VrfAlgorithmName): object[] {
  const seeds: readonly (readonly [string, Uint8Array])[] = [
    ['all zero', new Uint8Array(32)],
    ['all ones', new Uint8Array(32).fill(255)],
    ...Array.from(
      { length: 8 },
      (_, index) => [`derived: vrf ${index}`, seedOf(`vrf ${index}`)] as const,
    ),
  ];
  return [
    ...LENGTHS.map((length) =>
      proofOf(algorithm, `message of ${length} bytes`, seedOf('vrf'), messageOf(length)),
    ),
    ...seeds.map(([name, seed]) => proofOf(algorithm, `seed ${name}`, seed, messageOf(32))),
  ];
}

/** Proofs that an implementation must accept or refuse. */
export function vrfVerdictEntries(algorithm: VrfAlgorithmName): object[] {
  return vrfVerdicts(algorithm).map(({ why, verificationKey, alpha, proof, valid }) => {
    const output = verify(algorithm, verificationKey, alpha, proof);
    if (valid !== (output !== undefined)) throw new Error(`${algorithm}: ${why}: wrong verdict`);
    return {
      algorithm,
      why,
      verificationKeyHex: bytesToHex(verificationKey),
      alphaHex: bytesToHex(alpha),
      proofHex: bytesToHex(proof),
      outputHex: output === undefined ? null : bytesToHex(output),
    };
  });
}

/** kL with the bits that BIP32-Ed25519 fixes, and any kR. */
function extendedKeyOf(label: string): Uint8Array {
  const half = (part: string): Uint8Array =>
    hash(new TextEncoder().encode(`evolock ${part} ${label}`));
  const left = half('kL');
  const fixed = left.map((byte, index) => {
    if (index === 0) return byte & 0b1111_1000;
    return index === 31 ? (byte & 0b0001_1111) | 0b0100_0000 : byte;
  });
  return Uint8Array.from([...fixed, ...half('kR')]);
}

/** Signatures of extended keys. */
export function extendedEntries(): object[] {
  const cases: readonly (readonly [string, Uint8Array, Uint8Array])[] = [
    ...[0, 1, 48, 95, 96, 127, 1023].map(
      (length) => [`message of ${length} bytes`, extendedKeyOf('key'), messageOf(length)] as const,
    ),
    ...[1, 2, 3, 4].map(
      (count) => [`key ${count}`, extendedKeyOf(`key ${count}`), messageOf(48)] as const,
    ),
  ];
  return cases.map(([name, key, message]) => ({
    name,
    extendedKeyHex: bytesToHex(key),
    verificationKeyHex: bytesToHex(extended.deriveVerificationKey(key)),
    messageHex: bytesToHex(message),
    signatureHex: bytesToHex(extended.sign(key, message)),
  }));
}
