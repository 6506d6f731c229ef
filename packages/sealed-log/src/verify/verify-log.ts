/** The verdict on a sealed log. */
import {
  checkInteger,
  checkMethod,
  checkOptions,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { readVerifierKey, type LogKey } from '../format/key.js';
import { secondsOfDate } from '../format/seal.js';
import type { Witnessed, WitnessPolicy } from '../witness/policy.js';
import { anchorOf, type Anchor } from './anchor.js';
import {
  checkCheckpoints,
  Checkpoints,
  type Checkpoint,
  type CheckpointFacts,
  type Fork,
} from './checkpoints.js';
import { cryptographyOf, type SealCryptography } from './cryptography.js';
import { AcceptedErasures, areAccepted, type Lawful, type Range } from './entries/absent.js';
import { unsealedAfter } from './entries/unsealed.js';
import {
  progressOf,
  firstProgress,
  stateAfter,
  type ProvedState,
  type SealedLogState,
} from './state.js';
import {
  checkRevokedFrom,
  closeFiles,
  LogWalk,
  sealedLogFilesNames,
  type SealedLogFiles,
  type SealFailure,
} from './walk.js';

/** Why a log is invalid. */
export type SealedLogFailure = SealFailure | 'key' | 'no-seal' | 'fork';

/** Why a log is incomplete. */
export type SealedLogReason =
  | 'behind-checkpoint'
  | 'end-unproved'
  | 'ended'
  | 'future-time'
  | 'not-ended'
  | 'not-witnessed'
  | 'pruned'
  | 'revoked'
  | 'too-old'
  | 'torn-entries'
  | 'torn-seals'
  | 'unsealed-entries'
  | 'unverified-checkpoint';

/** What is asked of the times in a log. The present time is needed for it. */
interface AskedOfTimes {
  /**
   * The greatest age of the last seal of a log that has not ended, in seconds, and the time after which entries that an
   * earlier verification saw have to be sealed.
   */
  readonly maxAge?: number | undefined;
  /**
   * How long entries have to be kept, in seconds. Those that are gone from the front have expired when the first seal over them
   * is older.
   */
  readonly retention?: number | undefined;
}

const askedOfTimesNames = ['maxAge', 'retention'] as const;

/** Either the present time, and what is asked of it; or nothing is asked. */
export type SealedLogTimes =
  | ({ readonly now: Date } & AskedOfTimes)
  | ({ readonly now?: Date | undefined } & { readonly [Name in keyof AskedOfTimes]?: undefined });

/** A log, and what is asked of it. */
export type SealedLogOptions = SealedLogQuestion & SealedLogTimes;

/** A log, and what is asked of it beside its times. */
export interface SealedLogQuestion extends SealedLogFiles {
  /** The verifier key. It comes from elsewhere, never from beside the log. */
  readonly verifierKey: string;
  /** Checkpoints that were kept elsewhere. */
  readonly checkpoints?: Iterable<Checkpoint> | undefined;
  /** Which witnesses count, whose cosignatures are in `checkpoints`: by `readWitnessPolicy`. */
  readonly policy?: WitnessPolicy | undefined;
  /** Whether the log has to have ended. */
  readonly mustEnd?: boolean | undefined;
  /** Whether the log must not have ended: without it the last act of a thief, an end, is valid for ever. */
  readonly mustGoOn?: boolean | undefined;
  /**
   * Erasures that are accepted, as ranges [from, to) of entries: a blank line in one of them, or an entry that is gone from the front,
   * is `erased`. Keep them where the writer of the log cannot change them.
   */
  readonly erased?: Iterable<Range> | undefined;
  /**
   * Seals from this number on prove nothing, since their key was stolen: the number of the key in the oldest copy that leaked,
   * and not the last number of a log that a thief may have cut.
   */
  readonly revokedFrom?: number | undefined;
  /**
   * The state of an earlier verdict, to go on from: its entries are skipped in `files`, by their number. Hashes begin at the first
   * entry behind it, seals at its last one or before. When the files lack entries of the state, the failure is `missing-entries`: a
   * verification without it says which.
   */
  readonly from?: SealedLogState | undefined;
  /** Functions for more speed. */
  readonly cryptography?: Partial<SealCryptography> | undefined;
}

const sealedLogOptionNames = [
  ...sealedLogFilesNames,
  ...askedOfTimesNames,
  'now',
  'verifierKey',
  'checkpoints',
  'policy',
  'mustEnd',
  'mustGoOn',
  'erased',
  'revokedFrom',
  'from',
  'cryptography',
] as const;

/** The facts of a verdict on a log. */
export interface SealedLogFacts {
  /** Why it is incomplete, in alphabetical order; empty otherwise. */
  readonly reasons: readonly SealedLogReason[];
  /** The number of seals that are proved. */
  readonly seals: number;
  /** The number of entries that are proved, from the first of the log on. */
  readonly sealedEntries: number;
  /** The number of entries after them; `undefined` when a seal failed, since the rest was not read. */
  readonly unsealedEntries: number | undefined;
  /**
   * When entries that are still unsealed were first seen, POSIX seconds, by this verification or one before it; `undefined`
   * when there are none, and when `now` was never given.
   */
  readonly unsealedSince: number | undefined;
  /** The time of the first seal, POSIX seconds. Times are claims of the machine that sealed. */
  readonly firstTime: number | undefined;
  /** The time of the last proved seal, POSIX seconds. */
  readonly lastTime: number | undefined;
  /** The longest time between two seals, in seconds. */
  readonly longestGap: number;
  /** The number of seals that are the first after a start of the sealer. */
  readonly starts: number;
  /** Whether the last seal is an end. */
  readonly ended: boolean;
  /** Whether the last file of entries ends within a line. */
  readonly tornEntry: boolean;
  /** Whether the file of seals ends within a line. */
  readonly tornSeal: boolean;
  /** Whether the entries fit a root that the hashes do not fit. */
  readonly hashesWrong: boolean;
  /** The number of the first entry that was read, of a verification that went on from a state. */
  readonly verifiedFrom: number | undefined;
  /** Entries that are others than those that were sealed: the first 10,000 ranges. Known with hashes only. */
  readonly changed: readonly Range[];
  readonly changedEntries: number;
  /** Absent entries whose erasure is accepted: the first 10,000 ranges. */
  readonly erased: readonly Range[];
  readonly erasedEntries: number;
  /** Entries that are gone from the front, and older than `retention`: the first 10,000 ranges. */
  readonly expired: readonly Range[];
  readonly expiredEntries: number;
  /** Other entries that are gone from the front: the first 10,000 ranges. */
  readonly pruned: readonly Range[];
  readonly prunedEntries: number;
  /** The number of checkpoints that do not count. */
  readonly unverifiedCheckpoints: number;
  /** The number of checkpoints of seals before `from`, with which the log was not compared. */
  readonly earlierCheckpoints: number;
  /**
   * The largest tree of the log of which a given checkpoint has the cosignatures that the policy asks for: nobody who came later
   * can exchange its entries.
   */
  readonly witnessed: Witnessed | undefined;
  /** Witnesses of the policy of whom a cosignature is not judged, since it is one by ML-DSA-44. */
  readonly cosignersNotJudged: readonly string[];
}

/** A log in which something was sealed, and of which every seal stands. */
export interface StandingLog extends SealedLogFacts {
  readonly failure: undefined;
  readonly at: undefined;
  readonly unsealedEntries: number;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly fork: undefined;
  /** What is known, to go on from; `undefined` when erased entries are in more than 10,000 ranges. */
  readonly state: SealedLogState | undefined;
}

/** The verdict on a log of which every seal stands, and that has all that was asked. */
export interface ValidLog extends StandingLog {
  readonly result: 'valid';
}

/** The verdict on a log of which every seal stands, and that lacks something. */
export interface IncompleteLog extends StandingLog {
  readonly result: 'incomplete';
  readonly reasons: readonly [SealedLogReason, ...SealedLogReason[]];
}

/** The verdict on a log that does not stand. */
export interface InvalidLog extends SealedLogFacts {
  readonly result: 'invalid';
  /** Why it is invalid. */
  readonly failure: SealedLogFailure;
  /**
   * The number of the seal that was expected where it failed; of a fork, the number that has two contents; `undefined` for a
   * verifier key that is none.
   */
  readonly at: number | undefined;
  /** Both contents of the number of a fork. */
  readonly fork: Fork | undefined;
  readonly state: undefined;
}

/** The verdict on a log: `result` says which. */
export type SealedLogVerdict = ValidLog | IncompleteLog | InvalidLog;

/** Seconds by which the last seal may be later than `now`. */
const CLOCK_TOLERANCE = 300;

/**
 * Verifies a sealed log, with its verifier key and nothing secret. It reads the files once, in order, and holds no entry
 * and no list of seals. Of a log that is being written, take the length of the file of seals first and pass no more of
 * it; then read the entries.
 *
 * Without `now` and `maxAge`, a log that has not ended is `incomplete`, `end-unproved`: entries that were cut together with their
 * seals are not seen.
 *
 * @returns The verdict, for any bytes. A verifier key that is not of the form is a verdict too.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_NAME` for an unknown option, `ERR_EVOLOCK_ARGUMENT_TYPE` or
 * `ERR_EVOLOCK_ARGUMENT_VALUE` for other wrong arguments; what a source, `onProgress` or `signal` throws.
 *
 * Source: docs/SEALED_LOG_SPECIFICATION.md.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { verifySealedLog } from '@evolock/sealed-log/verify';
 *
 * const entries = new TextEncoder().encode('a line\n');
 * const verifierKey =
 *   'example.com/one-key+d1081633+/2V2b2xvY2stc2VhbC92MQMAAAAAAAAAAMasqnh2E6pynvHBGA9OYm3/XBGxr7AhOCJaCZe9y5Ef';
 * const verdict = await verifySealedLog({ verifierKey, files: [entries], seals: [] });
 * assert.deepEqual([verdict.result, verdict.failure], ['invalid', 'no-seal']);
 * ```
 */
export async function verifySealedLog(options: SealedLogOptions): Promise<SealedLogVerdict> {
  const { verifierKey, checkpoints, from, ...given } = checkOptions(options, sealedLogOptionNames);
  if (typeof verifierKey !== 'string') throw wrongType('verifierKey', 'a text', verifierKey);
  const asked = askedOf(given);
  const cryptography = cryptographyOf(given.cryptography);
  const kept = checkCheckpoints(checkpoints ?? []);
  const key = readVerifierKey(verifierKey);
  if (key === undefined) {
    await closeFiles(given);
    return invalid('key');
  }
  const { lawful, revokedFrom } = asked;
  const start = from === undefined ? firstProgress(key) : progressOf(verifierKey, from);
  if (from !== undefined) checkStart(start, asked);
  const task = { firstNumber: key.first, start, lawful, revokedFrom };
  const walk = new LogWalk(cryptography, given, task);
  try {
    const judge = new Checkpoints(cryptography, key, kept, revokedFrom);
    return await verdictOn(walk, judge, { verifierKey, key, ...asked });
  } finally {
    await walk.close();
  }
}

/** What is asked of a log, checked. */
interface Asked {
  readonly mustEnd: boolean;
  readonly mustGoOn: boolean;
  readonly policy: WitnessPolicy | undefined;
  /** POSIX seconds. */
  readonly now: number | undefined;
  readonly maxAge: number | undefined;
  readonly lawful: Lawful;
  readonly revokedFrom: number;
}

function askedOf(given: Omit<Partial<SealedLogQuestion>, 'now'> & GivenTimes): Asked {
  const { mustEnd = false, mustGoOn = false, erased = [], policy } = given;
  if (typeof mustEnd !== 'boolean') throw wrongType('mustEnd', 'a boolean', mustEnd);
  if (typeof mustGoOn !== 'boolean') throw wrongType('mustGoOn', 'a boolean', mustGoOn);
  if (mustEnd && mustGoOn) throw wrongValue('mustGoOn', 'false, with mustEnd', 'true');
  if (policy !== undefined) checkMethod('policy', policy, 'judge');
  const { now, maxAge, retention } = checkTimes(given);
  const expiredBefore = now === undefined || retention === undefined ? 0 : now - retention;
  const lawful = { erased: new AcceptedErasures(erased), expiredBefore };
  const revokedFrom = checkRevokedFrom(given.revokedFrom);
  return { mustEnd, mustGoOn, policy, now, maxAge, lawful, revokedFrom };
}

/** Refuses a state that says nothing to what is asked now. */
function checkStart({ number, absent }: ProvedState, { lawful, revokedFrom }: Asked): void {
  const whole = 'verify the log without the state';
  if (number > revokedFrom)
    throw wrongValue('from', 'a state before the seals that are revoked', `a later one: ${whole}`);
  if (!areAccepted(absent, lawful.erased))
    throw wrongValue('from', 'a state of accepted erasures', `one of others: ${whole}`);
}

/** Reads a log to its end, and judges it. */
async function verdictOn(
  walk: LogWalk,
  judge: Checkpoints,
  asked: Asked & { readonly verifierKey: string; readonly key: LogKey },
): Promise<SealedLogVerdict> {
  const { verifierKey, key, policy, now } = asked;
  for await (const seal of walk.seals()) judge.see(seal);
  const { proved, failure } = walk;
  const { firstTime, time } = proved;
  if (failure !== undefined) return invalid(failure, proved.number, walkFactsOf(walk, key));
  if (firstTime === undefined) return invalid('no-seal', key.first, walkFactsOf(walk, key));
  const found = await walk.readRest();
  const unsealed = unsealedAfter(proved.unsealed, found, now);
  const kept = judge.judge(proved.key, proved.number);
  const line = walk.forkOfStart;
  const ofState =
    line === undefined ? undefined : { kept: proved.line, line, at: proved.number - 1 };
  const told = {
    ...kept,
    fork: ofState ?? kept.fork,
    isBehind: kept.isBehind || walk.isBehindStart,
  };
  const anchor =
    policy === undefined || told.fork !== undefined
      ? undefined
      : anchorOf(policy, kept.held, now, proved.witnessed);
  const facts = {
    ...walkFactsOf(walk, key),
    unsealedEntries: Math.max(0, found.total - Math.max(found.sealed, walk.firstEntry)),
    unsealedSince: unsealed?.since,
    unverifiedCheckpoints: told.unverified,
    earlierCheckpoints: told.notCompared,
    witnessed: anchor?.witnessed,
    cosignersNotJudged: anchor?.notJudged ?? [],
  };
  if (told.fork !== undefined) {
    const { at, ...fork } = told.fork;
    return { ...invalid('fork', at, facts), fork };
  }
  // Of a log that was cut, what is left is an old copy.
  if (found.total < found.sealed && !told.isBehind)
    return invalid('missing-entries', proved.number, facts);
  const judged = { ...facts, lastTime: time, isFrontBeyond: walk.firstEntry > proved.size };
  const [reason, ...others] = reasonsOf(judged, { ...told, anchor }, asked);
  const state = stateAfter(
    verifierKey,
    { ...proved, firstTime, unsealed, witnessed: anchor?.witnessed ?? proved.witnessed },
    walk.entries.absent.kept,
  );
  const standing = { ...noFacts, ...facts, firstTime, lastTime: time, state };
  return reason === undefined
    ? { ...standing, result: 'valid', reasons: [] }
    : { ...standing, result: 'incomplete', reasons: [reason, ...others] };
}

interface JudgedFacts extends Pick<
  SealedLogFacts,
  'ended' | 'prunedEntries' | 'tornEntry' | 'tornSeal' | 'unsealedSince'
> {
  readonly lastTime: number;
  readonly unsealedEntries: number;
  /** Whether the first entry that is present comes after the last seal, and not at once. */
  readonly isFrontBeyond: boolean;
}

/** Why a log is incomplete whose lines all hold, in alphabetical order. */
function reasonsOf(
  facts: JudgedFacts,
  {
    isBehind,
    unverified,
    anchor,
  }: CheckpointFacts & { readonly anchor: Pick<Anchor, 'isMet'> | undefined },
  { now, maxAge, mustEnd, mustGoOn, revokedFrom }: Asked,
): SealedLogReason[] {
  const { ended, lastTime, unsealedSince } = facts;
  const isRevoked = revokedFrom !== Infinity;
  // Who has the keys of revoked seals chooses their times.
  const oldest = isRevoked || now === undefined || maxAge === undefined ? undefined : now - maxAge;
  const isOld = !ended && oldest !== undefined && lastTime < oldest;
  // What was written since the last seal of a live log is not sealed yet.
  const isGrowing = !ended && oldest !== undefined && !isOld;
  // A sealer that waits for an old file seals on, and leaves later files for ever.
  const areLeft = oldest !== undefined && unsealedSince !== undefined && unsealedSince < oldest;
  const areUnsealed = (!isGrowing || areLeft) && facts.unsealedEntries > 0;
  const reasons: readonly (SealedLogReason | false)[] = [
    isBehind && 'behind-checkpoint',
    !ended && oldest === undefined && 'end-unproved',
    mustGoOn && ended && 'ended',
    !isRevoked && now !== undefined && lastTime > now + CLOCK_TOLERANCE && 'future-time',
    mustEnd && !ended && 'not-ended',
    anchor?.isMet === false && 'not-witnessed',
    facts.prunedEntries > 0 && 'pruned',
    isRevoked && 'revoked',
    isOld && 'too-old',
    !isGrowing && facts.tornEntry && 'torn-entries',
    !isGrowing && facts.tornSeal && 'torn-seals',
    (areUnsealed || facts.isFrontBeyond) && 'unsealed-entries',
    unverified > 0 && 'unverified-checkpoint',
  ];
  return reasons.filter((reason) => reason !== false);
}

/** What is told of a log of which nothing is known. */
const noFacts = {
  reasons: [],
  failure: undefined,
  at: undefined,
  seals: 0,
  sealedEntries: 0,
  unsealedEntries: undefined,
  unsealedSince: undefined,
  firstTime: undefined,
  lastTime: undefined,
  longestGap: 0,
  starts: 0,
  ended: false,
  tornEntry: false,
  tornSeal: false,
  hashesWrong: false,
  verifiedFrom: undefined,
  changed: [],
  changedEntries: 0,
  erased: [],
  erasedEntries: 0,
  expired: [],
  expiredEntries: 0,
  pruned: [],
  prunedEntries: 0,
  unverifiedCheckpoints: 0,
  earlierCheckpoints: 0,
  witnessed: undefined,
  cosignersNotJudged: [],
  fork: undefined,
  state: undefined,
} as const;

function walkFactsOf({ proved, entries, torn, verifiedFrom }: LogWalk, key: LogKey) {
  const { erased, expired, pruned } = entries.absent;
  const { number, size, firstTime, time, longestGap, starts, ended } = proved;
  return {
    seals: number - key.first,
    sealedEntries: size,
    firstTime,
    lastTime: firstTime === undefined ? undefined : time,
    longestGap,
    starts,
    ended,
    tornEntry: torn.entry,
    tornSeal: torn.seal,
    hashesWrong: entries.hashesWrong,
    verifiedFrom,
    changed: entries.changed.list,
    changedEntries: entries.changed.count,
    erased: erased.list,
    erasedEntries: erased.count,
    expired: expired.list,
    expiredEntries: expired.count,
    pruned: pruned.list,
    prunedEntries: pruned.count,
  };
}

function invalid(
  failure: SealedLogFailure,
  at?: number,
  facts: Partial<SealedLogFacts> = {},
): InvalidLog {
  return { ...noFacts, ...facts, result: 'invalid', failure, at };
}

type GivenTimes = { readonly now?: unknown } & AskedOfTimes;

/** Without the present time, what is asked of times would be ignored. */
function checkTimes(given: GivenTimes) {
  const now = given.now === undefined ? undefined : secondsOfDate('now', given.now);
  for (const name of askedOfTimesNames)
    if (given[name] !== undefined && now === undefined)
      throw wrongType('now', `the present time, for ${name}`, now);
  return {
    now,
    maxAge: optionalSeconds('maxAge', given.maxAge),
    retention: optionalSeconds('retention', given.retention),
  };
}

function optionalSeconds(argument: string, value: unknown): number | undefined {
  return value === undefined
    ? undefined
    : checkInteger(argument, value, 0, Number.MAX_SAFE_INTEGER);
}
