import { checkedItems, checkedOptions, requireFunction, requireInteger } from './arguments.js';
import { ENCODINGS, type Encoding } from './encoding.js';
import { argumentError, type MemoryScanError } from './error.js';
import { type Mapping } from './mapping.js';
import { isMaskedNeedle, type MaskedNeedle } from './masked-needle.js';

/** What a scan looks for besides the needles themselves. */
export interface ScanOptions {
  /** The encodings to look for; all of them if left out. */
  readonly encodings?: readonly Encoding[];
  /**
   * Bytes of a needle that are enough to be reported, at any offset in it: 8 to 64, 8 if left out. In text it is as many
   * digits or characters as show so many bytes.
   */
  readonly fragment?: number;
}

/** What a scan of another process looks for, and where. */
export interface ProcessScanOptions extends ScanOptions {
  /**
   * Mappings of which pages are left out that hold what the mapped file holds: private ones, and those pages that the
   * process has never written to. Most of what a Node process has mapped is the program itself, in which no secret of
   * its run can be. None if left out; the report says how much was `skipped`.
   */
  readonly skipUnwritten?: ((mapping: Mapping) => boolean) | undefined;
}

/**
 * Fewer bytes would stand somewhere by chance.
 *
 * @internal
 */
export const SHORTEST_FRAGMENT = 8;
const LONGEST_FRAGMENT = 64;

/**
 * The options with nothing left out.
 *
 * @internal
 */
export function completeOptions(options: ScanOptions | undefined): Required<ScanOptions> {
  const { encodings = ENCODINGS, fragment = SHORTEST_FRAGMENT } = checkedOptions(options);
  const wanted = new Set(checkedItems('encodings', encodings, checkedEncoding));
  if (wanted.size === 0) throw unknownEncodings();
  requireInteger('fragment', fragment, SHORTEST_FRAGMENT, LONGEST_FRAGMENT);
  return { encodings: ENCODINGS.filter((each) => wanted.has(each)), fragment };
}

/**
 * The same with what a scan of another process knows besides.
 *
 * @internal
 */
export function completeProcessOptions(
  options: ProcessScanOptions | undefined,
): Required<ProcessScanOptions> {
  const { skipUnwritten } = checkedOptions(options);
  if (skipUnwritten !== undefined) requireFunction('skipUnwritten', skipUnwritten);
  return { ...completeOptions(options), skipUnwritten };
}

function checkedEncoding(value: unknown): Encoding {
  const encoding = ENCODINGS.find((each) => each === value);
  if (encoding === undefined) throw unknownEncodings();
  return encoding;
}

function unknownEncodings(): MemoryScanError {
  return argumentError(`encodings must be some of ${ENCODINGS.join(', ')}`);
}

/**
 * Needles, each looked at once.
 *
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` for anything else, for none, and for a name that comes
 * twice.
 *
 * @internal
 */
export function checkedNeedles(value: unknown): readonly MaskedNeedle[] {
  const names = new Set<string>();
  const needles = checkedItems('needles', value, (needle) => {
    if (!isMaskedNeedle(needle)) throw noNeedles();
    if (names.has(needle.name)) {
      throw argumentError(
        'needles must have different names, by which the report tells them apart',
      );
    }
    names.add(needle.name);
    return needle;
  });
  if (needles.length === 0) throw noNeedles();
  return needles;
}

function noNeedles(): MemoryScanError {
  return argumentError('needles must be an array of MaskedNeedle, at least one');
}
