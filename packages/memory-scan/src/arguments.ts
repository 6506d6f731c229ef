/**
 * Checks of arguments. The facts of bytes are read through the getters of the engine, which no object can shadow.
 *
 * @module
 */
import { argumentError } from './errors.js';

/** Each use binds it, by `call`. */
type Getter<T> = (this: unknown) => T;

function intrinsicGetter<T>(property: string | symbol): Getter<T> {
  const prototype = Object.getPrototypeOf(Uint8Array.prototype) as object;
  // The language defines these accessors.
  const accessor = Object.getOwnPropertyDescriptor(prototype, property) as { get: Getter<T> };
  return accessor.get;
}

const tagOf = intrinsicGetter<string | undefined>(Symbol.toStringTag);
const bufferOf = intrinsicGetter<ArrayBuffer>('buffer');
const byteOffsetOf = intrinsicGetter<number>('byteOffset');
const byteLengthOf = intrinsicGetter<number>('byteLength');

/**
 * A plain view of bytes. Shared memory is accepted: a test may plant its secret there.
 *
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` for anything but a Uint8Array of 1 to `most` bytes, also
 * when it is detached.
 *
 * @internal
 */
export function checkedBytes(what: string, value: unknown, most: number): Uint8Array {
  const length = tagOf.call(value) === 'Uint8Array' ? byteLengthOf.call(value) : 0;
  if (length < 1 || length > most) {
    throw argumentError(`${what} must be a Uint8Array of 1 to ${most} bytes`);
  }
  return new Uint8Array(bufferOf.call(value), byteOffsetOf.call(value), length);
}

/**
 * The checked items of an array. Each item is read once.
 *
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` for anything but an array; the errors of `checked`.
 *
 * @internal
 */
export function checkedItems<Item>(
  what: string,
  value: unknown,
  checked: (item: unknown) => Item,
): Item[] {
  if (!Array.isArray(value)) throw argumentError(`${what} must be an array`);
  // By index: the iterator, `map` and `every` of an array may be replaced, and the last two skip holes.
  return Array.from({ length: value.length }, (_, index) => checked(value[index]));
}

/**
 * The given options; none when absent.
 *
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` for anything but an object.
 *
 * @internal
 */
export function checkedOptions<Options extends object>(
  options: Options | undefined,
): Partial<Options> {
  if (options === undefined) return {};
  const isObject = typeof options === 'object' && (options as unknown) !== null;
  if (!isObject || Array.isArray(options) || ArrayBuffer.isView(options)) {
    throw argumentError('options must be an object');
  }
  return options;
}

/**
 * Refuses anything but a function.
 *
 * @internal
 */
export function requireFunction(what: string, value: unknown): void {
  if (typeof value !== 'function') throw argumentError(`${what} must be a function`);
}

/**
 * A string. Other values are not converted.
 *
 * @internal
 */
export function checkedText(what: string, value: unknown): string {
  if (typeof value !== 'string') throw argumentError(`${what} must be text`);
  return value;
}

/**
 * Refuses anything but an integer of a range.
 *
 * @internal
 */
export function requireInteger(
  what: string,
  value: unknown,
  least: number,
  most: number,
): asserts value is number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
    throw argumentError(`${what} must be an integer from ${least} to ${most}`);
  }
}
