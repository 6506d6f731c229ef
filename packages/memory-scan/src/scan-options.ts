/** The arguments that every scan has. */
import { checkedOptions } from './arguments.js';
import { argumentError } from './errors.js';
import { ENCODINGS, type Encoding } from './search/encoding.js';
import { MaskedNeedle } from './search/masked-needle.js';

/** Options of a scan. */
export interface ScanOptions {
  /** The encodings to search for; all when absent. */
  readonly encodings?: readonly Encoding[];
}

/** The encodings to search for, in their order. */
export function wantedEncodings(options: ScanOptions | undefined): readonly Encoding[] {
  const { encodings = ENCODINGS } = checkedOptions(options);
  const known: readonly unknown[] = ENCODINGS;
  if (
    !Array.isArray(encodings) ||
    encodings.length === 0 ||
    !encodings.every((each) => known.includes(each))
  )
    throw argumentError(`encodings must be some of ${ENCODINGS.join(', ')}`);
  return ENCODINGS.filter((each) => encodings.includes(each));
}

/** Refuses anything but needles, at least one, each with another name. */
export function checkNeedles(needles: readonly MaskedNeedle[]): void {
  const isList = Array.isArray(needles) && needles.length > 0;
  if (!isList || !needles.every((needle) => needle instanceof MaskedNeedle))
    throw argumentError('needles must be an array of MaskedNeedle, at least one');
  if (new Set(needles.map(({ name }) => name)).size < needles.length)
    throw argumentError('needles must have different names');
}
