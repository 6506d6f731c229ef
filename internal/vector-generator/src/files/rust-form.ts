import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { alternatingPeriod } from './material.js';

interface Negative {
  readonly tail: Uint8Array;
  readonly size: number;
  readonly why: string;
}

/** 4 bytes, big endian. */
function writePeriod(period: number): Uint8Array {
  return Uint8Array.of(period >>> 24, (period >>> 16) & 255, (period >>> 8) & 255, period & 255);
}

/** Bytes of a key with its period. */
function sizeOf(depth: number): number {
  return 32 + 96 * depth + 4;
}

/** Entries of `kes-rust-form.json` that must be written and read: the first, an alternating and the last period. */
export function rustFormPositives(depth: number): object[] {
  const periods = new Set([0, alternatingPeriod(depth), 2 ** depth - 1]);
  return Array.from(periods, (period) => ({
    depth,
    period,
    tailHex: bytesToHex(writePeriod(period)),
  }));
}

/** Periods that are stated and are not the one of the key. */
function wrongPeriods(depth: number, period: number): Negative[] {
  const stated: [string, number][] = [
    ['the next period stated', period + 1],
    ['all periods more stated', period + 2 ** depth],
    ['period 2^32 - 1 stated', 2 ** 32 - 1],
    ['the period in little endian', (period << 24) >>> 0],
  ];
  if (period > 0) stated.push(['the period before stated', period - 1]);
  return stated
    .filter(([, number]) => number !== period)
    .map(([why, number]) => ({ tail: writePeriod(number), size: sizeOf(depth), why }));
}

function wrongSizes(depth: number, period: number): Negative[] {
  const tail = writePeriod(period);
  const size = sizeOf(depth);
  return [
    { tail, size: size - 1, why: 'truncated by one byte' },
    { tail, size: size - 4, why: 'truncated by four bytes' },
    { tail, size: 0, why: 'empty' },
    { tail: concatBytes(tail, new Uint8Array(1)), size: size + 1, why: 'extended by a zero byte' },
  ];
}

/** Entries of `kes-rust-form.json` that must not be read. */
export function rustFormNegatives(depth: number): object[] {
  const period = alternatingPeriod(depth);
  return [...wrongPeriods(depth, period), ...wrongSizes(depth, period)].map(
    ({ tail, size, why }) => ({ depth, period, tailHex: bytesToHex(tail), size, why }),
  );
}
