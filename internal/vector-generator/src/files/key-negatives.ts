import { concatBytes } from '@noble/hashes/utils.js';
import { InconsistentKeyError } from '@evolock/kes-sum';
import { keyFrom } from '@evolock/test-keys';
import { algorithmOf } from '../native.js';
import { alternatingPeriod, flipBit, lifeOf } from './material.js';

/** A change of a serialised key. */
interface Change {
  readonly why: string;
  readonly offset?: number;
  readonly patch?: Uint8Array;
  readonly size?: number;
  readonly statedPeriod?: number;
}

const NOTHING = new Uint8Array(0);
const ZERO_SEED = new Uint8Array(32);

/** The offsets of the fields within a level. */
const FIELDS: readonly (readonly [string, number])[] = [
  ['right seed', 0],
  ['left verification key', 32],
  ['right verification key', 64],
];

function levelOffset(level: number): number {
  return 32 + 96 * (level - 1);
}

/** Few periods of the deep keys: reading one takes as long as generating it. */
function periodsOf(depth: number): number[] {
  const last = 2 ** depth - 1;
  const alternating = alternatingPeriod(depth);
  return [...new Set(depth <= 4 ? [0, alternating, last >> 1, last] : [0, alternating])];
}

function flip(key: Uint8Array, offset: number, byte: number): Partial<Change> {
  return { offset, patch: flipBit(key.slice(offset, offset + 32), byte) };
}

function wrongSizes(key: Uint8Array): Change[] {
  const { length } = key;
  return [
    { why: 'empty', size: 0 },
    { why: 'truncated by one byte', size: length - 1 },
    ...(length > 32 ? [{ why: 'truncated by 32 bytes', size: length - 32 }] : []),
    { why: 'extended by a zero byte', size: length + 1 },
    { why: 'extended by a level of zeroes', size: length + 96 },
  ];
}

function wrongPeriods(period: number, depth: number): Change[] {
  const totalPeriods = 2 ** depth;
  const stated = new Set([period - 1, period + 1, period + totalPeriods, period + 2 ** 32]);
  return Array.from(stated, (statedPeriod) => ({
    why: `stated period ${statedPeriod}`,
    statedPeriod,
  }));
}

/** What a level carries, changed in one bit, emptied, or exchanged. */
function changedLevel(key: Uint8Array, level: number): Change[] {
  const start = levelOffset(level);
  const flipped = FIELDS.map(([name, offset], index) => ({
    why: `byte changed in the ${name} of level ${level}`,
    ...flip(key, start + offset, (5 * level + 11 * index) % 32),
  }));
  const isSpent = key.slice(start, start + 32).every((byte) => byte === 0);
  const [left, right] = [key.slice(start + 32, start + 64), key.slice(start + 64, start + 96)];
  return [
    ...flipped,
    ...(isSpent
      ? []
      : [{ why: `right seed of level ${level} zeroed`, offset: start, patch: ZERO_SEED }]),
    {
      why: `verification keys of level ${level} swapped`,
      offset: start + 32,
      patch: concatBytes(right, left),
    },
  ];
}

function changedLeaf(key: Uint8Array, otherLeaf: Uint8Array): Change[] {
  return [
    { why: 'byte changed in the leaf', ...flip(key, 0, 31) },
    { why: 'leaf of another period', offset: 0, patch: otherLeaf },
    { why: 'nothing but zeroes', offset: 0, patch: new Uint8Array(key.length) },
  ];
}

/** The level that an error has to name, or nothing where the change cannot be seen. */
function levelOf(depth: number, key: Uint8Array): number | undefined {
  try {
    keyFrom(algorithmOf('sum', depth), key).release();
    return undefined;
  } catch (error) {
    if (error instanceof InconsistentKeyError) return error.level;
    throw error;
  }
}

function tampered(depth: number, key: Uint8Array, otherLeaf: Uint8Array): (Change & Levelled)[] {
  if (depth === 0) return [];
  const levels = Array.from({ length: depth }, (_, index) => index + 1);
  const changes = [
    ...changedLeaf(key, otherLeaf),
    ...levels.flatMap((level) => changedLevel(key, level)),
  ];
  return changes.flatMap((change) => {
    const changed = key.slice();
    changed.set(change.patch ?? NOTHING, change.offset ?? 0);
    const level = levelOf(depth, changed);
    // A changed left key of the outermost level, whose half is over: no level above reveals the change.
    return level === undefined ? [] : [{ ...change, level }];
  });
}

interface Levelled {
  readonly level?: number;
}

/** Entries of `kes-key-negatives.json` for the keys of a depth. */
export function keyNegatives(depth: number): object[] {
  const { keys: life } = lifeOf('sum', depth);
  return periodsOf(depth).flatMap((period) => {
    const key = life[period] ?? NOTHING;
    const otherLeaf = (life[(period + 1) % life.length] ?? NOTHING).slice(0, 32);
    const changes: (Change & Levelled)[] = [
      ...wrongSizes(key),
      ...wrongPeriods(period, depth),
      ...tampered(depth, key, otherLeaf),
    ];
    return changes.map(({ why, offset = 0, patch = NOTHING, size = key.length, ...rest }) => ({
      depth,
      period,
      offset,
      patch,
      size,
      ...rest,
      why,
    }));
  });
}

interface RustNegative {
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
    tail: writePeriod(period),
  }));
}

/** Periods that are stated and are not the one of the key. */
function wrongRustPeriods(depth: number, period: number): RustNegative[] {
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

function wrongRustSizes(depth: number, period: number): RustNegative[] {
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
  return [...wrongRustPeriods(depth, period), ...wrongRustSizes(depth, period)].map(
    ({ tail, size, why }) => ({ depth, period, tail, size, why }),
  );
}
