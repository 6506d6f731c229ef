/**
 * Whether the slot of a header has come, by the clock of the caller. That clock can be wrong, and the network of the
 * parameters can be another one than that of the header. So a slot that lies ahead makes no header invalid.
 */
import { startOfSlot } from '../period/evolution.js';
import type { KesParameters } from '../period/parameters.js';
import type { BlockHeader } from './parse.js';

/** Why a header is not judged to the end. */
export interface IncompleteReason {
  /**
   * `slot-ahead`: by the moment that was given, its slot is more than 300 seconds ahead. `later-era`: it has fields that are
   * not known.
   */
  readonly code: 'slot-ahead' | 'later-era';
  /** For people. */
  readonly message: string;
}

/** Milliseconds that a slot may lie ahead of a clock, which may be slow: 300 seconds. */
const TOLERANCE = 300_000n;

/**
 * What speaks against the slot of a header at a moment, in milliseconds since 1970; `undefined` when it is not known, since the
 * moment was not given or the slot has no date.
 */
export function timeReasons(
  { slot }: BlockHeader,
  { name, anchor }: KesParameters,
  now: number | undefined,
): readonly IncompleteReason[] | undefined {
  const start = anchor && startOfSlot(anchor, slot);
  if (start === undefined || now === undefined) return undefined;
  if (start <= BigInt(now) + TOLERANCE) return [];
  const times = `on ${name} its slot ${String(slot)} begins ${beginning(start)}, and the clock says ${timeInWords(now)}`;
  const message = `the header may be of another network, or the clock may be wrong: ${times}`;
  return [{ code: 'slot-ahead', message }];
}

function beginning(start: bigint): string {
  const time = Number(start);
  return Number.isNaN(new Date(time).getTime()) ? 'after all dates' : `at ${timeInWords(time)}`;
}

function timeInWords(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
