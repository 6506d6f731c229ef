/** The errors of this package, and the base of all errors of evolock packages. */

/**
 * The base of every error that an evolock package throws on purpose.
 *
 * Two copies of a package in one process have two base classes. So decide by `code`, which is the same in all versions and
 * copies, and not by `instanceof`. No message contains a secret.
 */
export abstract class EvolockError extends Error {
  /** The kind of error, for programs: stable across versions. */
  abstract readonly code: string;
  /** The file that the error is about, when a value was read from a file. The message begins with it. */
  declare readonly path?: string | undefined;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    // An own property would be enumerable and printed twice; `inspect` expects the `name` of the prototype.
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true });
  }
}

/** The codes of an {@link ArgumentError}. */
export type ArgumentErrorCode =
  /** An argument has a wrong type. */
  | 'ERR_EVOLOCK_ARGUMENT_TYPE'
  /** An argument has the right type, and is out of range. */
  | 'ERR_EVOLOCK_ARGUMENT_VALUE'
  /** A property of the options has a name that is no option. */
  | 'ERR_EVOLOCK_ARGUMENT_NAME';

/**
 * An argument of the wrong type, size, alignment or range, or an option that does not exist. The message names the argument,
 * the expected value and the *kind* of the received value, never its content.
 */
export class ArgumentError extends EvolockError {
  readonly code: ArgumentErrorCode;
  /** Name of the wrong argument or option; within a list or an object, its place: `checkpoints[0].note`. */
  readonly argument: string;
  /** What was expected, as text; for an unknown name, the nearest name, or all names. */
  readonly expected: string;

  constructor(code: ArgumentErrorCode, argument: string, expected: string, problem: string) {
    super(`${argument}: ${problem}`);
    this.code = code;
    this.argument = argument;
    this.expected = expected;
  }
}

/**
 * The protocol was broken: a block was moved after the call to which it belongs, or by something asynchronous. Later its
 * memory has been wiped, or belongs to the next key.
 */
export class ProtocolError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_PROTOCOL';
}

/**
 * A value and its source or destination differ in size.
 *
 * When a block would pass the end, `expected` is the number of bytes that remain, and `actual` the size of the block. When
 * a checked form moves too few bytes, they are the requested and the moved number.
 */
export class SizeCheckError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_SIZE_CHECK';
  /** Bytes that remain, or that were requested. */
  readonly expected: number;
  /** Bytes of the block, or bytes that were moved. */
  readonly actual: number;

  constructor(what: string, expected: number, actual: number, options?: ErrorOptions) {
    super(`${what}: expected ${String(expected)} bytes, actual ${String(actual)} bytes`, options);
    this.expected = expected;
    this.actual = actual;
  }
}
