/**
 * What a key evolving scheme keeps of the signature scheme at its leaves. The scheme is read once, when the two are
 * composed: later changes of the caller's object have no effect on keys. Leaf schemes are trusted with the secret itself.
 * Two mistakes are refused all the same, since both would pass unseen: wrong sizes, and asynchronous operations, whose
 * promise would count as a result.
 */
import {
  ed25519,
  EvolockError,
  MAX_SEED_SIZE,
  MIN_SEED_SIZE,
  type DsignAlgorithm,
  type DsignLeaf,
} from '@evolock/dsign-ed25519';
import {
  checkInteger,
  checkMethod,
  isUnfinished,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';

/** Name, sizes in bytes, and operations of a signature scheme, which stay what they are. */
export type LeafScheme = Pick<
  DsignAlgorithm,
  'name' | 'seedSize' | 'verificationKeySize' | 'signatureSize' | 'signingKeySize' | 'leaf'
>;

/** The operations of a leaf scheme. */
export type LeafOperationName = Exclude<keyof DsignLeaf, 'size'>;

/**
 * A leaf scheme answered with a promise or an iterator: it has not finished, so there is no key, no signature and no
 * verdict. Nothing that the call made is left: what was generated or read is wiped.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 *
 * // eslint-disable-next-line @typescript-eslint/require-await
 * const leaf = { ...ed25519.leaf, verify: (async () => false) as unknown as () => boolean };
 * const algorithm = singleKes({ ...ed25519, leaf });
 * const forged = new Uint8Array(64);
 * assert.throws(() => algorithm.verify(new Uint8Array(32), 0, new Uint8Array(1), forged), {
 *   code: 'ERR_EVOLOCK_KES_ASYNCHRONOUS_LEAF',
 * });
 * ```
 */
export class AsynchronousLeafError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_ASYNCHRONOUS_LEAF';
  /** The operation that did not finish. */
  readonly operation: LeafOperationName;

  constructor(operation: LeafOperationName, options?: ErrorOptions) {
    super(
      `dsign.leaf.${operation} returned a promise or an iterator: it must be synchronous`,
      options,
    );
    this.operation = operation;
  }
}

/** Bytes that any size of a leaf scheme may have at most. */
const MAX_SIZE = 65_536;

/**
 * Checks that a value has what a leaf scheme needs, and reads it.
 *
 * @returns Ed25519 itself, or what the value had of a leaf scheme at this moment, frozen.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`: `argument` names the member
 * that is wrong.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519 } from '@evolock/kes-single';
 * import { checkDsign } from '@evolock/kes-single/composition';
 *
 * assert.equal(checkDsign(ed25519), ed25519);
 * const scheme = { ...ed25519, name: 'renamed' };
 * const leafScheme = checkDsign(scheme);
 * scheme.name = 'again';
 * assert.equal(leafScheme.name, 'renamed');
 * assert.throws(() => checkDsign({ ...ed25519, seedSize: 7 }), { argument: 'dsign.seedSize' });
 * ```
 */
export function checkDsign(value: unknown): LeafScheme {
  if (value === ed25519) return ed25519;
  checkMethod('dsign', value, 'generateKey');
  const { leaf, name, seedSize, verificationKeySize, signatureSize, signingKeySize } =
    value as DsignAlgorithm;
  if (typeof name !== 'string') throw wrongType('dsign.name', 'a string', name);
  const scheme = {
    name,
    seedSize: checkInteger('dsign.seedSize', seedSize, MIN_SEED_SIZE, MAX_SEED_SIZE),
    verificationKeySize: checkSize('dsign.verificationKeySize', verificationKeySize),
    signatureSize: checkSize('dsign.signatureSize', signatureSize),
    signingKeySize: checkSize('dsign.signingKeySize', signingKeySize),
  };
  if (leaf !== ed25519.leaf) {
    return Object.freeze({ ...scheme, leaf: leafOf(leaf, scheme.signingKeySize) });
  }
  for (const size of SIZES) {
    if (scheme[size] === ed25519[size]) continue;
    const expected = `${String(ed25519[size])}, which the leaf of Ed25519 needs`;
    throw wrongValue(`dsign.${size}`, expected, String(scheme[size]));
  }
  return Object.freeze({ ...scheme, leaf });
}

const SIZES = ['seedSize', 'verificationKeySize', 'signatureSize', 'signingKeySize'] as const;

function checkSize(member: string, size: unknown): number {
  return checkInteger(member, size, 1, MAX_SIZE);
}

/** The operations of a leaf, each with the object that it belongs to. */
function leafOf(leaf: DsignLeaf, signingKeySize: number): DsignLeaf {
  checkMethod('dsign.leaf', leaf, 'generate');
  const verify = operationOf(leaf, 'verify');
  return Object.freeze({
    size: checkInteger('dsign.leaf.size', leaf.size, signingKeySize, MAX_SIZE),
    generate: operationOf(leaf, 'generate'),
    load: operationOf(leaf, 'load'),
    sign: operationOf(leaf, 'sign'),
    // Only `true` itself is a verdict: any object would count as true.
    verify: (...given: Parameters<DsignLeaf['verify']>) => verify(...given) === true,
  });
}

/** An operation that throws when the scheme's own has not finished. */
function operationOf(
  leaf: DsignLeaf,
  name: LeafOperationName,
): (...given: Uint8Array[]) => unknown {
  const operation: unknown = Reflect.get(leaf, name);
  if (typeof operation !== 'function') {
    throw wrongType(`dsign.leaf.${name}`, 'a function', operation);
  }
  return (...given) => {
    const result: unknown = Reflect.apply(operation, leaf, given);
    if (result !== undefined && typeof result !== 'boolean') refuseUnfinished(name, result);
    return result;
  };
}

function refuseUnfinished(name: LeafOperationName, result: unknown): void {
  let unfinished: boolean;
  try {
    unfinished = isUnfinished(result);
  } catch (cause) {
    // A getter `then` that throws: whether the operation finished cannot be told.
    throw new AsynchronousLeafError(name, { cause });
  }
  if (!unfinished) return;
  // The error below reports the promise. Its rejection would end the process a second time.
  if (result instanceof Promise) void Promise.prototype.catch.call(result, () => undefined);
  throw new AsynchronousLeafError(name);
}
