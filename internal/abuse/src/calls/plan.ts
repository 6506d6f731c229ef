// Which calls are made: every hostile value at every position once, or a given number of random calls.
import { everything, type Hostile } from '../arguments/hostile.js';
import { pick, randomOfCall } from './random.js';
import type { Entry } from '../arguments/kinds.js';
import { table } from '../table/table.js';

export interface Planned {
  name: string;
  replaced: ReadonlyMap<number, Hostile>;
}

const entries = Object.entries(table);

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
  somebodys.get(entry.args?.[position]?.name)?.test(name) === true;

/** The positions of hostile values. -1 is the receiver. */
const positionsOf = (entry: Entry) => [
  ...(entry.receiver === undefined ? [] : [-1]),
  ...(entry.args ?? []).flatMap((kind, position) => (kind.fixed === true ? [] : [position])),
];

/** @returns every function's right call, then every hostile value at every position */
export function* sweep(): Generator<Planned> {
  for (const [name, entry] of entries) {
    yield { name, replaced: new Map() };
    for (const position of positionsOf(entry)) {
      const step = entry.slow === true ? SLOW_STEP : 1;
      for (const [index, value] of everything.entries()) {
        if (index % step !== (position + 1) % step) continue;
        if (isSomebodys(entry, position, value)) continue;
        yield { name, replaced: new Map([[position, value]]) };
      }
    }
  }
}

const fuzzed = entries.filter(([, entry]) => positionsOf(entry).length > 0);
const cheap = fuzzed.filter(([, entry]) => entry.slow !== true);
const DEAR_SHARE = 0.01;

/** @returns the call of a number */
export function randomCall(seed: number, number: number): Planned {
  const random = randomOfCall(seed, number);
  const [name, entry] = pick(random, random() < DEAR_SHARE ? fuzzed : cheap);
  const replaced = new Map();
  const positions = positionsOf(entry);
  const several = 1 + Math.floor(random() * positions.length);
  for (let count = 0; count < several; count += 1) {
    const [position, value] = [pick(random, positions), pick(random, everything)];
    if (!isSomebodys(entry, position, value)) replaced.set(position, value);
  }
  return { name, replaced };
}

/** @returns a call as text */
export function described({ name, replaced }: Planned): string {
  const parts = [...replaced].map(
    ([position, { name: value }]) =>
      `${position === -1 ? 'this' : `argument ${position}`} = ${value}`,
  );
  return `${name}(${parts.join(', ')})`;
}
