/**
 * What the tests of several packages share about keys of any algorithm: made of seeds and bytes, written, and signatures to
 * verify.
 *
 * @module
 */
import {
  directDeserialiseBufChecked,
  directSerialiseBufChecked,
  type DirectDeserialise,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import { MLockedSeed } from '@evolock/mlocked-seed';
import fc from 'fast-check';

/** Makes a key from a seed. The packages of the algorithms depend on this one, so it declares the interface. */
export interface KeyMaker<Key, Options extends object> {
  generateKey(seed: MLockedSeed, options?: Options): Key;
}

/** The members of an evolving key that the tests use. */
export interface TestedKey extends DirectSerialise, Disposable {
  readonly algorithm: { readonly signingKeySize: number };
  readonly period: number;
  deriveVerificationKey(): Uint8Array;
  sign(message: Uint8Array): Uint8Array;
  update(): void;
  release(): void;
}

/** The signing key of a seed in ordinary bytes. The bytes are not changed. */
export function keyOf<Key, Options extends object>(
  algorithm: KeyMaker<Key, Options>,
  seed: Uint8Array,
  options?: Options,
): Key {
  using locked = MLockedSeed.fromBytes(seed.slice());
  return algorithm.generateKey(locked, options);
}

/** The signing key of a seed, evolved to a period. */
export function keyAt<Key extends TestedKey>(
  algorithm: KeyMaker<Key, object>,
  seed: Uint8Array,
  period: number,
): Key {
  const key = keyOf(algorithm, seed);
  while (key.period < period) key.update();
  return key;
}

/** The signing key of a serialised form. */
export function keyFrom<Key, Options extends object>(
  algorithm: DirectDeserialise<Key, Options>,
  bytes: Uint8Array,
  options?: Options,
): Key {
  return directDeserialiseBufChecked(bytes, algorithm, options);
}

/** A released key evolving key, as `describeLockedValue` tests it. */
export const releasedKey = {
  right: { sign: [Uint8Array.of(1)], directSerialise: [() => {}], updateTo: [0] },
  refuses: [
    'period',
    'sign',
    'update',
    'updateTo',
    'deriveVerificationKey',
    'clone',
    'directSerialise',
  ],
  harmless: ['algorithm'],
};

/** The serialised form of a value, of a given size in bytes. */
export function serialisedTo(size: number, value: DirectSerialise): Uint8Array {
  const bytes = new Uint8Array(size);
  directSerialiseBufChecked(bytes, value);
  return bytes;
}

/** The serialised form of a key with an algorithm. */
export function serialised(
  key: DirectSerialise & { readonly algorithm: { readonly signingKeySize: number } },
): Uint8Array {
  return serialisedTo(key.algorithm.signingKeySize, key);
}

/** Copies of the blocks of the serialised form of a value. */
export function blocksOf(value: DirectSerialise): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  // A block may be a Buffer, and `slice` of a Buffer does not copy.
  value.directSerialise((block) => blocks.push(new Uint8Array(block)));
  return blocks;
}

/** The arguments of one verification, by name. */
export interface TestedVerification {
  readonly verificationKey: Uint8Array;
  readonly period: number;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** A valid signature of every period. */
export function goodVerifications(
  algorithm: KeyMaker<TestedKey, object> & { readonly totalPeriods: number },
  seed: Uint8Array,
  message: Uint8Array,
): TestedVerification[] {
  using key = keyOf(algorithm, seed);
  const verificationKey = key.deriveVerificationKey();
  return Array.from({ length: algorithm.totalPeriods }, (_, period) => {
    if (period > 0) key.update();
    return { verificationKey, period, message, signature: key.sign(message) };
  });
}

/** Invalid values in place of a verification. */
export const hostileVerifications: readonly unknown[] = [
  undefined,
  null,
  7,
  'text',
  {},
  [],
  Symbol('item'),
  () => undefined,
];

const parts = ['verificationKey', 'period', 'message', 'signature'] as const;

/** Values that are invalid for most members. */
const wrongParts: readonly unknown[] = [
  undefined,
  null,
  -1,
  1.5,
  4,
  2 ** 32 - 1,
  2 ** 53,
  'text',
  new Uint8Array(),
  new Uint8Array(31),
  new Uint16Array(32),
  new Uint8Array(new SharedArrayBuffer(32)),
];

/** Valid verifications, and invalid ones: a wrong member, other bytes, more bytes, another period. */
export function anyVerification(good: readonly TestedVerification[]): fc.Arbitrary<unknown> {
  const one = fc.constantFrom(...good);
  const spoiled = fc
    .tuple(one, fc.constantFrom(...parts), fc.constantFrom(...wrongParts))
    .map(([item, part, value]) => ({ ...item, [part]: value }));
  const flipped = fc.tuple(one, fc.nat()).map(([item, place]) => {
    const signature = item.signature.slice();
    signature[place % signature.length]! ^= 1;
    return { ...item, signature };
  });
  const lengthened = fc
    .tuple(one, fc.constantFrom('verificationKey', 'signature'))
    .map(([item, part]) => ({ ...item, [part]: Uint8Array.of(...item[part], 0) }));
  const elsewhere = fc
    .tuple(one, fc.integer({ min: -2, max: 9 }))
    .map(([item, period]) => ({ ...item, period }));
  const otherMessage = fc
    .tuple(one, fc.uint8Array({ maxLength: 2000 }))
    .map(([item, message]) => ({ ...item, message }));
  const hostile = fc.constantFrom(...hostileVerifications);
  return fc.oneof(one, hostile, spoiled, flipped, lengthened, elsewhere, otherMessage);
}
