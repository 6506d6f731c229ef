/** Checkpoints from elsewhere, against the log. */
import { checkOptions, sameBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { keyId, type LogKey } from '../format/key.js';
import { readNote, type Note } from '../format/note.js';
import { keyAfter, readSealLine, signedMessage, type Seal } from '../format/seal.js';
import { isSealed, type SealCryptography } from './cryptography.js';
import type { Progress } from './state.js';
import type { ValidSeal } from './walk.js';

/** A checkpoint that was handed out. */
export interface Checkpoint {
  /** The note. */
  readonly note: string;
  /** The seal lines of the successions that lead to its key, `''` or absent for the first key. */
  readonly chain?: string | undefined;
}

/** Two contents of one number, both signed by keys of the log. */
export interface Fork {
  /** The note of the checkpoint. */
  readonly note: string;
  /** The line of the log. */
  readonly line: string;
}

/** What checkpoints told. */
export interface CheckpointFacts {
  /** The first checkpoint whose number has another content in the log, with that number. */
  readonly fork: (Fork & { readonly at: number }) | undefined;
  /** Whether one is beyond the last seal. */
  readonly isBehind: boolean;
  /** Whether one is of the last seal. */
  readonly provesEnd: boolean;
  /** Those that no key of the log signed, or that are not of the form. */
  readonly unverified: number;
  /** Whether an unverified one names the origin of the log. */
  readonly isUnverifiedOfOrigin: boolean;
  /** Those of seals before the state from which the verification went on. The log was not compared with them. */
  readonly notCompared: number;
}

/** The last key to which a chain leads, and the time and the size of its last succession. */
export interface ChainEnd {
  readonly key: LogKey;
  /** The keys on the way: the first, and each successor. */
  readonly keys: readonly LogKey[];
  readonly time: number;
  readonly size: number;
}

/**
 * Follows the seal lines of successions from a key. Returns `undefined` when one is not the seal at the last number of the
 * key reached so far, with a successor, or does not verify, or times or sizes fall.
 */
export function followChain(
  cryptography: SealCryptography,
  key: LogKey,
  chain: string,
): ChainEnd | undefined {
  const keys = [key];
  let end: ChainEnd = { key, keys, time: 0, size: 0 };
  // One line after another: a hostile chain is read no further than its first wrong line.
  for (let at = 0; at < chain.length;) {
    const newline = chain.indexOf('\n', at);
    const seal = newline < 0 ? undefined : readSealLine(chain.slice(at, newline));
    at = newline + 1;
    const next = seal?.successor === undefined ? undefined : keyAfter(end.key, seal);
    if (seal === undefined || next === undefined || !isSealed(cryptography, end.key, seal))
      return undefined;
    if (seal.time < end.time || seal.size < end.size) return undefined;
    keys.push(next);
    end = { key: next, keys, time: seal.time, size: seal.size };
  }
  return end;
}

/** The seals of a note that one of some keys signed, each with its key. */
export function signedSeals(
  cryptography: SealCryptography,
  { origin, signatures }: Note,
  keysOf: (seal: Seal) => readonly LogKey[],
): { readonly seal: Seal; readonly key: LogKey }[] {
  return signatures.flatMap(({ id, seal }) => {
    const key = keysOf(seal).find((one) => one.origin === origin && sameBytes(keyId(one), id));
    return key !== undefined && isSealed(cryptography, key, seal) ? [{ seal, key }] : [];
  });
}

/** An object that cannot be iterated would be a list without checkpoints. */
function checkSynchronous(given: unknown): Iterable<Checkpoint> {
  const { [Symbol.iterator]: iterator } = Object(given) as Partial<Iterable<Checkpoint>>;
  if (typeof iterator === 'function') return given as Iterable<Checkpoint>;
  throw wrongType('checkpoints', 'an iterable of { note, chain }', given);
}

/** The checkpoints of a verification. It keeps the seals of their numbers, and no others. */
export class Checkpoints {
  readonly #cryptography: SealCryptography;
  readonly #given: readonly { readonly given: Checkpoint; readonly note: Note | undefined }[];
  /** Valid seals of the log by their numbers, where a checkpoint has the number. */
  readonly #seen = new Map<number, ValidSeal | undefined>();

  constructor(cryptography: SealCryptography, given: Iterable<Checkpoint>) {
    this.#cryptography = cryptography;
    this.#given = Array.from(checkSynchronous(given), (checkpoint, index) => {
      const place = `checkpoints[${index}]`;
      const { note, chain = '' } = checkOptions(checkpoint, ['note', 'chain'], place);
      if (typeof note !== 'string') throw wrongType(`${place}.note`, 'a text', note);
      if (typeof chain !== 'string') throw wrongType(`${place}.chain`, 'a text', chain);
      return { given: { note, chain }, note: readNote(note) };
    });
    for (const { note } of this.#given)
      for (const { seal } of note?.signatures ?? []) this.#seen.set(seal.number, undefined);
  }

  /** Takes a valid seal of the log. */
  see(valid: ValidSeal): void {
    if (this.#seen.has(valid.seal.number)) this.#seen.set(valid.seal.number, valid);
  }

  /** Compares the checkpoints with the log, whose first key and last state are known. */
  judge(first: LogKey, { key: current, number: end }: Progress): CheckpointFacts {
    const facts = {
      fork: undefined as CheckpointFacts['fork'],
      isBehind: false,
      provesEnd: false,
      unverified: 0,
      isUnverifiedOfOrigin: false,
      notCompared: 0,
    };
    for (const { given, note } of this.#given) {
      const chained = followChain(this.#cryptography, first, given.chain ?? '')?.keys ?? [first];
      const keysOf = ({ number }: Seal) =>
        [this.#seen.get(number)?.key, current, ...chained].filter((key) => key !== undefined);
      const signed = note === undefined ? [] : signedSeals(this.#cryptography, note, keysOf);
      if (signed.length === 0) {
        facts.unverified += 1;
        facts.isUnverifiedOfOrigin ||= given.note.split('\n', 1)[0] === first.origin;
      }
      for (const { seal, key } of signed) {
        const seen = this.#seen.get(seal.number);
        if (seen !== undefined) {
          if (!isSame(seen, seal, key))
            facts.fork ??= { note: given.note, line: seen.line, at: seal.number };
          else facts.provesEnd ||= seal.number === end - 1;
        } else if (seal.number >= end) facts.isBehind = true;
        else facts.notCompared += 1;
      }
    }
    return facts;
  }
}

/** Whether a seal has the content and the key of the one of the log. */
function isSame(seen: ValidSeal, seal: Seal, key: LogKey): boolean {
  const [mine, other] = [seen.seal, seal].map((one) => signedMessage(key.origin, one));
  return (
    mine !== undefined &&
    other !== undefined &&
    sameBytes(mine, other) &&
    sameBytes(seen.key.material, key.material)
  );
}
