/**
 * The demonstration of the front page: a log that is sealed with an evolving key, and signed with an ordinary one; a thief who
 * changes it; and what verifiers say. The verifier of the seals is the one of `@evolock/sealed-log`.
 */
import { ed25519 } from '@evolock/kes-verify';
import { verifySealedLog } from '@evolock/sealed-log/verify';
import { ed25519 as ordinary } from '@noble/curves/ed25519.js';
import { hashOfEntry, sealLine, verifierKeyOf } from './sealing.js';
import { PERIODS, SigningKey } from './signer.js';

/** How old the last seal may be, in seconds. */
const MAX_AGE = 1_800;

/** Bytes of a seed. */
const SEED = 32;

/** What is known of a line. `open`: it is not sealed yet. */
export type Mark = 'good' | 'bad' | 'open';

/** What a verifier says. */
export interface Judgement {
  readonly tone: 'good' | 'bad' | 'note';
  readonly words: string;
}

/** What both verifiers say. */
export interface Judgements {
  readonly evolving: Judgement;
  readonly ordinary: Judgement;
  /** Of each line, by the verifier of the sealed log. */
  readonly marks: readonly Mark[];
}

/** The owner's keys, and then the thief's copies. */
interface Keys {
  readonly evolving: SigningKey;
  readonly ordinary: Uint8Array;
}

export class Demonstration {
  #keys: Keys;
  readonly #verifierKey: string;
  readonly #ordinaryKey: Uint8Array;
  #seals = '';
  /** Of each sealed line. */
  readonly #hashes: Uint8Array[] = [];
  /** The text that the ordinary key signed, and its signature. */
  #signed = { lines: 0, signature: new Uint8Array() };
  #isStolen = false;

  constructor(random: (size: number) => Uint8Array = randomBytes) {
    const seed = random(SEED);
    this.#keys = { evolving: new SigningKey(random(SEED)), ordinary: seed };
    this.#verifierKey = verifierKeyOf(this.#keys.evolving);
    this.#ordinaryKey = ordinary.getPublicKey(seed);
  }

  /** The number of seals that are left. */
  get sealsLeft(): number {
    return PERIODS - (this.#keys.evolving.period ?? PERIODS);
  }

  /** The number of seals that were made. */
  get seals(): number {
    return PERIODS - this.sealsLeft;
  }

  /** The number of lines that are sealed. */
  get sealedLines(): number {
    return this.#hashes.length;
  }

  get isStolen(): boolean {
    return this.#isStolen;
  }

  /**
   * Seals the lines that are not sealed yet, and signs all of them with the ordinary key. The owner of the keys does it, or a thief with copies of them. A thief
   * who replaced hashes of sealed lines too would gain nothing: the roots of the seals before do not fit them.
   */
  seal(lines: readonly string[], now: Date): void {
    if (this.sealsLeft === 0) return;
    const { evolving, ordinary: seed } = this.#keys;
    for (const line of lines.slice(this.#hashes.length)) this.#hashes.push(hashOfEntry(line));
    this.#seals += sealLine(evolving, this.#hashes, secondsOf(now));
    evolving.evolve();
    const signature = ordinary.sign(textOf(lines), seed);
    this.#signed = { lines: lines.length, signature };
  }

  /** A thief copies the memory, and has the machine from now on. */
  steal(): void {
    const { evolving, ordinary: seed } = this.#keys;
    this.#keys = { evolving: new SigningKey(evolving), ordinary: seed.slice() };
    this.#isStolen = true;
  }

  /** What verifiers say of these lines. */
  async judge(lines: readonly string[], now: Date): Promise<Judgements> {
    if (this.#seals === '') {
      const nothing: Judgement = { tone: 'note', words: 'nothing is sealed yet' };
      return { evolving: nothing, ordinary: nothing, marks: lines.map(() => 'open') };
    }
    return { ...(await this.#judgeSeals(lines, now)), ordinary: this.#judgeSignature(lines) };
  }

  async #judgeSeals(lines: readonly string[], now: Date) {
    const verdict = await verifySealedLog({
      verifierKey: this.#verifierKey,
      files: [textOf(lines)],
      seals: new TextEncoder().encode(this.#seals),
      hashes: Uint8Array.from(this.#hashes.flatMap((hash) => [...hash])),
      now,
      maxAge: MAX_AGE,
    });
    const marks = lines.map((_, index): Mark => (index < this.sealedLines ? 'good' : 'open'));
    for (const [from, to] of verdict.changed) marks.fill('bad', from, to);
    const evolving: Judgement =
      verdict.result === 'valid'
        ? { tone: 'good', words: `${linesInWords(verdict.sealedEntries)} as sealed` }
        : { tone: 'bad', words: `not as sealed${placesOf(marks)}` };
    return { evolving, marks };
  }

  #judgeSignature(lines: readonly string[]): Judgement {
    const { lines: count, signature } = this.#signed;
    const holds = ed25519.verify(this.#ordinaryKey, textOf(lines.slice(0, count)), signature);
    return holds
      ? { tone: 'good', words: `${linesInWords(count)} as signed` }
      : { tone: 'bad', words: 'not as signed' };
  }
}

function linesInWords(count: number): string {
  return count === 1 ? '1 line is' : `${count} lines are`;
}

function placesOf(marks: readonly Mark[]): string {
  const changed = marks.flatMap((mark, index) => (mark === 'bad' ? [index + 1] : []));
  return changed.length === 0 ? '' : `: line ${changed.join(', ')} was changed`;
}

function textOf(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
}

function secondsOf(moment: Date): number {
  return Math.floor(moment.getTime() / 1_000);
}

function randomBytes(size: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(size));
}
