/**
 * The signature scheme at the leaves of a key evolving scheme. Leaf schemes are trusted: they are given the secret. Three
 * mistakes would go unnoticed and are refused: wrong sizes, asynchronous operations, and results that are returned.
 */
import {
  checkInteger,
  checkMethod,
  isUnfinished,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import {
  ed25519,
  MAX_SEED_SIZE,
  MIN_SEED_SIZE,
  type DsignLeaf,
  type LeafScheme,
} from '@evolock/dsign-ed25519';
import { AsynchronousLeafError, LeafResultError, type LeafOperationName } from './errors.js';

const SIZES = ['seedSize', 'verificationKeySize', 'signatureSize', 'signingKeySize'] as const;

/** The largest size that a leaf scheme may state, bytes. */
const MAX_SIZE = 65_536;

/**
 * Checks the sizes of a leaf scheme and takes what a key evolving scheme needs of it: Ed25519 itself, or a copy whose
 * operations refuse to be asynchronous.
 */
export function checkDsign(value: unknown): LeafScheme {
  if (value === ed25519) return ed25519;
  if (typeof value !== 'object' || value === null) throw wrongType('dsign', 'a leaf scheme', value);
  const { leaf, name, seedSize, verificationKeySize, signatureSize, signingKeySize } =
    value as LeafScheme;
  if (typeof name !== 'string') throw wrongType('dsign.name', 'a string', name);
  if (name === '') throw wrongValue('dsign.name', 'a name', 'an empty string');
  const scheme = {
    name,
    seedSize: checkInteger('dsign.seedSize', seedSize, MIN_SEED_SIZE, MAX_SEED_SIZE),
    verificationKeySize: checkSize('dsign.verificationKeySize', verificationKeySize),
    signatureSize: checkSize('dsign.signatureSize', signatureSize),
    signingKeySize: checkSize('dsign.signingKeySize', signingKeySize),
  };
  if (leaf !== ed25519.leaf) return { ...scheme, leaf: leafOf(leaf, scheme.signingKeySize) };
  for (const size of SIZES) {
    if (scheme[size] === ed25519[size]) continue;
    const expected = `${String(ed25519[size])}, which the leaf of Ed25519 needs`;
    throw wrongValue(`dsign.${size}`, expected, String(scheme[size]));
  }
  return { ...scheme, leaf };
}

function checkSize(member: string, size: unknown): number {
  return checkInteger(member, size, 1, MAX_SIZE);
}

/** The operations of a leaf, each of which has to finish before it returns. */
function leafOf(leaf: DsignLeaf, signingKeySize: number): DsignLeaf {
  for (const name of ['generate', 'load', 'sign', 'verify']) checkMethod('dsign.leaf', leaf, name);
  return {
    size: checkInteger('dsign.leaf.size', leaf.size, signingKeySize, MAX_SIZE),
    generate: (...given) => refuseResult('generate', leaf.generate(...given)),
    load: (...given) => refuseResult('load', leaf.load(...given)),
    sign: (...given) => refuseResult('sign', leaf.sign(...given)),
    verify: (...given) => {
      const verdict: unknown = leaf.verify(...given);
      refuseUnfinished('verify', verdict);
      return verdict === true;
    },
  };
}

/** A signature that is returned was not written: the zeros in its place would leave as the signature. */
function refuseResult(operation: LeafOperationName, result: unknown): void {
  refuseUnfinished(operation, result);
  if (result !== undefined) throw new LeafResultError(operation);
}

function refuseUnfinished(operation: LeafOperationName, result: unknown): void {
  if (!isUnfinished(result)) return;
  // The error below reports the promise. An unhandled rejection would end the process.
  if (result instanceof Promise) result.catch(() => undefined);
  throw new AsynchronousLeafError(operation);
}
