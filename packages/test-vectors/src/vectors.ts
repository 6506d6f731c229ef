/**
 * The files of vectors that the package ships, decoded: a function for each, and each call returns fresh copies. Seeds,
 * verification keys and hashes have 32 bytes, signatures of Ed25519 64, messages any number.
 */
import { readFileSync } from 'node:fs';
import { decoded } from './bytes.js';

/**
 * Which of the four key evolving signature algorithms: `single` and `compactSingle` have one period
 * (depth 0); `sum` and `compactSum` have 2^depth periods, and at depth 0 they are `single` and
 * `compactSingle`.
 */
export type KesAlgorithmKind = 'single' | 'compactSingle' | 'sum' | 'compactSum';

/** The VRFs of the vectors, by their names in cardano-base: draft 03, and draft 13 with batch-compatible proofs. */
export const VRF_ALGORITHMS = ['PraosVRF', 'PraosBatchCompatVRF'] as const;

/** A VRF of the vectors. */
export type VrfAlgorithmName = (typeof VRF_ALGORITHMS)[number];

/** This file and its build are both in a folder beside `vectors`. The caller states the type of the content. */
function read(name: string): unknown {
  const file = new URL(`../vectors/${name}.json`, import.meta.url);
  return decoded(JSON.parse(readFileSync(file, 'utf8')));
}

/** A seed and its two child seeds, H(0x01 ‖ seed) and H(0x02 ‖ seed): 32 bytes each. */
export interface SeedExpansionVector {
  /** What the seed tests. */
  readonly name: string;
  readonly seed: Uint8Array;
  readonly left: Uint8Array;
  readonly right: Uint8Array;
}

/** `seed-expansion.json`: H is Blake2b-256 (Malkin, Micciancio, Miner; as cardano-crypto-class has it). */
export function seedExpansionVectors(): SeedExpansionVector[] {
  return (read('seed-expansion') as { vectors: SeedExpansionVector[] }).vectors;
}

/** A signature of a message by the signing key of a verification key, or what is to pass for one. */
interface SignedMessage {
  readonly verificationKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** A signature that must come out byte for byte and must be accepted. */
export interface Ed25519PositiveVector extends SignedMessage {
  /** Its source, or what it tests. */
  readonly name: string;
  readonly seed: Uint8Array;
}

/** A signature that must be rejected: of 64 bytes, except in vectors about the length. */
export interface Ed25519NegativeVector extends SignedMessage {
  /** Why it must be rejected; no two vectors have the same. */
  readonly why: string;
}

/** The content of `ed25519.json`. */
export interface Ed25519Vectors {
  readonly positives: readonly Ed25519PositiveVector[];
  readonly negatives: readonly Ed25519NegativeVector[];
}

/**
 * `ed25519.json`: RFC 8032 (section 7.1, tests 1 to 3) and others, and signatures that the rule of libsodium rejects
 * (A and R canonical and not of small order, S \< L, no cofactor).
 */
export function ed25519Vectors(): Ed25519Vectors {
  return read('ed25519') as Ed25519Vectors;
}

/** A signature of an extended Ed25519 key, kL ‖ kR of 64 bytes, that an implementation must make byte for byte. */
export interface ExtendedKeyVector extends SignedMessage {
  /** A unique name. */
  readonly name: string;
  readonly extendedKey: Uint8Array;
}

/** `ed25519-extended.json`: BIP32-Ed25519, as cold keys of hardware and mnemonic wallets are. */
export function extendedKeyVectors(): ExtendedKeyVector[] {
  return (read('ed25519-extended') as { vectors: ExtendedKeyVector[] }).vectors;
}

/** A proof of 80 or 128 bytes, with an output of 64, that an implementation must make byte for byte. */
export interface VrfProofVector {
  readonly algorithm: VrfAlgorithmName;
  /** A name that is unique for the VRF. */
  readonly name: string;
  readonly seed: Uint8Array;
  readonly verificationKey: Uint8Array;
  readonly alpha: Uint8Array;
  readonly proof: Uint8Array;
  readonly output: Uint8Array;
}

/** A proof, and how the reference judges it. Some verification keys and proofs have other sizes. */
export interface VrfVerdictVector {
  readonly algorithm: VrfAlgorithmName;
  /** What is unusual about it. */
  readonly why: string;
  readonly verificationKey: Uint8Array;
  readonly alpha: Uint8Array;
  readonly proof: Uint8Array;
  /** The output of a valid proof; `undefined` when the proof must be refused. */
  readonly output: Uint8Array | undefined;
}

/** The content of `vrf.json`. */
export interface VrfVectors {
  readonly proofs: readonly VrfProofVector[];
  readonly verdicts: readonly VrfVerdictVector[];
}

/**
 * `vrf.json`: proofs of both VRFs, and proofs that few verifiers judge alike (torsion parts, small orders, encodings that
 * are not canonical), judged as by cardano-base.
 */
export function vrfVectors(): VrfVectors {
  return read('vrf') as VrfVectors;
}

/** One key of a depth of 0 to 7 at every period. Sum and compact sum keys are the same bytes. */
export interface KesSigningKeyVector {
  readonly depth: number;
  /** 2^depth. */
  readonly totalPeriods: number;
  readonly seed: Uint8Array;
  readonly verificationKey: Uint8Array;
  /** Sizes of the blocks of DirectSerialise in order: 1 + 3 · depth times 32 bytes. */
  readonly blockSizes: readonly number[];
  /** The serialised key at every period, 32 + 96 · depth bytes each; the index is the period. */
  readonly signingKeys: readonly Uint8Array[];
}

/** `kes-signing-keys.json`: for depths 0 to 7 a seed, its verification key and its signing key at every period. */
export function kesSigningKeyVectors(): KesSigningKeyVector[] {
  return (read('kes-signing-keys') as { keys: KesSigningKeyVector[] }).keys;
}

/** The signature of one message of 0 to 63 bytes at one period. */
export interface KesSignature {
  readonly period: number;
  readonly message: Uint8Array;
  /** 64 + 64 · depth bytes (sum) or 96 + 32 · depth bytes (compact). */
  readonly signature: Uint8Array;
}

/** An algorithm: its kind, and its depth: 0 for the single algorithms, 0 to 7 for the sums. */
interface KesInstance {
  readonly algorithm: KesAlgorithmKind;
  readonly depth: number;
}

/** The signatures of one key of one algorithm. The seed is that of the signing key vector of the same depth. */
export interface KesSignatureVector extends KesInstance {
  readonly seed: Uint8Array;
  readonly verificationKey: Uint8Array;
  /** One for every period; the index is the period. */
  readonly signatures: readonly KesSignature[];
}

/** `kes-signatures.json`: for every algorithm and depth, one signature at every period. */
export function kesSignatureVectors(): KesSignatureVector[] {
  return (read('kes-signatures') as { keys: KesSignatureVector[] }).keys;
}

/** A signature that must be rejected by the algorithm at the depth. It can have any length. */
export interface KesNegativeVector extends KesInstance, SignedMessage {
  /** Any integer, also a negative one. */
  readonly period: number;
  /** Why it must be rejected; no two vectors of an algorithm and depth have the same. */
  readonly why: string;
}

/** `kes-negatives.json`: signatures, periods, messages and verification keys that do not match. */
export function kesNegativeVectors(): KesNegativeVector[] {
  return (read('kes-negatives') as { vectors: KesNegativeVector[] }).vectors;
}

/**
 * A serialised signing key that must not be read: the key of `kes-signing-keys.json` at `period`, with `patch`, which can
 * be empty, written over it at `offset`, then cut off or filled with zeroes to `size` bytes.
 */
export interface KesKeyNegativeVector {
  readonly depth: number;
  readonly period: number;
  readonly offset: number;
  readonly patch: Uint8Array;
  readonly size: number;
  /** The period to state when reading; absent, no period is stated. */
  readonly statedPeriod?: number;
  /**
   * The level that an error has to name, 1 (next to the leaf) to the depth: the innermost whose verification keys are
   * not those that its secrets lead to. Absent when no level disagrees: a reader that recomputes nothing must refuse
   * those too.
   */
  readonly level?: number;
  /** Why it must be refused; no two vectors of a depth and period have the same. */
  readonly why: string;
}

/** `kes-key-negatives.json`: serialised signing keys of a wrong length, of another period than stated, and tampered ones. */
export function kesKeyNegativeVectors(): KesKeyNegativeVector[] {
  return (read('kes-key-negatives') as { vectors: KesKeyNegativeVector[] }).vectors;
}

/** A key in the layout of the Rust crate: the key of `kes-signing-keys.json` at `period`, then `tail`. */
export interface KesRustFormVector {
  readonly depth: number;
  readonly period: number;
  /** The stated period: 4 bytes, big endian. */
  readonly tail: Uint8Array;
}

/** Bytes in that layout that must not be read. */
export interface KesRustFormNegative extends KesRustFormVector {
  /** The number of bytes that remain of the key and the tail. */
  readonly size: number;
  /** Why they must be refused; no two vectors of a depth have the same. */
  readonly why: string;
}

/** The content of `kes-rust-form.json`. */
export interface KesRustFormVectors {
  /** The first, an alternating and the last period of every depth. */
  readonly positives: readonly KesRustFormVector[];
  readonly negatives: readonly KesRustFormNegative[];
}

/** `kes-rust-form.json`: the layout of the Rust crate `kes-summed-ed25519`, which has the period after the key. */
export function kesRustFormVectors(): KesRustFormVectors {
  return read('kes-rust-form') as KesRustFormVectors;
}

/** The heads of an algorithm, `5820` and `5840` to `590200`: the CBOR form is the head, then the raw bytes. */
export interface KesCborHead extends KesInstance {
  readonly verificationKeyHead: Uint8Array;
  readonly signatureHead: Uint8Array;
}

/**
 * Bytes that a decoder must refuse: `head`, then the first `kept` of the raw bytes (of the verification key, or of the
 * signature at period 0), then `tail`.
 */
export interface KesCborNegative extends KesInstance {
  readonly subject: 'verificationKey' | 'signature';
  readonly head: Uint8Array;
  readonly kept: number;
  readonly tail: Uint8Array;
  /** Why it must be refused; no two of an algorithm, depth and subject have the same. */
  readonly why: string;
}

/** The content of `kes-cbor.json`, with heads for every algorithm and depth. */
export interface KesCborVectors {
  readonly heads: readonly KesCborHead[];
  readonly negatives: readonly KesCborNegative[];
}

/** `kes-cbor.json`: verification keys and signatures as one CBOR byte string (RFC 8949) with the shortest head and no tag. */
export function kesCborVectors(): KesCborVectors {
  return read('kes-cbor') as KesCborVectors;
}

/** A signature of the Haskell reference on a message of 0 to 42 bytes at a period. */
export interface HaskellKesPeriod extends KesSignature {
  /** SHA-256 of the serialised signing key. */
  readonly signingKeySha256: Uint8Array;
  /** The serialised signing key: at the first two periods, around the middle and at the last. */
  readonly signingKey?: Uint8Array;
}

/** A key of the Haskell reference at every period. Sizes in bytes. */
export interface HaskellKesVector extends KesInstance {
  /** The name in the reference, where sum and compact sum have one name: `ed25519_kes_2^6`. */
  readonly name: string;
  readonly seed: Uint8Array;
  readonly verificationKey: Uint8Array;
  /** The verification key as CBOR, 34 bytes. */
  readonly verificationKeyCbor: Uint8Array;
  /** Blake2b-256 of the verification key. */
  readonly verificationKeyHash: Uint8Array;
  readonly signingKeySize: number;
  readonly signatureSize: number;
  /** One entry for each period; the index is the period. */
  readonly periods: readonly HaskellKesPeriod[];
}

/**
 * `kes-haskell.json`: keys and signatures at every period, made by running the Haskell reference (cardano-crypto-class
 * 2.6.0.0), with two seeds for each algorithm and depth.
 */
export function haskellKesVectors(): HaskellKesVector[] {
  return (read('kes-haskell') as { keys: HaskellKesVector[] }).keys;
}
