import type { Candidate } from '../timing/candidate.js';
import type { Effort, Series } from '../timing/rounds.js';
import { spreadOf, type Spread } from '../timing/statistics.js';

/** The target of a figure. */
export interface Target {
  readonly kind: 'at most' | 'at least';
  readonly value: number;
}

/** A row of the table, before it is measured. */
export interface Plan {
  readonly operation: string;
  readonly subject: Candidate;
  /** What it is compared with, repeated as often as its count states. */
  readonly bare: Candidate;
  /** `at least`: how many times faster than the bare one it has to be. */
  readonly target: Target | undefined;
  /** Others that do what the bare one does, as often. */
  readonly peers: readonly Candidate[];
  /** Less effort for what takes long. */
  readonly effort?: Partial<Effort>;
}

/** A cost, microseconds. */
export interface Cost {
  readonly name: string;
  readonly cost: Spread;
}

/** A row that was measured. */
export interface TimeRow {
  readonly operation: string;
  readonly subject: Cost;
  readonly bare: Cost;
  /** Subject to bare, or bare to subject where the target is `at least`: the spread over the rounds. */
  readonly ratio: Spread;
  readonly target: Target | undefined;
  /** Whether the median keeps the target. */
  readonly holds: boolean | undefined;
  /** How much others take, as a multiple of the subject. */
  readonly peers: readonly { readonly name: string; readonly ratio: Spread }[];
}

/** A figure that is not a time. */
export interface FigureRow {
  readonly operation: string;
  readonly unit: string;
  readonly value: Spread;
  readonly target: Target | undefined;
  readonly holds: boolean | undefined;
  /** How it was measured. */
  readonly note: string;
}

/** Something that could not be measured here. */
export interface SkippedRow {
  readonly operation: string;
  readonly skipped: string;
}

/** Whether a value keeps a target. */
export function keeps({ kind, value }: Target, measured: number): boolean {
  return kind === 'at most' ? measured <= value : measured >= value;
}

/** Makes a row of what was measured: the subject, the bare one, then the peers. */
export function timeRow(plan: Plan, [subject, bare, ...peers]: readonly Series[]): TimeRow {
  const { operation, target } = plan;
  const slower = (left: Series, right: Series): Spread =>
    spreadOf(left.rounds.map((value, round) => value / right.rounds[round]!));
  const ratio = target?.kind === 'at least' ? slower(bare!, subject!) : slower(subject!, bare!);
  return {
    operation,
    subject: costOf(subject!),
    bare: costOf(bare!),
    ratio,
    target,
    holds: target && keeps(target, ratio.median),
    peers: peers.map((peer) => ({ name: peer.name, ratio: slower(peer, subject!) })),
  };
}

/** Makes a row of a figure. */
export function figureRow(
  operation: string,
  unit: string,
  values: readonly number[],
  target: Target | undefined,
  note: string,
): FigureRow {
  const value = spreadOf(values);
  return { operation, unit, value, target, holds: target && keeps(target, value.median), note };
}

function costOf({ name, rounds }: Series): Cost {
  return { name, cost: spreadOf(rounds) };
}
