/**
 * The tree of the entries that were sealed: its root is that of the last seal. It can begin at several places of the log, in the
 * files that are there, and each is tried until the root fits.
 *
 * | begins                                                | erased entries | when it is tried                                   |
 * | ----------------------------------------------------- | -------------- | -------------------------------------------------- |
 * | where the hint ends, in the files of the hint         | no             | there is a hint of these seals                     |
 * | at the first entry of the log                         | no             | always                                             |
 * | at the first entry of the log                         | yes            | the hashes of all sealed entries are there         |
 * | at the first file of the hint                         | yes            | also, the files that follow that one are there     |
 * | at the first file that is there                       | yes            | also, the last sealed entry says where that begins |
 *
 * A tree that has all sealed entries and another root is tried again without its first file, which can be from before the log.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { SealerError } from '../errors.js';
import { readSealLine, type Seal } from '../format/seal.js';
import { Frontier, HASH_SIZE } from '../format/tree.js';
import { sha256 } from '../native.js';
import { AcceptedErasures } from '../verify/entries/absent.js';
import { AppendedFile } from './appended-file.js';
import { BEGINNING, type EntryFile } from './entry-file.js';
import { readErasure } from './erasure.js';
import { readHint, type Hint, type ReadFile } from './hint.js';
import {
  areNamed,
  closeAll,
  LogFiles,
  openFiles,
  refuseLost,
  refuseUnread,
  reopenFiles,
  type LogNames,
} from './log-files.js';
import { isAnyOf, isCopy, LogTree, stillLost, type TreeSource } from './log-tree.js';
import { SealedHashes } from './sealed-hashes.js';
import type { SealsFile } from './seals-file.js';

/** A place at which a tree begins. */
export interface Beginning {
  /** The tree up to there; `undefined` at the first entry of the log. */
  readonly start?: ReadFile | undefined;
  /** Whether the files are those of the hint. */
  readonly isOfHint?: boolean;
  /** Whether hashes stand for entries that were erased. */
  readonly isErased?: boolean;
}

/** What is known of the places. */
export interface FoundBeginnings {
  /** The hint, when it is of these seals. */
  readonly hint: ReadFile | undefined;
  /** Whether the hashes of all sealed entries are there. */
  readonly hasHashes: boolean;
  /** Whether the files that follow the first one of the hint are there: they have entries that no seal covers. */
  readonly areLaterThere: () => boolean;
  /** The tree before the first file that is there; `undefined` when it is not known. */
  readonly beforeFiles: () => ReadFile['before'] | undefined;
}

/** The places, in the order in which they are tried. */
export function* beginningsOf(found: FoundBeginnings): Generator<Beginning, void> {
  const { hint, hasHashes, areLaterThere, beforeFiles } = found;
  if (hint !== undefined) yield { start: hint, isOfHint: true };
  yield {};
  if (!hasHashes) return;
  yield { isErased: true };
  if (hint !== undefined && !areLaterThere()) return;
  if (hint !== undefined && hint.before.size > 0)
    yield { start: beginningOf(hint.before), isErased: true };
  const before = beforeFiles();
  if (before !== undefined) yield { start: beginningOf(before), isErased: true };
}

function beginningOf({ size, nodes }: ReadFile['before']): ReadFile {
  return { size, nodes, before: { size, nodes }, position: BEGINNING };
}

/**
 * The tree of the sealed entries. It knows the files that an earlier run lost and that are still not there.
 *
 * @param given - What it is made of.
 * @param last - The last seal; `undefined` for a new log.
 * @param seals - The file of the seals.
 * @throws {@link SealerError} `packed-files`, `missing-entries`, `changed-entries`, `wrong-hashes`.
 */
export function sealedTree(given: TreeSource, last: Seal | undefined, seals: SealsFile): LogTree {
  const { names, keyFile, hashesFile, world } = given;
  const erasure = keyFile === undefined ? undefined : readErasure(keyFile);
  const source = { ...given, erasing: erasure && new AcceptedErasures(erasure.entries) };
  const hint = keyFile === undefined ? undefined : readHint(keyFile);
  using search = new Search(source, last, hint);
  const tree = search.tree();
  if (tree !== undefined) {
    if (search.areWrong)
      world.tell({ event: 'error', error: new SealerError('remade-hashes', { path: hashesFile }) });
    tree.remember(stillLost(names, hint?.lost ?? [], search.hashOf));
    return tree;
  }
  // One of them can be the file that is missing.
  refuseLost(names, hint?.files[0]?.since ?? 0);
  const number = last?.number ?? 0;
  const wrong = { from: firstWrongSeal(source, seals) ?? number, to: number };
  const lacksHashes = hashesFile !== undefined && !search.hasHashes;
  const isHere = hint === undefined || areNamed(names, hint.files.slice(0, 1));
  const reason = isHere && search.most === last?.size ? 'changed-entries' : 'missing-entries';
  if (reason === 'missing-entries' && hint !== undefined && isHere && lacksHashes)
    throw new SealerError('wrong-hashes', { path: hashesFile });
  const detail = isHere ? undefined : `the file that began with entry ${String(hint.before.size)}`;
  throw new SealerError(reason, { seals: wrong, detail });
}

/** The search for the tree. */
class Search implements Disposable {
  readonly #source: TreeSource;
  readonly #last: Seal | undefined;
  readonly #size: number;
  readonly #hint: Hint | undefined;
  /** The hashes of sealed entries that are in their file. */
  readonly #hashes: SealedHashes | undefined;
  /** Whether they are the hashes of all sealed entries. */
  readonly hasHashes: boolean;
  /** The most sealed entries that a tree had. */
  most = 0;

  constructor(source: TreeSource, last: Seal | undefined, hint: Hint | undefined) {
    const { hashesFile, keyFile } = source;
    this.#source = source;
    this.#last = last;
    this.#size = last?.size ?? 0;
    this.#hashes =
      hashesFile === undefined ? undefined : SealedHashes.open(hashesFile, this.#size, keyFile);
    this.hasHashes = this.#size === 0 || this.#areAll(hint);
    const isUsable =
      hint !== undefined &&
      hint.size <= this.#size &&
      (hashesFile === undefined || this.hasHashes || hint.size === 0);
    this.#hint = isUsable ? hint : undefined;
  }

  /** To compare them takes as long as to hash them again, so a file that was not changed since is not compared. */
  #areAll(hint: Hint | undefined): boolean {
    const hashes = this.#hashes;
    if (this.#last === undefined || hashes?.count !== this.#size) return false;
    return hashes.state === hint?.hashes || sameBytes(hashes.root(), this.#last.root);
  }

  /** The hash of a sealed entry. */
  readonly hashOf = (index: number): Uint8Array | undefined => this.#hashes?.find(index);

  /** Whether the file has other hashes than those of the sealed entries. */
  get areWrong(): boolean {
    return !this.hasHashes && (this.#hashes?.count ?? 0) > 0;
  }

  [Symbol.dispose](): void {
    this.#hashes?.[Symbol.dispose]();
  }

  /** The tree whose root fits; `undefined` when none does. */
  tree(): LogTree | undefined {
    const { names } = this.#source;
    const hint = this.#hint;
    const hashes = this.#size > 0 && this.hasHashes ? this.#hashes : undefined;
    if (!this.hasHashes && !this.#canBeMade()) return undefined;
    const beginnings = beginningsOf({
      hint,
      hasHashes: hashes !== undefined,
      areLaterThere: () => areNamed(names, hint?.files.slice(1) ?? []),
      beforeFiles: () => hashes && beforeFiles(this.#source, hashes),
    });
    for (const beginning of beginnings) {
      const tree = this.#treeFrom(beginning, beginning.isErased === true ? hashes : undefined);
      if (tree !== undefined) return tree;
    }
    return undefined;
  }

  /** Whether the entries fit without the hashes. Their file stays as it is, or missing, until that is known. */
  #canBeMade(): boolean {
    if (this.#source.hashesFile === undefined || this.#source.readOnly === true) return true;
    using search = new Search({ ...this.#source, readOnly: true }, this.#last, undefined);
    const tree = search.tree();
    tree?.close();
    this.most = search.most;
    return tree !== undefined;
  }

  #treeFrom(beginning: Beginning, hashes: SealedHashes | undefined): LogTree | undefined {
    for (let skipped = 0, isMore = true; isMore; skipped += 1) {
      const files = this.#filesOf(beginning);
      if (files === undefined) return undefined;
      closeAll(files.splice(0, skipped));
      const isLast = files.length <= 1;
      const tree = this.#newTree(files, beginning.start, hashes);
      if (this.#isSealed(tree)) return tree;
      isMore = beginning.isOfHint !== true && !isLast && tree.frontier.size === this.#size;
    }
    return undefined;
  }

  /** The files of a beginning, open. Returns `undefined` when one of the hint is not found. */
  #filesOf({ isOfHint = false }: Beginning): EntryFile[] | undefined {
    const { names, world } = this.#source;
    const hint = this.#hint;
    if (isOfHint && hint !== undefined)
      return reopenFiles(names, hint, world, {
        isCopy: (file) => isCopy(file, hint, this.hashOf),
        isLost: (file) => isAnyOf(file, hint.lost, this.hashOf),
      });
    // Where a log without entries begins, no entry shows.
    const all = this.#size === 0 ? { ...names, rotated: undefined } : names;
    return openFiles(all, world.elapsed()).all;
  }

  #newTree(
    files: EntryFile[],
    start: ReadFile | undefined,
    hashes: SealedHashes | undefined,
  ): LogTree {
    try {
      if (hashes !== undefined && start !== undefined) refuseGaps(this.#source.names, files);
      return new LogTree(this.#source, files, start, this.#openHashes(), hashes);
    } catch (error) {
      closeAll(files);
      throw error;
    }
  }

  #openHashes(): AppendedFile | undefined {
    const { hashesFile, keyFile, readOnly = false } = this.#source;
    const size = this.hasHashes ? this.#size * HASH_SIZE : 0;
    return hashesFile === undefined || readOnly
      ? undefined
      : AppendedFile.open(hashesFile, { size, keyFile })[0];
  }

  /** Reads the sealed entries. The tree is closed when its root is another one. */
  #isSealed(tree: LogTree): boolean {
    try {
      tree.read(false, this.#size);
      if (this.#last === undefined || fits(tree, this.#last)) {
        // The file may lack hashes of sealed entries.
        tree.appendHashes();
        return true;
      }
    } catch (error) {
      tree.close();
      // All of them are told with the first.
      if (error instanceof SealerError && error.reason === 'packed-files')
        refuseUnread(this.#source.names);
      throw error;
    }
    this.most = Math.max(this.most, tree.frontier.size);
    tree.close();
    return false;
  }
}

function fits({ frontier }: LogTree, { size, root }: Seal): boolean {
  return frontier.size === size && sameBytes(frontier.root(), root);
}

/** The number of the first seal that does not fit the entries. */
function firstWrongSeal(source: TreeSource, seals: SealsFile): number | undefined {
  const tree = new LogTree(source, openFiles(source.names, 0).all, undefined, undefined);
  try {
    for (const line of seals.all()) {
      const seal = readSealLine(line);
      if (seal === undefined) continue;
      tree.read(false, seal.size);
      if (!fits(tree, seal)) return seal.number;
    }
    return undefined;
  } finally {
    tree.close();
  }
}

/** Between the first file that is there and the last, none may be in a form that is not read. */
function refuseGaps(names: LogNames, [first, ...later]: readonly EntryFile[]): void {
  if (first !== undefined && later.length > 0) refuseUnread(names, first.seen.changed);
}

/**
 * The tree before the first entry of the files that are there. Their place in the log is known by the last sealed entry.
 * Returns `undefined` when that entry is not there, or is not unlike all others: then it is not known which entries follow it.
 */
function beforeFiles(source: TreeSource, sealed: SealedHashes): Frontier | undefined {
  const last = sealed.at(sealed.count - 1);
  const place = onlyPlaceOf(last, source);
  const first = place === undefined ? 0 : sealed.count - 1 - place;
  if (first <= 0) return undefined;
  const before = new Frontier(sha256);
  let index = 0;
  for (const hash of sealed.all()) {
    index += 1;
    // The piece of the file that it is in would stay in memory.
    if (index <= first) before.append(hash.slice());
    if (index < sealed.count && sameBytes(hash, last)) return undefined;
  }
  return before;
}

/** The number of an entry among those of the files that are there; `undefined` when it is not there, or several times. */
function onlyPlaceOf(wanted: Uint8Array, { names, settle, world }: TreeSource): number | undefined {
  const places: number[] = [];
  let count = 0;
  const files = new LogFiles(names, settle, world, openFiles(names, world.elapsed()).all);
  try {
    files.read(
      {
        entry: (leaf) => {
          if (sameBytes(leaf, wanted)) places.push(count);
          count += 1;
          return places.length < 2;
        },
        begin: () => undefined,
        isCopy: () => false,
        isLost: () => false,
        lost: () => undefined,
      },
      false,
    );
  } finally {
    files.close();
  }
  return places.length === 1 ? places[0] : undefined;
}
