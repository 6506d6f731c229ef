// Which calls are made: every hostile value at every position once, or a given number of random calls.
import { everything, type Hostile } from '../arguments/hostile.js';
import { table, type Entry } from '../table/table.js';

/** The number of random calls, and their seed. */
export const [calls, seed] = [20_000, 20_201_222];

export interface Planned {
  name: string;
  entry: Entry;
  replaced: ReadonlyMap<number, Hostile>;
}

/** Names of integers that are not used as such an argument, by the name of its kind. */
const somebodys: ReadonlyMap<string | undefined, RegExp> = new Map([
  ['descriptor', /^-?\d{1,5}$/],
  ['process', /^-?\d{1,7}$/],
]);

/** Where a call takes milliseconds, a third of the hostile values is used. */
const SLOW_STEP = 3;

/**
 * A small integer may be an open file descriptor, also of this process's own channels, or a process id. It is left out,
 * so that nothing is written to it, stops it or reads it. Process ids on Linux are below 2^22. Zero and negative numbers
 * are process groups.
 */
const isSomebodys = (entry: Entry, position: number, { name }: Hostile) =>
  somebodys.get(entry.args[position]?.name)?.test(name) === true;

/** The positions of hostile values. -1 is the receiver. */
const positionsOf = ({ receiver, args }: Entry) => [
  ...(receiver === undefined ? [] : [-1]),
  ...args.flatMap((kind, position) => (kind.fixed === true ? [] : [position])),
];

/** @returns every function's right call, then every hostile value at every position */
export function* sweep(): Generator<Planned> {
  for (const [name, entry] of table) {
    yield { name, entry, replaced: new Map() };
    for (const position of positionsOf(entry)) {
      const step = entry.slow === true ? SLOW_STEP : 1;
      for (const [index, value] of everything.entries()) {
        if (index % step !== (position + 1) % step) continue;
        if (isSomebodys(entry, position, value)) continue;
        yield { name, entry, replaced: new Map([[position, value]]) };
      }
    }
  }
}

const fuzzed = [...table].filter(([, entry]) => positionsOf(entry).length > 0);
const cheap = fuzzed.filter(([, entry]) => entry.slow !== true);
const DEAR_SHARE = 0.01;

/** @returns the call of a number; a seed and a number always give the same call */
export function randomCall(runSeed: number, number: number): Planned {
  const random = randomOf(Math.imul(runSeed ^ 0x9e3779b9, 0x85ebca6b) + number);
  const pick = <Item>(list: readonly Item[]) => list[Math.floor(random() * list.length)] as Item;
  const [name, entry] = pick(random() < DEAR_SHARE ? fuzzed : cheap);
  const replaced = new Map();
  const positions = positionsOf(entry);
  const several = 1 + Math.floor(random() * positions.length);
  for (let count = 0; count < several; count += 1) {
    const [position, value] = [pick(positions), pick(everything)];
    if (!isSomebodys(entry, position, value)) replaced.set(position, value);
  }
  return { name, entry, replaced };
}

/** Numbers from 0 to 1, as Math.random gives them (mulberry32). */
function randomOf(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @returns a call as text */
export function described({ name, replaced }: Planned): string {
  const parts = [...replaced].map(
    ([position, { name: value }]) =>
      `${position === -1 ? 'this' : `argument ${position}`} = ${value}`,
  );
  return `${name}(${parts.join(', ')})`;
}
