/** How the cost of each operation grows with the depth of the tree. */
import { algorithmOf, Keep } from '../operations/bench-keys.js';
import type { Candidate } from '../timing/candidate.js';
import * as operations from '../operations/operations.js';
import { measure, type Effort } from '../timing/rounds.js';
import { spreadOf, type Spread } from '../timing/statistics.js';

/** What one operation costs at each depth. */
export interface DepthSeries {
  readonly operation: string;
  readonly points: readonly {
    readonly depth: number;
    /** Microseconds. */
    readonly cost: Spread;
    /** In bare key pairs, measured beside it. */
    readonly keyPairs: Spread;
  }[];
}

/** The deepest tree that is measured: 65,536 periods. */
export const DEEPEST = 16;

/** From here on a generation takes long, and is done as seldom as can be. */
const DEEP = 10;

const KEY_PAIR = 'key pair';

function candidatesAt(keep: Keep, depth: number): Map<string, Candidate> {
  const algorithm = algorithmOf('sum', depth);
  const all = new Map<string, Candidate>([
    [KEY_PAIR, operations.bare.keyPair],
    ['generate', operations.generate(keep, algorithm)],
    ['sign, 256 bytes', operations.sign(keep, algorithm)],
    ['verify', operations.verify(algorithm)],
    ['directSerialise', operations.serialise(keep, algorithm)],
    ['checked read', operations.checkedRead(keep, algorithm)],
  ]);
  if (depth > 0) {
    all.set('costliest update', operations.costliestUpdate(keep, algorithm));
    all.set('all updates', operations.allUpdates(keep, algorithm));
  }
  return all;
}

/** Measures all depths up to one. */
export async function measureDepths(
  effort: Effort,
  deepest: number,
  progress: () => void,
): Promise<DepthSeries[]> {
  const series = new Map<string, DepthSeries['points'][number][]>();
  for (let depth = 0; depth <= deepest; depth += 1) {
    const keep = new Keep();
    try {
      const candidates = candidatesAt(keep, depth);
      const few = depth >= DEEP ? { samples: 1, rounds: Math.min(effort.rounds, 3) } : {};
      const named = [...candidates].map(([name, { run, hooks }]) => ({ name, run, hooks }));
      const measured = await measure(named, { ...effort, ...few });
      const pair = measured.find(({ name }) => name === KEY_PAIR)!.rounds;
      for (const { name, rounds } of measured) {
        if (name === KEY_PAIR) continue;
        const keyPairs = spreadOf(rounds.map((value, round) => value / pair[round]!));
        const points = series.get(name) ?? [];
        series.set(name, [...points, { depth, cost: spreadOf(rounds), keyPairs }]);
      }
    } finally {
      keep.release();
    }
    progress();
  }
  return [...series].map(([operation, points]) => ({ operation, points }));
}
