import { ENCODINGS, type Encoding } from './encoding.js';
import { argumentError } from './error.js';
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
export function completeOptions(options: ScanOptions): Required<ScanOptions> {
  const { encodings = ENCODINGS, fragment = SHORTEST_FRAGMENT } = options;
  if (
    !Array.isArray(encodings) ||
    encodings.length === 0 ||
    encodings.some((each) => !ENCODINGS.includes(each as Encoding))
  ) {
    throw argumentError(`encodings must be some of ${ENCODINGS.join(', ')}`);
  }
  if (!Number.isInteger(fragment) || fragment < SHORTEST_FRAGMENT || fragment > LONGEST_FRAGMENT) {
    throw argumentError(
      `fragment must be an integer from ${SHORTEST_FRAGMENT} to ${LONGEST_FRAGMENT}`,
    );
  }
  return { encodings: ENCODINGS.filter((each) => encodings.includes(each)), fragment };
}

/**
 * Refuses anything but needles.
 *
 * @internal
 */
export function requireNeedles(needles: unknown): asserts needles is readonly MaskedNeedle[] {
  if (!Array.isArray(needles) || needles.length === 0 || !needles.every(isMaskedNeedle)) {
    throw argumentError('needles must be an array of MaskedNeedle, at least one');
  }
  const names = needles.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    throw argumentError('needles must have different names, by which the report tells them apart');
  }
}
