/**
 * Argument checks shared by all packages: native code must never see a value that was not looked at first.
 *
 * `sodium-native` reads `buffer`, `byteOffset` and `byteLength` of what it is given like any property, takes a
 * detached buffer for an empty one and crashes on a `DataView`. Everything here therefore reads lengths through the
 * intrinsic getters of the engine, which an object cannot shadow.
 *
 * @module
 */
import { EvolockError } from './error.js';

/** The codes of an {@link ArgumentError}: a value of the wrong type, or of the right type and out of range. */
export type ArgumentErrorCode = 'ERR_EVOLOCK_ARGUMENT_TYPE' | 'ERR_EVOLOCK_ARGUMENT_VALUE';

/**
 * A caller's mistake: an argument of the wrong type, size, alignment or range.
 *
 * The message names the argument, what was expected and the *kind* of value received, never its content.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ArgumentError, checkInteger } from '@evolock/direct-serialise/arguments';
 *
 * assert.throws(() => checkInteger('size', 1.5, 1, 64), (error) => {
 *   assert(error instanceof ArgumentError);
 *   assert.equal(error.argument, 'size');
 *   assert.equal(error.code, 'ERR_EVOLOCK_ARGUMENT_TYPE');
 *   return true;
 * });
 * ```
 */
export class ArgumentError extends EvolockError {
  readonly code: ArgumentErrorCode;
  /** Name of the offending argument or option. */
  readonly argument: string;
  /** What would have been right, for people. */
  readonly expected: string;

  constructor(code: ArgumentErrorCode, argument: string, expected: string, received: string) {
    super(`${argument}: expected ${expected}, received ${received}`);
    this.code = code;
    this.argument = argument;
    this.expected = expected;
  }
}

/**
 * An {@link ArgumentError} for a value of the wrong type.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { wrongType } from '@evolock/direct-serialise/arguments';
 *
 * const error = wrongType('seed', 'an MLockedSeed', 'text');
 * assert.equal(error.message, 'seed: expected an MLockedSeed, received a string');
 * ```
 */
export function wrongType(argument: string, expected: string, value: unknown): ArgumentError {
  return new ArgumentError('ERR_EVOLOCK_ARGUMENT_TYPE', argument, expected, kindOf(value));
}

/**
 * An {@link ArgumentError} for a value of the right type that is out of range.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { wrongValue } from '@evolock/direct-serialise/arguments';
 *
 * const error = wrongValue('seed', '32 bytes', '31 bytes');
 * assert.equal(error.message, 'seed: expected 32 bytes, received 31 bytes');
 * ```
 */
export function wrongValue(argument: string, expected: string, received: string): ArgumentError {
  return new ArgumentError('ERR_EVOLOCK_ARGUMENT_VALUE', argument, expected, received);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'undefined':
      return 'undefined';
    case 'object':
      return `an object (${classNameOf(value)})`;
    case 'number':
      return Number.isInteger(value) ? 'an integer' : 'a number that is no integer';
    default:
      return `a ${typeof value}`;
  }
}

function classNameOf(value: object): string {
  try {
    const name: unknown = value.constructor.name;
    return typeof name === 'string' && /^\w{1,40}$/.test(name) ? name : 'unknown class';
  } catch {
    // A proxy or a getter that throws: its kind is all that can be said.
    return 'unknown class';
  }
}

/** It is bound at every use, by `call`. */
type Getter<T> = (this: unknown) => T;

function intrinsicGetter<T>(prototype: object, property: string | symbol): Getter<T> {
  const accessor: { readonly get?: Getter<T> } =
    Object.getOwnPropertyDescriptor(prototype, property) ?? {};
  if (accessor.get === undefined) throw new TypeError(`this engine has no ${String(property)}`);
  return accessor.get;
}

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;
const tagOf = intrinsicGetter<string | undefined>(typedArrayPrototype, Symbol.toStringTag);
const bufferOf = intrinsicGetter<ArrayBuffer>(typedArrayPrototype, 'buffer');
const byteOffsetOf = intrinsicGetter<number>(typedArrayPrototype, 'byteOffset');
const byteLengthOf = intrinsicGetter<number>(typedArrayPrototype, 'byteLength');
const resizableOf = intrinsicGetter<boolean>(ArrayBuffer.prototype, 'resizable');
const bufferOfDataView = intrinsicGetter<ArrayBuffer>(DataView.prototype, 'buffer');

/**
 * Whether a value is a real `Uint8Array` (a `Buffer` is one), whatever its prototype or own properties pretend.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { isBytes } from '@evolock/direct-serialise/arguments';
 *
 * assert.equal(isBytes(Buffer.alloc(32)), true);
 * assert.equal(isBytes(new DataView(new ArrayBuffer(32))), false);
 * ```
 */
export function isBytes(value: unknown): value is Uint8Array {
  return tagOf.call(value) === 'Uint8Array';
}

/**
 * The buffer behind a typed array or a `DataView`, whatever its own properties pretend; nothing for anything else.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { bufferBehind } from '@evolock/direct-serialise/arguments';
 *
 * const bytes = new Uint8Array(32);
 * const { buffer } = bytes;
 * Object.defineProperty(bytes, 'buffer', { value: new ArrayBuffer(1) });
 * assert.equal(bufferBehind(bytes), buffer);
 * ```
 */
export function bufferBehind(value: unknown): ArrayBufferLike | undefined {
  if (!ArrayBuffer.isView(value)) return undefined;
  return tagOf.call(value) === undefined ? bufferOfDataView.call(value) : bufferOf.call(value);
}

/**
 * Checks that a value is bytes which native code may be given, and returns a view on them that tells the truth.
 *
 * @param argument - Name of the argument, for the error.
 * @param value - What the caller gave.
 * @param size - The exact number of bytes that it has to have; any number when absent.
 * @returns The value itself, or a plain view on the same memory where the value shadows a property that native code
 * reads.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when it is no `Uint8Array`, lies in shared or resizable
 * memory, or is detached; `ERR_EVOLOCK_ARGUMENT_VALUE` when it has another size.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { checkBytes } from '@evolock/direct-serialise/arguments';
 *
 * const message = new TextEncoder().encode('message');
 * assert.equal(checkBytes('message', message), message);
 * assert.throws(() => checkBytes('message', 'message'), { code: 'ERR_EVOLOCK_ARGUMENT_TYPE' });
 * assert.throws(() => checkBytes('signature', message, 64), { code: 'ERR_EVOLOCK_ARGUMENT_VALUE' });
 * ```
 */
export function checkBytes(argument: string, value: unknown, size?: number): Uint8Array {
  const length = sizeOfBytes(argument, value);
  if (size !== undefined && length !== size) {
    throw wrongValue(argument, `${String(size)} bytes`, `${String(length)} bytes`);
  }
  const bytes = value as Uint8Array;
  if (isPlain(bytes)) return bytes;
  return new Uint8Array(bufferOf.call(bytes), byteOffsetOf.call(bytes), length);
}

/**
 * The size of bytes, whatever they pretend: for who copies them by the language alone, which nothing can deceive. What
 * goes to native code is checked by {@link checkBytes}, at twice the price.
 *
 * @returns Bytes.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when it is no `Uint8Array`, lies in shared or resizable
 * memory, or is detached.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { sizeOfBytes } from '@evolock/direct-serialise/arguments';
 *
 * const bytes = new Uint8Array(32);
 * Object.defineProperty(bytes, 'byteLength', { value: 64 });
 * assert.equal(sizeOfBytes('bytes', bytes), 32);
 * ```
 */
export function sizeOfBytes(argument: string, value: unknown): number {
  if (!isBytes(value)) throw wrongType(argument, 'a Uint8Array', value);
  const length = byteLengthOf.call(value);
  checkBuffer(argument, bufferOf.call(value), length);
  return length;
}

function checkBuffer(argument: string, buffer: ArrayBuffer, length: number): void {
  let resizable: boolean;
  try {
    // The getter belongs to ArrayBuffer: on a SharedArrayBuffer it throws.
    resizable = resizableOf.call(buffer);
  } catch {
    throw new ArgumentError(
      'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument,
      'a Uint8Array over memory of its own',
      'one over shared memory',
    );
  }
  if (resizable) {
    throw new ArgumentError(
      'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument,
      'a Uint8Array of fixed length',
      'one over a resizable buffer',
    );
  }
  if (length === 0) checkAttached(argument, buffer);
}

function checkAttached(argument: string, buffer: ArrayBuffer): void {
  try {
    // Node 20 cannot ask whether a buffer is detached; making a view on one throws.
    new Uint8Array(buffer);
  } catch {
    throw new ArgumentError(
      'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument,
      'a Uint8Array that is alive',
      'a detached one',
    );
  }
}

function isPlain(value: Uint8Array): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (prototype === Uint8Array.prototype || prototype === Buffer.prototype) &&
    !Object.hasOwn(value, 'byteLength') &&
    !Object.hasOwn(value, 'length') &&
    !Object.hasOwn(value, 'buffer') &&
    !Object.hasOwn(value, 'byteOffset')
  );
}

/**
 * Checks that a value is an integer between two bounds, both included.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when it is no integer (a bigint is none),
 * `ERR_EVOLOCK_ARGUMENT_VALUE` when it is out of bounds.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { checkInteger } from '@evolock/direct-serialise/arguments';
 *
 * assert.equal(checkInteger('size', 32, 1, 64), 32);
 * assert.throws(() => checkInteger('size', 65, 1, 64), { code: 'ERR_EVOLOCK_ARGUMENT_VALUE' });
 * ```
 */
export function checkInteger(
  argument: string,
  value: unknown,
  minimum: number,
  maximum: number,
): number {
  if (!Number.isInteger(value)) throw wrongType(argument, anInteger(minimum, maximum), value);
  const integer = value as number;
  if (integer < minimum || integer > maximum) {
    throw wrongValue(argument, anInteger(minimum, maximum), String(integer));
  }
  return integer;
}

function anInteger(minimum: number, maximum: number): string {
  return `an integer from ${String(minimum)} to ${String(maximum)}`;
}

/**
 * Checks that a value is a function.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when it is none.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { checkFunction } from '@evolock/direct-serialise/arguments';
 *
 * assert.throws(() => checkFunction('write', undefined), { code: 'ERR_EVOLOCK_ARGUMENT_TYPE' });
 * ```
 */
export function checkFunction(argument: string, value: unknown): void {
  if (typeof value !== 'function') throw wrongType(argument, 'a function', value);
}

/**
 * Whether what a callback returned goes on after its call: something that can be awaited, or a generator or another
 * iterator. Either may be a function as well as an object.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { isUnfinished } from '@evolock/direct-serialise/arguments';
 *
 * assert.equal(isUnfinished(Promise.resolve()), true);
 * assert.equal(isUnfinished(new Uint8Array(32).values()), true);
 * assert.equal(isUnfinished(new Uint8Array(32)), false);
 * ```
 */
export function isUnfinished(value: unknown): boolean {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  const { then, next } = value as { readonly then?: unknown; readonly next?: unknown };
  return typeof then === 'function' || typeof next === 'function';
}

/**
 * Checks that a value is an object with a method of a given name.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when it has none.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { checkMethod } from '@evolock/direct-serialise/arguments';
 *
 * assert.throws(() => checkMethod('value', {}, 'directSerialise'), { code: 'ERR_EVOLOCK_ARGUMENT_TYPE' });
 * ```
 */
export function checkMethod(argument: string, value: unknown, method: string): void {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (!isObject || typeof (value as Record<string, unknown>)[method] !== 'function') {
    throw wrongType(argument, `an object with a method ${method}`, value);
  }
}

/**
 * Checks that an optional last argument is an object, so that a forgotten wrapper is not silently ignored.
 *
 * @returns Its own enumerable properties, on an object without a prototype: a property that somebody added to
 * `Object.prototype` is no option.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when it is neither absent nor an object.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { checkOptions } from '@evolock/direct-serialise/arguments';
 *
 * assert.deepEqual(Object.keys(checkOptions(undefined)), []);
 * assert.equal(checkOptions(Object.create({ replace: true }))['replace'], undefined);
 * const number = 7 as unknown as object;
 * assert.throws(() => checkOptions(number), { code: 'ERR_EVOLOCK_ARGUMENT_TYPE' });
 * ```
 */
export function checkOptions<Options extends object>(
  options: Options | undefined,
): Partial<Options> {
  if (options === undefined) return Object.create(null) as Partial<Options>;
  const isObject = typeof options === 'object' && (options as unknown) !== null;
  if (!isObject || Array.isArray(options) || ArrayBuffer.isView(options)) {
    throw wrongType('options', 'an object', options);
  }
  return Object.assign(Object.create(null) as Partial<Options>, options);
}
