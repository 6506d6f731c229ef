/** Checkpoints from elsewhere, against the log. */
import { checkOptions, isBytes, sameBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { keyId, type LogKey } from '../format/key.js';
import { readNote, sealOfLine, type Note, type NoteLine } from '../format/note.js';
import { keyAfter, readSealLine, signedMessage, type Seal, type SealLine } from '../format/seal.js';
import { isSealed, type SealCryptography } from './cryptography.js';
import { checkSynchronous } from '../reading/sources.js';
import type { ValidSeal } from './walk.js';

/** A checkpoint that was handed out. */
export interface Checkpoint {
  /** The note, best as the bytes of its file: only these show whether it is UTF-8. */
  readonly note: string | Uint8Array;
  /** The seal lines of the successions that lead to its key, `''` or absent for the first key. */
  readonly chain?: string | undefined;
}

/** Two contents of one number, both signed by keys of the log. */
export interface Fork {
  /** What was kept elsewhere: the note of the checkpoint, or a line of its chain. */
  readonly kept: string;
  /** The line of the log. */
  readonly line: string;
}

/** What checkpoints told. */
export interface CheckpointFacts {
  /** The first checkpoint of which a number has another content in the log, with that number. */
  readonly fork: (Fork & { readonly at: number }) | undefined;
  /** Whether one is beyond the last seal. */
  readonly isBehind: boolean;
  /** Those that do not count. */
  readonly unverified: number;
  /** Those of seals before the state from which the verification went on. The log was not compared with them. */
  readonly notCompared: number;
  /** Those that count, and are not beyond the last seal. */
  readonly held: readonly HeldCheckpoint[];
}

/** A checkpoint that counts. */
export interface HeldCheckpoint {
  readonly note: Note;
  readonly isCompared: boolean;
}

/** A chain that holds. */
export interface Chain {
  /** The keys on the way: the first, and each successor. */
  readonly keys: readonly LogKey[];
  /** Its lines, without those before the first key. */
  readonly lines: readonly SealLine[];
}

/** The most lines of a chain. */
const MAX_CHAIN_LINES = 65_536;

/**
 * Follows the seal lines of successions from a key. Lines before its first number are skipped, at the beginning only. Returns
 * `undefined` when another line is not the seal at the last number of the key reached so far, with a successor, or does not
 * verify, or times or sizes fall.
 */
export function followChain(
  cryptography: SealCryptography,
  first: LogKey,
  chain: string,
): Chain | undefined {
  const keys = [first];
  const lines: SealLine[] = [];
  let key = first;
  let last: Pick<Seal, 'time' | 'size'> = { time: 0, size: 0 };
  let count = 0;
  // One line after another: a hostile chain is read no further than its first wrong line.
  for (let at = 0; at < chain.length; count += 1) {
    const newline = chain.indexOf('\n', at);
    const line = chain.slice(at, Math.max(at, newline));
    const seal = count < MAX_CHAIN_LINES ? readSealLine(line) : undefined;
    if (seal === undefined) return undefined;
    at = newline + 1;
    if (lines.length === 0 && seal.number < first.first) continue;
    const next = seal.successor === undefined ? undefined : keyAfter(key, seal);
    if (next === undefined || !isSealed(cryptography, key, seal)) return undefined;
    if (seal.time < last.time || seal.size < last.size) return undefined;
    lines.push({ line, seal });
    keys.push(next);
    key = next;
    last = seal;
  }
  return { keys, lines };
}

/** The seal of a note in which exactly one line is by one of some keys of the log, and holds. */
export function sealOfNote(
  cryptography: SealCryptography,
  note: Note,
  keys: readonly LogKey[],
): Seal | undefined {
  const named = keys.map((key) => ({ key, id: keyId(key) }));
  const isOurs = (line: NoteLine) => named.some(({ id }) => sameBytes(id, line.id));
  const [ours, ...others] = note.lines.filter(isOurs);
  if (ours === undefined || others.length > 0 || note.origin !== keys[0]?.origin) return undefined;
  const seal = sealOfLine(note, ours);
  // Two keys may have one ID.
  const isSigned = named.some(
    ({ key, id }) =>
      sameBytes(id, ours.id) && seal !== undefined && isSealed(cryptography, key, seal),
  );
  return isSigned ? seal : undefined;
}

/** A checkpoint as it was given, before a key is known. */
export interface GivenCheckpoint {
  readonly note: Note | undefined;
  readonly chain: string;
}

/** Checks the types of checkpoints. Their content is for the verdict. */
export function checkCheckpoints(given: Iterable<Checkpoint>): GivenCheckpoint[] {
  return Array.from(checkSynchronous('checkpoints', given), (checkpoint, index) => {
    const place = `checkpoints[${index}]`;
    const { note, chain = '' } = checkOptions(checkpoint, ['note', 'chain'], place);
    if (typeof note !== 'string' && !isBytes(note))
      throw wrongType(`${place}.note`, 'a text or its bytes', note);
    if (typeof chain !== 'string') throw wrongType(`${place}.chain`, 'a text', chain);
    return { note: readNote(note), chain };
  });
}

/** The checkpoints of a verification. It keeps the seals of their numbers and the keys that they name, and no others. */
export class Checkpoints {
  readonly #cryptography: SealCryptography;
  readonly #origin: string;
  readonly #given: readonly (Pick<GivenCheckpoint, 'note'> & Partial<Chain>)[];
  /** Checkpoints and lines of this number and later ones do not count. */
  readonly #revokedFrom: number;
  /** Valid seals of the log by their numbers, where a checkpoint or a line of a chain has the number. */
  readonly #seen = new Map<number, ValidSeal | undefined>();
  /** IDs of keys in the notes. */
  readonly #named: ReadonlySet<string>;
  /** Keys of the log with these IDs. */
  readonly #keys: LogKey[] = [];
  #lastKey: LogKey | undefined;

  constructor(
    cryptography: SealCryptography,
    first: LogKey,
    given: readonly GivenCheckpoint[],
    revokedFrom: number,
  ) {
    this.#cryptography = cryptography;
    this.#origin = first.origin;
    this.#revokedFrom = revokedFrom;
    this.#given = given.map(({ note, chain }) => {
      return { note, ...followChain(cryptography, first, chain) };
    });
    const signed = this.#given.flatMap(({ note }) =>
      note === undefined
        ? []
        : note.lines.map((line) => ({ id: String(line.id), seal: sealOfLine(note, line) })),
    );
    this.#named = new Set(signed.map(({ id }) => id));
    for (const { seal } of [...signed, ...this.#given.flatMap(({ lines = [] }) => lines)])
      if (seal !== undefined) this.#seen.set(seal.number, undefined);
    this.#know(first);
  }

  /** Takes a valid seal of the log. */
  see(valid: ValidSeal): void {
    this.#know(valid.key);
    if (this.#seen.has(valid.seal.number)) this.#seen.set(valid.seal.number, valid);
  }

  /** Compares the checkpoints with the log, of which the next key and the next number are known. */
  judge(current: LogKey, end: number): CheckpointFacts {
    this.#know(current);
    const held: HeldCheckpoint[] = [];
    const facts = {
      fork: undefined as CheckpointFacts['fork'],
      isBehind: false,
      unverified: 0,
      notCompared: 0,
    };
    for (const { note, keys = [], lines = [] } of this.#given) {
      for (const { line, seal } of lines) facts.fork ??= this.#forkOf(line, seal);
      const candidates = [...this.#keys, ...keys.slice(-1)];
      const seal = note && sealOfNote(this.#cryptography, note, candidates);
      if (note === undefined || seal === undefined || seal.number >= this.#revokedFrom) {
        facts.unverified += 1;
        continue;
      }
      facts.fork ??= this.#forkOf(note.text, seal);
      const isCompared = this.#seen.get(seal.number) !== undefined;
      if (seal.number >= end) facts.isBehind = true;
      else {
        held.push({ note, isCompared });
        if (!isCompared) facts.notCompared += 1;
      }
    }
    return { ...facts, held };
  }

  #know(key: LogKey): void {
    if (key === this.#lastKey) return;
    this.#lastKey = key;
    if (this.#named.has(String(keyId(key)))) this.#keys.push(key);
  }

  /** The fork, when the log has the number of a seal with another content. Another signature over the same is none. */
  #forkOf(kept: string, seal: Seal): CheckpointFacts['fork'] {
    const seen = this.#seen.get(seal.number);
    const message = signedMessage(this.#origin, seal);
    if (seen === undefined || sameBytes(signedMessage(this.#origin, seen.seal), message))
      return undefined;
    return { kept, line: seen.line, at: seal.number };
  }
}
