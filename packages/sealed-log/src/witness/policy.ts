/** A policy, which says which witnesses count, and what the cosignatures of a checkpoint prove by it. */
import { checkBytes, wrongValue } from '@evolock/direct-serialise/arguments';
import type { NamedKey } from '../format/key.js';
import { readNote, textOfNote, type Note } from '../format/note.js';
import { secondsOfDate } from '../format/seal.js';
import { isSignedBy, KeyType, linesOf, timeOfCosignature } from './cosignature.js';
import { readPolicyFile, type PolicyFile, type PolicyWitness } from './policy-file.js';

/** Seconds by which a time may be later than the present one. */
export const CLOCK_TOLERANCE = 300;

/** A tree that enough witnesses saw. */
export interface Witnessed {
  /** The number of its entries: these existed then. */
  readonly size: number;
  /** Its root: 32 bytes. */
  readonly root: Uint8Array;
  /** The least time for which the cosignatures of it or earlier ones are enough, POSIX seconds. */
  readonly time: number;
  /** The witnesses that cosigned by then, as the policy names them. */
  readonly names: readonly string[];
}

/** What a policy says to a note, whose text is taken as it is. */
export interface CosignedNote {
  /** Whether one of the logs of the policy signed it, when there are any, and enough witnesses did. */
  readonly isMet: boolean;
  /** `undefined` when it is not met, and for the quorum `none`. */
  readonly witnessed: Witnessed | undefined;
  /** Witnesses whose cosignatures by ML-DSA-44 are in the note, which are not judged. */
  readonly notJudged: readonly string[];
}

/** Which witnesses count: made by {@link readWitnessPolicy}. */
export interface WitnessPolicy {
  /** Judges the cosignatures of a note, and nothing else: that it is one of a log is for `verifySealedLog`. */
  readonly judge: (note: string | Uint8Array, now?: Date) => CosignedNote;
}

/**
 * Reads a policy of C2SP tlog-policy, strictly.
 *
 * @param text - The file, best as its bytes.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`; `ERR_EVOLOCK_ARGUMENT_VALUE`, with what is wrong with which line.
 *
 * Source: C2SP tlog-policy and tlog-cosignature.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { readWitnessPolicy } from '@evolock/sealed-log/verify';
 *
 * const policy = readWitnessPolicy(`
 * witness w1 witness.example/w1+e0cd2864+BKCapfR6Z1mAL/lV+NwtKhSlyZ0jvpf4ZBJ/+Tg0VaTw https://witness.example/w1
 * quorum w1
 * `);
 * assert.equal(policy.judge('no note').isMet, false);
 * ```
 */
export function readWitnessPolicy(text: string | Uint8Array): WitnessPolicy {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const file = readPolicyFile(checkBytes('policy', bytes));
  if (typeof file === 'string') throw wrongValue('policy', 'a file of C2SP tlog-policy', file);
  return {
    judge(given, now) {
      const note = readNote(given);
      const latest = now === undefined ? Infinity : secondsOfDate('now', now) + CLOCK_TOLERANCE;
      return note === undefined
        ? { isMet: false, witnessed: undefined, notJudged: [] }
        : judgeNote(file, note, latest);
    },
  };
}

/** What a policy says to a note. Times after the latest do not count. */
export function judgeNote(policy: PolicyFile, note: Note, latest: number): CosignedNote {
  const { logs, witnesses, quorum } = policy;
  const unjudged = witnesses.filter(
    ({ key }) => key.material[0] === KeyType.mlDsa44 && linesOf(note, key).length > 0,
  );
  const notJudged = unjudged.map(shownName);
  const isOfLog = logs.length === 0 || logs.some((key) => isLog(note, key));
  if (!isOfLog || quorum === undefined) return { isMet: isOfLog, witnessed: undefined, notJudged };
  const times = timesOf(policy, note, latest);
  const time = times.get(quorum);
  if (time === undefined) return { isMet: false, witnessed: undefined, notJudged };
  const names = witnesses
    .filter(({ name }) => (times.get(name) ?? Infinity) <= time)
    .map(shownName);
  const { size, root } = note;
  return { isMet: true, witnessed: { size, root, time, names }, notJudged };
}

function isLog(note: Note, key: NamedKey): boolean {
  const isEd25519 = key.material[0] === KeyType.ed25519;
  return isEd25519 && key.origin === note.origin && isSignedBy(note, key);
}

/** When each witness cosigned first, and each group was met. */
function timesOf({ witnesses, groups }: PolicyFile, note: Note, latest: number) {
  const text = textOfNote(note);
  const times = new Map<string, number>();
  for (const { name, key } of witnesses) {
    if (key.material[0] !== KeyType.cosignature) continue;
    const all = linesOf(note, key)
      .map((line) => timeOfCosignature(text, key, line) ?? Infinity)
      .filter((time) => time <= latest);
    const first = Math.min(...all);
    if (first !== Infinity) times.set(name, first);
  }
  for (const { name, threshold, members } of groups) {
    const met = members.flatMap((member) => times.get(member) ?? []);
    const time = met.sort((one, other) => one - other)[threshold - 1];
    if (time !== undefined) times.set(name, time);
  }
  return times;
}

/** The name of a witness as text. */
export function shownName({ name }: PolicyWitness): string {
  return new TextDecoder().decode(Uint8Array.from(name, (octet) => octet.charCodeAt(0)));
}
