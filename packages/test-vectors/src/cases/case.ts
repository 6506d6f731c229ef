/** A case, and what the bodies of cases expect. */
import {
  ConformanceError,
  type ConformanceErrorCode,
  StdioError,
  type VectorLocation,
} from '../errors.js';
import { bytesToHex } from '../bytes.js';
import type { Awaitable } from '../implementation.js';

/** The group of a case. */
export type ConformanceGroup =
  | 'seed expansion'
  | 'ed25519 signing'
  | 'ed25519 verification'
  | 'ed25519 extended signing'
  | 'vrf proving'
  | 'vrf verification'
  | 'kes sizes'
  | 'kes block sizes'
  | 'kes verification key'
  | 'kes signing key'
  | 'kes signature'
  | 'kes verification'
  | 'kes negative'
  | 'kes read back'
  | 'kes last period'
  | 'kes key negative'
  | 'kes rust form'
  | 'kes rust form negative'
  | 'kes haskell'
  | 'header verdict'
  | 'sealed log verdict'
  | 'sealed log proof'
  | 'sealed log making';

/** One test of an implementation, for any test framework. */
export interface ConformanceCase {
  readonly group: ConformanceGroup;
  /** A name that is unique in the group. */
  readonly name: string;
  readonly location: VectorLocation;
  /**
   * Runs the case. Resolves when the implementation conforms; rejects with a `ConformanceError` when it does not. Run the
   * cases of one implementation one after another.
   */
  readonly run: () => Promise<void>;
}

/** A case whose errors name their place in the vectors. An error of the implementation becomes the `cause`. */
export function conformanceCase(
  group: ConformanceGroup,
  name: string,
  location: VectorLocation,
  body: () => Promise<void>,
): ConformanceCase {
  return {
    group,
    name,
    location,
    async run() {
      try {
        await body();
      } catch (error) {
        throw asConformanceError(location, error);
      }
    },
  };
}

/** The error of a case. An error of the implementation becomes its `cause`. */
export function asConformanceError(location: VectorLocation, cause: unknown): ConformanceError {
  if (cause instanceof ConformanceError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const difference = `the implementation threw: ${message}`;
  return new ConformanceError('ERR_EVOLOCK_IMPLEMENTATION_THREW', location, difference, { cause });
}

/** The kinds of bytes that an implementation makes, with the codes of their differences. */
const MISMATCHES = {
  seed: 'ERR_EVOLOCK_EXPANSION_MISMATCH',
  'verification key': 'ERR_EVOLOCK_VERIFICATION_KEY_MISMATCH',
  'signing key': 'ERR_EVOLOCK_SIGNING_KEY_MISMATCH',
  signature: 'ERR_EVOLOCK_SIGNATURE_MISMATCH',
  proof: 'ERR_EVOLOCK_PROOF_MISMATCH',
  output: 'ERR_EVOLOCK_OUTPUT_MISMATCH',
  'Rust form': 'ERR_EVOLOCK_ENCODING_MISMATCH',
  file: 'ERR_EVOLOCK_ENCODING_MISMATCH',
} as const satisfies Record<string, ConformanceErrorCode>;

/** The number of bytes that a message shows, from the first difference. */
const EXCERPT_SIZE = 8;

function excerpt(bytes: Uint8Array, offset: number): string {
  return bytesToHex(bytes.subarray(offset, offset + EXCERPT_SIZE)) || 'nothing';
}

/** Throws unless the bytes are the expected ones. `what` describes them, when their kind does not. */
export async function expectBytes(
  location: VectorLocation,
  kind: keyof typeof MISMATCHES,
  given: Awaitable<Uint8Array>,
  expected: Uint8Array,
  what = `the ${kind}`,
): Promise<void> {
  const actual = await given;
  const offset = expected.findIndex((byte, index) => byte !== actual[index]);
  if (offset === -1 && actual.length === expected.length) return;
  const place = offset === -1 ? expected.length : offset;
  const sizes =
    actual.length === expected.length ? '' : ` (${actual.length} bytes, not ${expected.length})`;
  const found = `expected ${excerpt(expected, place)}, got ${excerpt(actual, place)}`;
  const difference = `${what} differs at byte ${place}${sizes}: ${found}`;
  throw new ConformanceError(MISMATCHES[kind], location, difference);
}

/** Throws unless both sizes are the same. */
export function expectSize(
  location: VectorLocation,
  what: string,
  actual: number | undefined,
  expected: number,
): void {
  if (actual === expected) return;
  const difference = `${what} is ${actual}, expected ${expected}`;
  throw new ConformanceError('ERR_EVOLOCK_SIZE_MISMATCH', location, difference);
}

/** Throws unless the key is at the period. */
export function expectPeriod(
  location: VectorLocation,
  key: { readonly period: number },
  period: number,
): void {
  if (key.period === period) return;
  const difference = `the period of the key is ${key.period}, expected ${period}`;
  throw new ConformanceError('ERR_EVOLOCK_PERIOD_MISMATCH', location, difference);
}

/** Throws unless the verdict of `verify` is the expected one. */
export async function expectVerdict(
  location: VectorLocation,
  what: 'the signature' | 'the proof',
  verdict: Awaitable<boolean>,
  expected: boolean,
): Promise<void> {
  if ((await verdict) === expected) return;
  throw expected
    ? new ConformanceError('ERR_EVOLOCK_VALID_REJECTED', location, `${what} was rejected`)
    : new ConformanceError('ERR_EVOLOCK_INVALID_ACCEPTED', location, `${what} was accepted`);
}

/** Throws unless both values are the same in JSON. */
export function expectSame(
  location: VectorLocation,
  what: string,
  actual: unknown,
  expected: unknown,
): void {
  const [found, wanted] = [actual, expected].map((value) => JSON.stringify(value));
  if (found === wanted) return;
  const difference = `${what}: expected ${String(wanted)}, got ${String(found)}`;
  throw new ConformanceError('ERR_EVOLOCK_VERDICT_MISMATCH', location, difference);
}

/**
 * Returns the error of a call that must be refused, and throws `accepted` for one that was carried out. A failure of the
 * connection to a process is no refusal and is thrown too.
 */
export async function expectRefusal<Value>(
  call: () => Awaitable<Value>,
  accepted: (value: Value) => Awaitable<ConformanceError>,
): Promise<unknown> {
  let value: Value;
  try {
    value = await call();
  } catch (error) {
    if (error instanceof StdioError && error.code !== 'ERR_EVOLOCK_STDIO_REFUSED') throw error;
    return error;
  }
  throw await accepted(value);
}

/** A key, which is released when it is no longer used. */
interface Releasable {
  release(): Awaitable<void>;
}

/** Returns the error of a refused read. A key that was read is released, and the case fails. */
export function expectUnreadable(
  location: VectorLocation,
  read: () => Awaitable<Releasable>,
): Promise<unknown> {
  return expectRefusal(read, async (key) => {
    await key.release();
    return new ConformanceError('ERR_EVOLOCK_MALFORMED_ACCEPTED', location, 'the key was read');
  });
}

/** Uses a key and releases it on every path. */
export async function withKey<Key extends Releasable>(
  given: Awaitable<Key>,
  use: (key: Key) => Awaitable<void>,
): Promise<void> {
  const key = await given;
  try {
    await use(key);
  } finally {
    await key.release();
  }
}

/** A copy of bytes, cut off or filled with zeroes to a size. */
export function resized(bytes: Uint8Array, size: number): Uint8Array {
  const copy = new Uint8Array(size);
  copy.set(bytes.subarray(0, size));
  return copy;
}
