import { types } from 'node:util';
import { ArgumentError } from './errors.js';

/**
 * Text, and nothing that could be made text.
 *
 * @internal
 */
export function checkedText(argument: string, value: unknown): string {
  if (typeof value !== 'string') throw new ArgumentError(argument, 'text');
  return value;
}

/**
 * A copy of bytes, whatever properties they pretend to have.
 *
 * @internal
 */
export function copiedBytes(argument: string, value: unknown): Uint8Array {
  try {
    // The constructor looks at a typed array itself, and takes no detached one.
    if (types.isUint8Array(value)) return new Uint8Array(value);
  } catch (cause) {
    throw new ArgumentError(argument, 'a Uint8Array that is alive', { cause });
  }
  throw new ArgumentError(argument, 'a Uint8Array');
}

/**
 * Options that were given, or none.
 *
 * @internal
 */
export function checkedOptions<Options extends object>(
  options: Options | undefined,
): Partial<Options> {
  return options === undefined ? {} : checkedObject('options', options);
}

/**
 * Refuses what is no object of properties.
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
 * Refuses what has not all of some methods.
 *
 * @internal
 */
export function requireMethods(argument: string, value: unknown, methods: readonly string[]): void {
  const object = checkedObject(argument, value as object) as Readonly<Record<string, unknown>>;
  const missing = methods.find((method) => typeof object[method] !== 'function');
  if (missing !== undefined)
    throw new ArgumentError(argument, `an object with a method ${missing}`);
}
