/** The seals of a log, as far as they are shown. */

/** A seal. */
export interface SealPlace {
  readonly number: number;
  /** In UTC, to the second. */
  readonly time: string;
  /** The number of entries that it covers. */
  readonly size: number;
}

/** The seals of a file, up to the first line that is none. */
export function sealsIn(file: Uint8Array): SealPlace[] {
  const all: SealPlace[] = [];
  for (const line of new TextDecoder().decode(file).split('\n')) {
    const [, number, seconds, size] = /^(\d{1,15}) (\d{1,12}) [0-7] (\d{1,15}) /.exec(line) ?? [];
    if (size === undefined) break;
    all.push({ number: Number(number), time: utc(Number(seconds)), size: Number(size) });
  }
  return all;
}

function utc(seconds: number): string {
  const [day = '', time = ''] = new Date(1_000 * seconds).toISOString().split('T');
  return `${day} ${time.slice(0, 8)} UTC`;
}
