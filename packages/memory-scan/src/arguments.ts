/**
 * What a caller gives, looked at before anything is done with it. Of bytes everything is read through the engine's own
 * getters, which no object can shadow.
 *
 * @module
 */
import { argumentError } from './error.js';

/** It is bound at every use, by `call`. */
type Getter<T> = (this: unknown) => T;

function intrinsicGetter<T>(property: string | symbol): Getter<T> {
  const prototype = Object.getPrototypeOf(Uint8Array.prototype) as object;
  const accessor: { readonly get?: Getter<T> } =
    Object.getOwnPropertyDescriptor(prototype, property) ?? {};
  return accessor.get!;
}

const tagOf = intrinsicGetter<string | undefined>(Symbol.toStringTag);
const bufferOf = intrinsicGetter<ArrayBuffer>('buffer');
const byteOffsetOf = intrinsicGetter<number>('byteOffset');
const byteLengthOf = intrinsicGetter<number>('byteLength');

/**
 * A plain view on bytes, whatever they pretend to be. Shared memory is memory as well: who scans for a secret may plant
 * it there.
 *
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` for anything but a Uint8Array of 1 to `most` bytes;
 * one that is detached has none.
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
 * The items of an array, each looked at once and kept as it was then.
 *
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` when it is no array; whatever `checked` throws.
 *
 * @internal
 */
export function checkedItems<Item>(
  what: string,
  value: unknown,
  checked: (item: unknown) => Item,
): Item[] {
  if (!Array.isArray(value)) throw argumentError(`${what} must be an array`);
  // By index: an array's own iterator, its `map` and `every` may be somebody else's, and the last two pass over holes.
  return Array.from({ length: value.length }, (_, index) => checked(value[index]));
}

/**
 * Options that were given, or none.
 *
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` when they are no object.
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
 * Refuses what cannot be called.
 *
 * @internal
 */
export function requireFunction(what: string, value: unknown): void {
  if (typeof value !== 'function') throw argumentError(`${what} must be a function`);
}

/**
 * Text, and nothing that could be made text.
 *
 * @internal
 */
export function checkedText(what: string, value: unknown): string {
  if (typeof value !== 'string') throw argumentError(`${what} must be text`);
  return value;
}

/**
 * Refuses everything but an integer of a range.
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
