/**
 * What a key evolving scheme keeps of the signature scheme at its leaves. It is read once, when the two are composed:
 * whatever becomes of the caller's object afterwards, keys go on with the sizes and operations that they began with, and
 * views that only Ed25519 may be given are given to nobody else.
 */
import {
  ed25519,
  MAX_SEED_SIZE,
  MIN_SEED_SIZE,
  type DsignAlgorithm,
  type DsignLeaf,
} from '@evolock/dsign-ed25519';
import { checkMethod, wrongType } from '@evolock/direct-serialise/arguments';

/** Name, sizes in bytes, and operations of a signature scheme, which stay what they are. */
export type LeafScheme = Pick<
  DsignAlgorithm,
  'name' | 'seedSize' | 'verificationKeySize' | 'signatureSize' | 'signingKeySize' | 'leaf'
>;

/**
 * Checks that a value has what a leaf scheme needs, and reads it.
 *
 * @returns Ed25519 itself, or what the value had of a leaf scheme at this moment, frozen.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519 } from '@evolock/kes-single';
 * import { checkDsign } from '@evolock/kes-single/composition';
 *
 * assert.equal(checkDsign(ed25519), ed25519);
 * assert.throws(() => checkDsign({}), { code: 'ERR_EVOLOCK_ARGUMENT_TYPE' });
 * const scheme = { ...ed25519, name: 'renamed' };
 * const leafScheme = checkDsign(scheme);
 * scheme.name = 'again';
 * assert.equal(leafScheme.name, 'renamed');
 * ```
 */
export function checkDsign(value: unknown): LeafScheme {
  if (value === ed25519) return ed25519;
  checkMethod('dsign', value, 'generateKey');
  const { leaf, name, seedSize, verificationKeySize, signatureSize, signingKeySize } =
    value as DsignAlgorithm;
  const scheme = {
    leaf: leafOf(leaf),
    name,
    seedSize,
    verificationKeySize,
    signatureSize,
    signingKeySize,
  };
  if (!isSeedSize(seedSize)) {
    throw wrongType(
      'dsign',
      `a DsignAlgorithm with seeds of ${String(MIN_SEED_SIZE)} to ${String(MAX_SEED_SIZE)} bytes`,
      value,
    );
  }
  if (!isSane(scheme)) {
    throw wrongType('dsign', 'a DsignAlgorithm with a name and sizes from 1 to 65536 bytes', value);
  }
  if (leaf === ed25519.leaf && !hasSizesOf(scheme, ed25519)) {
    throw wrongType('dsign', 'the sizes of Ed25519 with the leaf of Ed25519', value);
  }
  return Object.freeze(scheme);
}

function hasSizesOf(scheme: LeafScheme, other: LeafScheme): boolean {
  const sizes = ['seedSize', 'verificationKeySize', 'signatureSize', 'signingKeySize'] as const;
  return sizes.every((size) => scheme[size] === other[size]);
}

/** The operations of a leaf, each with the object that it belongs to. */
function leafOf(leaf: DsignLeaf): DsignLeaf {
  if (leaf === ed25519.leaf) return leaf;
  checkMethod('dsign.leaf', leaf, 'generate');
  return Object.freeze({
    size: leaf.size,
    generate: operationOf(leaf, 'generate'),
    load: operationOf(leaf, 'load'),
    sign: operationOf(leaf, 'sign'),
    verify: operationOf(leaf, 'verify'),
  });
}

function operationOf<Name extends Exclude<keyof DsignLeaf, 'size'>>(
  leaf: DsignLeaf,
  name: Name,
): DsignLeaf[Name] {
  const operation: unknown = leaf[name];
  if (typeof operation !== 'function')
    throw wrongType('dsign.leaf', `an object with a method ${name}`, leaf);
  return Function.prototype.bind.call(operation, leaf) as DsignLeaf[Name];
}

function isSeedSize(size: unknown): boolean {
  return typeof size === 'number' && size >= MIN_SEED_SIZE && size <= MAX_SEED_SIZE;
}

function isSane(scheme: LeafScheme): boolean {
  const { leaf, name, seedSize, verificationKeySize, signatureSize, signingKeySize } = scheme;
  const sizes = [leaf.size, seedSize, verificationKeySize, signatureSize, signingKeySize];
  return typeof name === 'string' && sizes.every(isSaneSize) && leaf.size >= signingKeySize;
}

/** A size in bytes that a leaf scheme may have. */
function isSaneSize(size: unknown): boolean {
  return typeof size === 'number' && Number.isInteger(size) && size > 0 && size <= 65_536;
}
