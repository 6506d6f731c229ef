/**
 * Argument checks shared by all packages. Native code gets checked values only.
 *
 * `sodium-native` takes a detached buffer for an empty one, and crashes on a `DataView` and on an object that only has the
 * properties of bytes. So {@link isBytes} asks the engine what a value is.
 *
 * @module
 */
import { ArgumentError, type ArgumentErrorCode } from './errors.js';
import { nearestName } from './names.js';

export { ArgumentError, EvolockError, type ArgumentErrorCode } from './errors.js';
export { nearestName } from './names.js';

/** An {@link ArgumentError} for a value of the wrong type. */
export function wrongType(argument: string, expected: string, value: unknown): ArgumentError {
  return mismatch('ERR_EVOLOCK_ARGUMENT_TYPE', argument, expected, kindOf(value));
}

/** An {@link ArgumentError} for a value of the right type that is out of range. */
export function wrongValue(argument: string, expected: string, received: string): ArgumentError {
  return mismatch('ERR_EVOLOCK_ARGUMENT_VALUE', argument, expected, received);
}

function mismatch(
  code: ArgumentErrorCode,
  argument: string,
  expected: string,
  received: string,
): ArgumentError {
  return new ArgumentError(code, argument, expected, `expected ${expected}, received ${received}`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'undefined':
      return 'undefined';
    case 'object':
      return `an object (${classNameOf(value)})`;
    case 'number':
      return Number.isInteger(value) ? 'an integer' : 'a number that is not an integer';
    default:
      return `a ${typeof value}`;
  }
}

function classNameOf(value: object): string {
  // An object without a prototype has no constructor.
  const name: unknown = (value as { readonly constructor?: { readonly name?: unknown } })
    .constructor?.name;
  return typeof name === 'string' && /^\w{1,40}$/.test(name) ? name : 'unknown class';
}

/** The getter of the engine. It returns `undefined` for what is no typed array, whatever its properties are. */
const { get: tagOf } = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
) as { readonly get: (this: unknown) => string | undefined };

/** Whether a value is a real `Uint8Array` (a `Buffer` is one), whatever its prototype is. */
export function isBytes(value: unknown): value is Uint8Array {
  return tagOf.call(value) === 'Uint8Array';
}

/** The buffer behind a typed array or a `DataView`; `undefined` for any other value. */
export function bufferBehind(value: unknown): ArrayBufferLike | undefined {
  return ArrayBuffer.isView(value) ? value.buffer : undefined;
}

/**
 * Checks that a value is bytes that native code may get, of `size` bytes if that is given, and returns it.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when it is no `Uint8Array`, lies in shared or resizable memory,
 * or is detached; `ERR_EVOLOCK_ARGUMENT_VALUE` when it has another size.
 */
export function checkBytes(argument: string, value: unknown, size?: number): Uint8Array {
  const length = sizeOfBytes(argument, value);
  if (size !== undefined && length !== size) {
    throw wrongValue(argument, `${String(size)} bytes`, `${String(length)} bytes`);
  }
  return value as Uint8Array;
}

/** The size, in bytes, of bytes that native code may get. Throws what {@link checkBytes} throws. */
export function sizeOfBytes(argument: string, value: unknown): number {
  if (!isBytes(value)) throw wrongType(argument, 'a Uint8Array', value);
  const { byteLength, buffer } = value;
  // A SharedArrayBuffer has no such property.
  const { resizable } = buffer as Partial<ArrayBuffer>;
  if (resizable === undefined)
    throw wrongMemory(argument, 'over memory of its own', 'one over shared memory');
  if (resizable) throw wrongMemory(argument, 'of fixed length', 'one over a resizable buffer');
  if (byteLength === 0 && isDetached(buffer))
    throw wrongMemory(argument, 'that is alive', 'a detached one');
  return byteLength;
}

function wrongMemory(argument: string, expected: string, received: string): ArgumentError {
  return mismatch('ERR_EVOLOCK_ARGUMENT_TYPE', argument, `a Uint8Array ${expected}`, received);
}

/** Node.js 20 has no property for it, but a view on a detached buffer cannot be made. */
function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** Whether public bytes are equal. Not for secrets: it stops at the first difference. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  // Engines inline `length` and call a function for `byteLength`.
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

/** Checks that a value is an integer between two bounds, both included. A bigint is none. */
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

/** Checks that a value is a `Date` with a time, of any realm, and returns its milliseconds since 1970. */
export function checkDate(argument: string, value: unknown): number {
  let time = NaN;
  try {
    time = Date.prototype.getTime.call(value);
  } catch {
    // NaN is refused below.
  }
  if (Number.isNaN(time)) throw wrongType(argument, 'a valid Date', value);
  return time;
}

/** The longest delay of a timer, in milliseconds. */
const LONGEST_DELAY = 2 ** 31 - 1;

/**
 * Checks a length of time in seconds, fractions included, and returns its milliseconds: whole ones, from `least` to 2^31 − 1, as
 * a timer takes them.
 */
export function checkSeconds(argument: string, value: unknown, least = 1): number {
  if (typeof value !== 'number') throw wrongType(argument, 'a number of seconds', value);
  const milliseconds = Math.round(value * 1000);
  if (milliseconds >= least && milliseconds <= LONGEST_DELAY) return milliseconds;
  const range = `seconds from ${String(least / 1000)} to ${String(LONGEST_DELAY / 1000)}`;
  throw wrongValue(argument, range, String(value));
}

/** Checks that a value is a function. */
export function checkFunction(argument: string, value: unknown): void {
  if (typeof value !== 'function') throw wrongType(argument, 'a function', value);
}

/**
 * Whether the result of a callback continues after its call: a promise or another thenable, a generator or another iterator.
 * It may be an object or a function.
 */
export function isUnfinished(value: unknown): boolean {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  const { then, next } = value as { readonly then?: unknown; readonly next?: unknown };
  return typeof then === 'function' || typeof next === 'function';
}

/** Checks that a value is an object with a method of a given name. */
export function checkMethod(argument: string, value: unknown, method: string): void {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (!isObject || typeof (value as Record<string, unknown>)[method] !== 'function') {
    throw wrongType(argument, `an object with a method ${method}`, value);
  }
}

/** The value of absent options. It has no prototype, so that a polluted `Object.prototype` adds none. */
const noOptions: object = Object.freeze(Object.create(null) as object);

/** The names of a type, also of a union. */
type NameOf<Options> = Options extends unknown ? keyof Options : never;

/** Refuses, at compile time, a list that lacks a name of the options or has another one. */
type AllNames<Options, Name> = [NameOf<Options>] extends [Name]
  ? [Name] extends [NameOf<Options>]
    ? unknown
    : { readonly isNoOption: Exclude<Name, NameOf<Options>> }
  : { readonly lacks: Exclude<NameOf<Options>, Name> };

/**
 * The door of options: checks that they are absent or a plain object, and that each own property, enumerable or not, is an
 * option. Returns the properties, each read once. An option that is `undefined` counts as absent.
 *
 * The result has no prototype, so that the content of a polluted `Object.prototype` is not used as options. An object with
 * another prototype is refused, so that no inherited option is ignored silently. A function that takes the options of another
 * one takes its list of names.
 *
 * @param options - What the caller was given.
 * @param names - All names of the type, and no other: the compiler compares them.
 * @param argument - Its place among the arguments, such as `options`, `limits` or `checkpoints[0]`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`; `ERR_EVOLOCK_ARGUMENT_NAME` for a name that is not in the list,
 * also when its value is `undefined`.
 */
export function checkOptions<Options extends object, const Name extends string>(
  options: Options | undefined,
  names: readonly Name[] & AllNames<Options, Name>,
  argument = 'options',
): Partial<Options> {
  if (options === undefined) return noOptions;
  const given = checkPlainObject(argument, options, expectedOptions(argument, names));
  const result: Record<PropertyKey, unknown> = { __proto__: null };
  for (const name of Reflect.ownKeys(given)) {
    if (!(names as readonly unknown[]).includes(name)) throw wrongName(argument, name, names);
    const value = (given as Record<PropertyKey, unknown>)[name];
    if (value !== undefined) result[name] = value;
  }
  return result as Partial<Options>;
}

function expectedOptions(argument: string, names: readonly string[]): string {
  return argument === 'options'
    ? 'a plain object, whose own properties are the options'
    : `{ ${names.join(', ')} }`;
}

/** An {@link ArgumentError} for a name that is none of the known ones. Of a nested object the name has its place. */
function wrongName(
  argument: string,
  name: string | symbol,
  names: readonly string[],
): ArgumentError {
  const given = String(name);
  const shown = /^[\w$-]{1,64}$/.test(given) ? given : 'a property';
  const place = argument === 'options' ? shown : `${argument}.${shown}`;
  const nearest = nearestName(given, names);
  const problem =
    nearest === undefined
      ? `unknown option: the options are ${names.join(', ')}`
      : `did you mean ${nearest}?`;
  return new ArgumentError(
    'ERR_EVOLOCK_ARGUMENT_NAME',
    place,
    nearest ?? names.join(', '),
    problem,
  );
}

/**
 * The door of data: headers, states, requests, parameters. Checks that it is a plain object, which may have more than is used,
 * and returns its own enumerable properties, each read once. The result has no prototype, as that of {@link checkOptions}.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function checkRecord<Data extends object>(
  argument: string,
  data: Data | undefined,
  expected = 'a plain object',
): Partial<Data> {
  return { __proto__: null, ...checkPlainObject(argument, data, expected) };
}

/** An object literal of any realm, or an object without a prototype. */
function checkPlainObject<Given extends object>(
  argument: string,
  value: Given | undefined,
  expected: string,
): Given {
  if (typeof value === 'object' && (value as unknown) !== null) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || isNullOrRoot(prototype)) return value;
  }
  throw wrongType(argument, expected, value);
}

/** Whether a prototype is `null`, or `Object.prototype` of another realm. Another object without a prototype may have options. */
function isNullOrRoot(prototype: unknown): boolean {
  if (prototype === null) return true;
  return (
    Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf')
  );
}
