/** Judges the entries below a seal by its root: by the entries themselves, and by the hashes where these are given. */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { SealContent } from '../../format/seal.js';
import { Frontier, SUBTREE_WIDTH, type Sha256 } from '../../format/tree.js';
import type { EntryPlace, Hashes, LeafHashes } from '../../reading/sources.js';
import { Ranges, type AbsentFacts } from './absent.js';
import type { EntriesFound } from './unsealed.js';

/** What is wrong with the entries below a seal. */
export type EntryFailure = 'missing-entries' | 'entries';

/** The entries of a log, and the trees over them. Memory is logarithmic in their number. */
export class EntryJudge {
  readonly #entries: LeafHashes;
  readonly #hashes: Hashes | undefined;
  /** The number of the first entry that is present. */
  readonly #firstEntry: number;
  /**
   * The tree of the entries, and that of the hashes. They are one object until an entry differs from its hash. A tree is
   * dropped when it can fit no later root.
   */
  #ofEntries: Frontier | undefined;
  #ofHashes: Frontier | undefined;
  /** The number of the next entry for the trees. */
  #next: number;
  /** That entry, when its hash is not at hand. */
  #entry: Uint8Array | undefined;
  /** The number of entries that an earlier verification read. */
  readonly #start: number;
  /** Whether the file is there in which that verification ended. */
  readonly #isStartThere: boolean;
  /** Those of them that are present and were not skipped yet. */
  #known: number;
  /** The number of entries below the last seal. */
  #covered: number;
  /** The numbers that differ since the last seal: accepted blank lines, and all other lines. */
  readonly #nowBlank = new Ranges();
  readonly #nowChanged = new Ranges();
  /** Entries whose hash in a tree that was signed is another one. */
  readonly changed = new Ranges();
  /** Entries that are absent, by a tree that was signed. */
  readonly absent: AbsentFacts;
  /** Whether entries fit a root that the hashes do not fit. */
  hashesWrong = false;

  constructor(
    sha256: Sha256,
    entries: LeafHashes,
    hashes: Hashes | undefined,
    firstEntry: number,
    start: Pick<Frontier, 'size' | 'nodes'> & { readonly place?: unknown },
    absent: AbsentFacts,
    watched?: number,
  ) {
    const tree = new Frontier(sha256, start, watched);
    this.#entries = entries;
    this.#hashes = hashes;
    this.#firstEntry = firstEntry;
    this.#start = start.size;
    // With a place, the first file is the rest of that file.
    const isRest = firstEntry === start.size && (firstEntry === 0 || start.place !== undefined);
    this.#isStartThere = firstEntry < start.size || isRest;
    this.#next = start.size;
    this.#known = Math.max(0, start.size - firstEntry);
    this.#covered = start.size;
    this.absent = absent;
    this.#ofEntries = tree;
    if (hashes !== undefined) this.#ofHashes = tree;
  }

  /** The tree that fitted the last root. Only that of the hashes can go on after a failure. */
  get tree(): Frontier | undefined {
    return this.#ofEntries ?? this.#ofHashes;
  }

  /** Reads the entries below a seal. Returns `undefined` when they fit its root. */
  async judge(seal: SealContent): Promise<EntryFailure | undefined> {
    const { size } = seal;
    const isFrontMissing = this.#hashes === undefined && this.#firstEntry > this.#next;
    if (size > this.#next && (isFrontMissing || !(await this.#skipKnown())))
      return 'missing-entries';
    while (this.#next < size)
      if (!this.#takeSubtree(size) && !this.#takeOne(size) && !(await this.#readOn()))
        return 'missing-entries';
    return this.#compare(seal);
  }

  /** Reads the entries behind the last seal, and counts those of each file. */
  async readRest(): Promise<EntriesFound> {
    await this.#skipKnown();
    await this.#entries.countRest();
    const numberOf = (count: number): number => this.#firstEntry + count;
    return {
      sealed: this.#next,
      isStartThere: this.#isStartThere,
      fileEnds: this.#entries.fileEnds.map(numberOf).filter((end) => end >= this.#start),
      total: numberOf(this.#entries.count),
    };
  }

  /** Where the last entry below the last seal ends; `undefined` when none was read. */
  get place(): EntryPlace | undefined {
    return this.#entries.place;
  }

  /** Reads the entries that the start has. Returns `false` when there are fewer. */
  async #skipKnown(): Promise<boolean> {
    while (this.#known > 0)
      if (this.#entries.next() !== undefined) this.#known -= 1;
      else if (!(await this.#entries.more())) return false;
    return true;
  }

  /** Takes entries into the trees that were hashed as a subtree and do not differ from their hashes. */
  #takeSubtree(size: number): boolean {
    const tree = this.#ofEntries;
    const isOne = this.#ofHashes === undefined || this.#ofHashes === tree;
    if (this.#next + SUBTREE_WIDTH > size || this.#next < this.#firstEntry) return false;
    if (tree === undefined || tree.isWatchedNext || !isOne) return false;
    const subtree = this.#entries.subtree?.();
    if (subtree === undefined) return false;
    if (this.#ofHashes !== undefined && this.#hashes?.takeEqual(subtree) !== true) return false;
    tree.appendSubtree(subtree.roots, subtree.root);
    this.#entries.takeSubtree?.();
    this.#next += SUBTREE_WIDTH;
    return true;
  }

  /** Takes one entry into the trees. Returns `false` when it, or its hash, is not at hand. */
  #takeOne(size: number): boolean {
    // A subtree that follows is taken as a whole, when its hashes are at hand.
    if (this.#lacksHashes) return false;
    const isAbsent = this.#next < this.#firstEntry;
    if (!isAbsent) this.#entry ??= this.#entries.next();
    const entry = this.#entry;
    if (entry === undefined && !isAbsent) return false;
    if (this.#ofHashes !== undefined) {
      const hash = this.#hashes?.next();
      if (hash === undefined && this.#lacksHashes) return false;
      this.#addHash(entry, hash);
    } else if (entry !== undefined) this.#ofEntries?.append(entry);
    this.#entry = undefined;
    // Without a tree, only the number of the entries is of interest.
    this.#next =
      isAbsent && this.tree === undefined ? Math.min(size, this.#firstEntry) : this.#next + 1;
    return true;
  }

  get #lacksHashes(): boolean {
    return this.#ofHashes !== undefined && this.#hashes?.isRead === true;
  }

  async #readOn(): Promise<boolean> {
    if (!this.#lacksHashes) return this.#entries.more();
    await this.#hashes?.more();
    return true;
  }

  #addHash(entry: Uint8Array | undefined, hash: Uint8Array | undefined): void {
    if (this.#ofHashes === this.#ofEntries) {
      // One tree serves both.
      if (entry !== undefined && hash !== undefined && sameBytes(entry, hash)) {
        this.#ofEntries?.append(entry);
        return;
      }
      this.#ofHashes = this.#ofEntries?.fork();
    }
    if (entry === undefined) this.#ofEntries = undefined;
    else this.#ofEntries?.append(entry);
    if (hash === undefined) this.#ofHashes = undefined;
    else {
      this.#ofHashes?.append(hash);
      if (entry === undefined || sameBytes(entry, hash)) return;
      const isErased = this.#entries.isBlank && this.absent.isAccepted(this.#next);
      (isErased ? this.#nowBlank : this.#nowChanged).add(this.#next, this.#next + 1);
    }
  }

  #compare({ root, size, time }: SealContent): EntryFailure | undefined {
    const isOne = this.#ofEntries === this.#ofHashes;
    const fits = (tree: Frontier | undefined) => tree !== undefined && sameBytes(tree.root(), root);
    const entriesFit = fits(this.#ofEntries);
    const hashesFit = isOne ? entriesFit : fits(this.#ofHashes);
    if (!entriesFit) this.#ofEntries = undefined;
    if (!hashesFit) this.#ofHashes = undefined;
    if (entriesFit && !hashesFit && this.#hashes !== undefined) this.hashesWrong = true;
    const isChanged = this.#nowChanged.count > 0;
    if (hashesFit && !entriesFit) {
      this.absent.addGone(this.#covered, Math.min(size, this.#firstEntry), time);
      this.absent.takeBlank(this.#nowBlank, time);
      this.changed.take(this.#nowChanged);
    }
    this.#covered = size;
    this.#nowBlank.clear();
    this.#nowChanged.clear();
    if (entriesFit) return undefined;
    return hashesFit && !isChanged ? undefined : 'entries';
  }
}
