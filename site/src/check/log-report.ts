/** The verdicts on a sealed log and on a proof of one entry, for a person. */
import {
  verifyEntryProof,
  verifySealedLog,
  type EntryProofFailure,
  type Range,
  type SealedLogFailure,
  type SealedLogReason,
  type SealedLogVerdict,
} from '@evolock/sealed-log/verify';
import { counted, fact, grouped, type Check, type Fact, type Report } from './report.js';

/** A sealed log. */
export interface SealedLog {
  readonly kind: 'log';
  /** The files of entries, oldest first. */
  readonly files: readonly Uint8Array[];
  readonly seals: Uint8Array;
  readonly hashes?: Uint8Array | undefined;
}

/** Called between parts of a long check, with the bytes that are done. */
export type Turn = (done: number, total: number) => Promise<void>;

/** Bytes between two turns. */
const STEP = 262_144;

const notChecked = [
  'the times: they are claims of the machine that sealed',
  'whether the verifier key is that of this log: it has to come from elsewhere, and never from beside the log',
];

/** The verdict on a log, with every fact. */
export async function logReport(
  { files, seals, hashes }: SealedLog,
  verifierKey: string,
  now: Date,
  turn: Turn,
): Promise<Report> {
  const total = [...files, seals].reduce((sum, { byteLength }) => sum + byteLength, 0);
  let done = 0;
  async function* parts(bytes: Uint8Array) {
    for (let at = 0; at < bytes.byteLength; at += STEP) {
      await turn(done, total);
      const part = bytes.subarray(at, at + STEP);
      done += part.byteLength;
      yield part;
    }
  }
  const verdict = await verifySealedLog({
    verifierKey,
    files: files.map(parts),
    seals: parts(seals),
    hashes,
    now: Math.floor(now.getTime() / 1_000),
  });
  return {
    ...headlineOf(verdict),
    checks: checksOf(verdict, hashes !== undefined),
    groups: [{ name: 'Log', facts: factsOf(verdict) }],
    notChecked,
    json: verdict,
  };
}

function headlineOf(verdict: SealedLogVerdict): Pick<Report, 'tone' | 'title' | 'sentences'> {
  const { result, failure, at, reasons } = verdict;
  if (failure !== undefined) {
    const place = at === undefined ? '' : ` (at seal ${grouped(at)})`;
    return { tone: 'bad', title: 'Not valid', sentences: [`${failures[failure]}${place}.`] };
  }
  if (result === 'valid')
    return { tone: 'good', title: 'Valid: every sealed entry stands', sentences: [] };
  const title = 'Every sealed entry that is here stands, and the log is not complete';
  return { tone: 'note', title, sentences: reasons.map((reason) => `${incomplete[reason]}.`) };
}

const failures: Readonly<Record<SealedLogFailure, string>> = {
  key: 'The verifier key is not of the form of one',
  'no-seal': 'The file of seals has no seal of this key',
  form: 'A line of seals is not of the form of one',
  number: 'A seal is missing, or seals are in another order',
  successor: 'A seal names no next key, or wrongly names one',
  signature: 'A seal was not signed by the key of its number',
  time: 'The time of a seal is before that of the seal before it',
  size: 'A seal covers fewer entries than the seal before it',
  'missing-entries': 'A seal covers more entries than are here',
  entries: 'Entries are others than those that were sealed',
  fork: 'A checkpoint and the log have two contents for one number',
};

const incomplete: Readonly<Record<SealedLogReason, string>> = {
  'behind-checkpoint': 'A checkpoint is beyond the last seal',
  'future-time': 'The last seal is later than the clock of this computer',
  'not-ended': 'The log has not ended',
  pruned: 'Entries were erased after they were sealed',
  'too-old': 'The last seal is too old',
  'torn-entries': 'The log ends within a line',
  'torn-seals': 'The file of seals ends within a line',
  'unsealed-entries': 'Entries after the last seal are not sealed',
  'unverified-checkpoint': 'A checkpoint does not count',
};

function checksOf(verdict: SealedLogVerdict, hasHashes: boolean): Check[] {
  const { failure, sealedEntries, lastTime, unsealedEntries = 0, prunedEntries } = verdict;
  const until = lastTime === undefined ? '' : `, until ${utc(lastTime)}`;
  const stands =
    sealedEntries === 0
      ? 'No entry is proved'
      : `Entries 0 to ${grouped(sealedEntries - 1)} stand as they were sealed`;
  return [
    {
      name: 'Stands',
      tone: sealedEntries === 0 ? 'note' : 'good',
      sentence: `${stands}${until}.`,
    },
    ...changesOf(verdict, hasHashes),
    ...(prunedEntries === 0
      ? []
      : [note('Erased', `Erased after they were sealed: ${listed(verdict.pruned)}.`)]),
    ...(unsealedEntries === 0
      ? []
      : [
          note('Not sealed', `The last ${grouped(unsealedEntries)} of the entries are not sealed.`),
        ]),
    ...(failure === undefined ? [endOf(verdict)] : []),
  ];
}

function changesOf(verdict: SealedLogVerdict, hasHashes: boolean): Check[] {
  const { failure, sealedEntries, changed, changedEntries, hashesWrong } = verdict;
  if (failure !== 'entries') return [];
  const name = 'Changed';
  if (changedEntries > 0)
    return [{ name, tone: 'bad', sentence: `Changed after they were sealed: ${listed(changed)}.` }];
  const which =
    hasHashes && !hashesWrong ? '' : ' The file of hashes shows which: drop it with the others.';
  const sentence = `From entry ${grouped(sealedEntries)} on, something was changed, added or removed.${which}`;
  return [{ name, tone: 'bad', sentence }];
}

function endOf({ ended, endUnproved }: SealedLogVerdict): Check {
  if (ended) return { name: 'End', tone: 'good', sentence: 'The last seal ends the log.' };
  return note(
    'End',
    endUnproved
      ? 'Nothing proves where the log ends: entries that were cut together with their seals are not seen.'
      : 'The log has not ended.',
  );
}

function note(name: string, sentence: string): Check {
  return { name, tone: 'note', sentence };
}

/** Ranges that are shown. */
const FEW = 20;

function listed(ranges: readonly Range[]): string {
  const shown = ranges.slice(0, FEW).map(([from, to]) => {
    return to === from + 1 ? grouped(from) : `${grouped(from)} to ${grouped(to - 1)}`;
  });
  const rest = ranges.length - shown.length;
  const isOne = ranges.length === 1 && !shown.join().includes(' to ');
  return `${isOne ? 'entry' : 'entries'} ${shown.join(', ')}${rest > 0 ? ` and ${counted(rest, 'more range')}` : ''}`;
}

function factsOf(verdict: SealedLogVerdict): Fact[] {
  const { seals, sealedEntries, firstTime, lastTime, longestGap, starts } = verdict;
  return [
    fact('Proved seals', grouped(seals)),
    fact('Proved entries', grouped(sealedEntries)),
    ...(firstTime === undefined ? [] : [fact('First seal', utc(firstTime))]),
    ...(lastTime === undefined ? [] : [fact('Last proved seal', utc(lastTime))]),
    fact('Longest time between two seals', counted(longestGap, 'second')),
    fact('Starts of the sealer', grouped(starts)),
  ];
}

function utc(seconds: number): string {
  const date = new Date(1_000 * seconds);
  // A seal can state a time that no date has.
  return Number.isNaN(date.getTime())
    ? `second ${grouped(seconds)}`
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The verdict on a proof of one entry. */
export function proofReport(proof: string, entry: string, verifierKey: string): Report {
  const verdict = verifyEntryProof({
    verifierKey,
    entry: new TextEncoder().encode(entry),
    proof,
  });
  const { failure, index = 0, seal = 0, time = 0 } = verdict;
  const common = { checks: [], notChecked, json: verdict };
  if (failure !== undefined)
    return {
      ...{ ...common, groups: [], tone: 'bad', title: 'Not proved' },
      sentences: [`${unproved[failure]}.`],
    };
  const facts = [
    fact('Number of the entry', grouped(index)),
    fact('Seal', grouped(seal)),
    fact('Time of the seal', utc(time)),
  ];
  return {
    ...{ ...common, tone: 'good', title: 'Proved: this entry is in the log', sentences: [] },
    groups: [{ name: 'Proof', facts }],
  };
}

const unproved: Readonly<Record<EntryProofFailure, string>> = {
  key: 'The verifier key is not of the form of one',
  form: 'The proof is not of the form of one',
  chain: 'The keys in the proof do not follow from the verifier key',
  signature: 'No key of the log signed the checkpoint of the proof',
  time: 'The time of the checkpoint is before that of its key',
  size: 'The checkpoint covers fewer entries than its key had sealed',
  entry:
    'This entry is not the one that was sealed. It is compared byte for byte, without its newline',
};
