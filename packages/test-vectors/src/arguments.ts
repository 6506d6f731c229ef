import { types } from 'node:util';
import { ArgumentError } from './errors.js';

/**
 * Returns the value when it is a string.
 *
 * @internal
 */
export function checkedText(argument: string, value: unknown): string {
  if (typeof value !== 'string') throw new ArgumentError(argument, 'text');
  return value;
}

/**
 * Copies the bytes of a `Uint8Array`. Own properties of the array cannot change the result.
 *
 * @internal
 */
export function copiedBytes(argument: string, value: unknown): Uint8Array {
  try {
    // The constructor reads the internal slots of a typed array and throws for a detached one.
    if (types.isUint8Array(value)) return new Uint8Array(value);
  } catch (cause) {
    throw new ArgumentError(argument, 'a Uint8Array that is not detached', { cause });
  }
  throw new ArgumentError(argument, 'a Uint8Array');
}

/**
 * Returns the options, or an empty object when they are absent.
 *
 * @internal
 */
export function checkedOptions<Options extends object>(
  options: Options | undefined,
): Partial<Options> {
  return options === undefined ? {} : checkedObject('options', options);
}

/**
 * Throws unless the value is an object that is neither an array nor a view.
 *
 * @internal
 */
export function checkedObject<Value extends object>(argument: string, value: Value): Value {
  const isObject = typeof value === 'object' && (value as unknown) !== null;
  if (!isObject || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw new ArgumentError(argument, 'an object');
  }
  return value;
}

/**
 * Throws unless the value has all of the methods.
 *
 * @internal
 */
export function requireMethods(argument: string, value: unknown, methods: readonly string[]): void {
  const object = checkedObject(argument, value as object) as Readonly<Record<string, unknown>>;
  const missing = methods.find((method) => typeof object[method] !== 'function');
  if (missing !== undefined)
    throw new ArgumentError(argument, `an object with a method ${missing}`);
}
