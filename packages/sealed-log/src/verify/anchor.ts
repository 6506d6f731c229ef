/** The tree of a log that enough witnesses saw. */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { CosignedNote, Witnessed, WitnessPolicy } from '../witness/policy.js';
import type { HeldCheckpoint } from './checkpoints.js';

/** A tree of the log. */
export type Tree = Pick<Witnessed, 'size' | 'root'>;

/** What a policy says to the checkpoints of a log. */
export interface Anchor extends Pick<CosignedNote, 'isMet' | 'witnessed'> {
  /** Witnesses of whom a cosignature is not judged. */
  readonly notJudged: readonly string[];
}

/**
 * Judges the checkpoints that count. One that the log was not compared with, since it is before the state from which the
 * verification went on, says something only when it is of the tree that an earlier run compared.
 */
export function anchorOf(
  policy: WitnessPolicy,
  held: readonly HeldCheckpoint[],
  now: number | undefined,
  compared: Tree | undefined,
): Anchor {
  const date = now === undefined ? undefined : new Date(now * 1000);
  const all = held
    .filter(({ note, isCompared }) => isCompared || isSameTree(note, compared))
    .map(({ note }) => policy.judge(note.text, date));
  const [witnessed] = all.flatMap((each) => each.witnessed ?? []).sort(bestFirst);
  return {
    isMet: all.some(({ isMet }) => isMet),
    witnessed,
    notJudged: [...new Set(all.flatMap(({ notJudged }) => notJudged))],
  };
}

function isSameTree({ size, root }: Tree, other: Tree | undefined): boolean {
  return size === other?.size && sameBytes(root, other.root);
}

/** The largest tree, and of one tree the earliest time. */
function bestFirst(one: Witnessed, other: Witnessed): number {
  return other.size - one.size || one.time - other.time;
}
