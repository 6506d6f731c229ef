import { checkedItems, checkedOptions, requireFunction, requireInteger } from './arguments.js';
import { ENCODINGS, type Encoding } from './search/encoding.js';
import { argumentError, type MemoryScanError } from './errors.js';
import { type Mapping } from './process/mappings.js';
import { isMaskedNeedle, type MaskedNeedle } from './search/masked-needle.js';

/** Options of a scan. */
export interface ScanOptions {
  /** The encodings to search for; all when absent. */
  readonly encodings?: readonly Encoding[];
  /**
   * Bytes of a needle that are reported, at any offset: 8 to 64; 8 when absent. In a text encoding: the digits or characters
   * of that many bytes.
   */
  readonly fragment?: number;
}

/** Options of a scan of a process. */
export interface ProcessScanOptions extends ScanOptions {
  /**
   * The private mappings of files whose unchanged pages are skipped; none when absent. Most mapped memory of a Node.js process
   * is the program, which contains no secret of its run. The report states the `skipped` bytes.
   */
  readonly skipUnwritten?: ((mapping: Mapping) => boolean) | undefined;
}

/**
 * Shorter fragments occur by chance.
 *
 * @internal
 */
export const SHORTEST_FRAGMENT = 8;
const LONGEST_FRAGMENT = 64;

/**
 * The complete options.
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
 * The complete options of a scan of a process.
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
 * Checked needles. Each is read once.
 *
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` for anything else, for no needle, and for a repeated name.
 *
 * @internal
 */
export function checkedNeedles(value: unknown): readonly MaskedNeedle[] {
  const names = new Set<string>();
  const needles = checkedItems('needles', value, (needle) => {
    if (!isMaskedNeedle(needle)) throw noNeedles();
    if (names.has(needle.name)) {
      throw argumentError('needles must have different names');
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
