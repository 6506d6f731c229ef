/** The number of the first entry of files whose earlier ones are gone, by the hashes. */
import { checkInteger, sameBytes } from '@evolock/direct-serialise/arguments';
import { Entries, Hashes, piecesOf, piecesOfFiles } from '../reading/sources.js';
import { cryptographyOf } from './cryptography.js';
import { checkedFiles, type HashedFiles } from './differences.js';

/** Entries by which the beginning of the files is found. */
const HEAD = 64;

/**
 * Finds the number of the first entry in files whose earlier ones are gone: the place at which the hashes have most of the first
 * lines, some of which may be changed. The hashes prove nothing: a wrong number makes no log valid.
 *
 * @param log - Called for each reading: once for the first lines, and once for the hashes.
 * @param least - The smallest number that is possible: of equal lines, those that come earlier may be gone. 0 when absent.
 * @returns `undefined` when the hashes have less than half of the first lines at any place, or there is none that is not blank.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` or `ERR_EVOLOCK_ARGUMENT_NAME`; what a source or `signal` throws.
 */
export async function findFirstEntry(
  log: () => HashedFiles,
  least = 0,
): Promise<number | undefined> {
  const given = checkedFiles(log);
  checkInteger('least', least, 0, Number.MAX_SAFE_INTEGER);
  const lines = new FirstLines(await firstLines(given()), least);
  const { hashes = [], signal } = given();
  const reader = new Hashes(piecesOf('hashes', hashes, () => signal?.throwIfAborted()));
  try {
    while (lines.count > 0 && lines.best.fitting < lines.count) {
      const hash = reader.next();
      if (hash !== undefined) lines.take(hash);
      else if (!(await reader.more())) break;
    }
  } finally {
    await reader.close();
  }
  return lines.first;
}

/** The first lines, which are looked for among the hashes. */
class FirstLines {
  readonly #lines: readonly (Uint8Array | undefined)[];
  readonly #least: number;
  /** The numbers of lines by the beginning of their hashes. */
  readonly #numbers = new Map<number, number[]>();
  /** The lines that fit at each of the last places. */
  readonly #fitting = new Uint8Array(HEAD);
  #hashes = 0;
  /** The number of lines that are not blank. */
  readonly count: number;
  best = { at: 0, fitting: 0 };
  /** The best place of those that the first line has. */
  #bestAnchored: { readonly at: number; readonly fitting: number } | undefined;
  /** The first line that is not blank, and the last places at which it fits. */
  readonly #anchor: number;
  readonly #anchored = new Uint8Array(HEAD);

  constructor(lines: readonly (Uint8Array | undefined)[], least: number) {
    this.#lines = lines;
    this.#least = least;
    this.#anchor = lines.findIndex((line) => line !== undefined);
    for (const [number, line] of lines.entries()) {
      if (line === undefined) continue;
      const key = keyOf(line);
      this.#numbers.set(key, [...(this.#numbers.get(key) ?? []), number]);
    }
    this.count = lines.filter((line) => line !== undefined).length;
  }

  /** Takes the next hash. */
  take(hash: Uint8Array): void {
    const index = this.#hashes;
    this.#hashes += 1;
    this.#fitting[index % HEAD] = 0;
    this.#anchored[index % HEAD] = 0;
    for (const number of this.#numbers.get(keyOf(hash)) ?? []) {
      const at = index - number;
      if (at < this.#least || !sameBytes(this.#lines[number] ?? hash, hash)) continue;
      const fitting = (this.#fitting[at % HEAD] ?? 0) + 1;
      this.#fitting[at % HEAD] = fitting;
      if (number === this.#anchor) this.#anchored[at % HEAD] = 1;
      if (fitting > this.best.fitting) this.best = { at, fitting };
      if (this.#anchored[at % HEAD] === 1 && fitting > (this.#bestAnchored?.fitting ?? 0))
        this.#bestAnchored = { at, fitting };
    }
  }

  /**
   * The number of the first line; `undefined` when it is not known. Behind the last hash are lines that are not sealed yet. When the
   * first line has an earlier place than most, lines were removed behind it.
   */
  get first(): number | undefined {
    const { at, fitting } = this.best;
    const anchored = this.#bestAnchored;
    if (anchored !== undefined && anchored.fitting < fitting)
      return anchored.at < at ? anchored.at : undefined;
    const sealed = this.#lines.slice(0, this.#hashes - at).filter((line) => line !== undefined);
    return fitting > 0 && 2 * fitting >= sealed.length ? at : undefined;
  }
}

function keyOf(hash: Uint8Array): number {
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0);
}

/** The hashes of the first lines; `undefined` for a blank one, which may be erased. */
async function firstLines({
  files,
  signal,
  cryptography,
}: HashedFiles): Promise<(Uint8Array | undefined)[]> {
  const { sha256 } = cryptographyOf(cryptography);
  const entries = new Entries(
    piecesOfFiles('files', files, () => signal?.throwIfAborted()),
    sha256,
  );
  const lines: (Uint8Array | undefined)[] = [];
  try {
    while (lines.length < HEAD) {
      const hash = entries.next();
      if (hash !== undefined) lines.push(entries.isBlank ? undefined : hash.slice());
      else if (!(await entries.more())) break;
    }
    return lines;
  } finally {
    await entries.close();
  }
}
