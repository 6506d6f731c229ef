/** The start of a sealer: what is found is read, the table of a start decides, and what it decides is done. */
import { FileError } from '@evolock/direct-serialise-io';
import { holdLockFile, type HeldLock } from '@evolock/direct-serialise-io/files';
import type { LogKey } from '../format/key.js';
import { keyAfter, readSealLine, START, type Seal } from '../format/seal.js';
import { Frontier } from '../format/tree.js';
import { isSealed } from '../verify/cryptography.js';
import { AppendedFile } from './appended-file.js';
import { keptCheckpoint } from './checkpoint.js';
import { Entries } from './entries.js';
import { SealerError } from './errors.js';
import { readHint, removeHint, type Hint } from './hint.js';
import {
  firstContent,
  foundIn,
  keyInMemory,
  native,
  openKeyFile,
  readPublicPart,
  sealLineOf,
  writePublicPart,
  type KeyHolder,
  type PublicPart,
} from './keys.js';
import { readLines, type LinesRead } from './lines.js';
import { LogTree } from './log-tree.js';
import { sha256 } from './sha256.js';
import { startOf, type SealLine, type Start } from './start.js';
import type { EngineOptions, World } from './world.js';

/** A log that is ready for seals. */
export interface OpenLog {
  readonly holder: KeyHolder;
  readonly seals: AppendedFile;
  readonly tree: LogTree;
  readonly firstKey: LogKey;
  /** The key of the next seal. */
  readonly key: LogKey;
  /** The last seal, and the key that signed it; `undefined` for a new log. */
  readonly last: { readonly seal: Seal; readonly signer: LogKey } | undefined;
  /** The lines of the seals with a successor. */
  readonly successions: string[];
  /** Flags of the next seal. */
  readonly flags: number;
  /** Wipes the key, closes the files, and returns the locks. */
  close(): Promise<void>;
}

/** The file of the seals of a log. */
export function sealsOf(path: string): string {
  return `${path}.seals`;
}

/** The file of the hashes of the entries of a log. */
export function hashesOf(path: string): string {
  return `${path}.hashes`;
}

/**
 * Opens a log, or begins a new one.
 *
 * @throws {@link SealerError} `ERR_EVOLOCK_SEALER`; {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 */
export async function openLog(
  path: string,
  options: EngineOptions,
  world: World,
): Promise<OpenLog> {
  const opening = new Opening(path, options, world);
  try {
    return await opening.open();
  } catch (error) {
    await opening.close();
    throw error;
  }
}

/** What a start does with a new key. */
const GO_ON = { do: 'go-on', append: false } as const;

class Opening {
  readonly #path: string;
  readonly #options: EngineOptions;
  readonly #world: World;
  readonly #lock: HeldLock;
  readonly #successions: string[] = [];
  #holder: KeyHolder | undefined;
  #seals: AppendedFile | undefined;
  #tree: LogTree | undefined;

  constructor(path: string, options: EngineOptions, world: World) {
    this.#path = path;
    this.#options = options;
    this.#world = world;
    this.#lock = holdLockFile(sealsOf(path), { exclusive: true });
  }

  async open(): Promise<OpenLog> {
    const lines = await readLines(sealsOf(this.#path), (line) => this.#note(line));
    const line = lines.last === undefined ? undefined : sealLineOf(lines.last);
    const { holder, decision } = await this.#decide(line);
    const part = partOf(holder);
    const last = lastOf(decision, part, line);
    await this.#checkKept(part.firstKey, lines, last);
    if (decision.do === 'finish') return this.#finish(holder, decision, lines, last);
    const tree = await this.#checkEntries(last?.seal);
    const seals = this.#openSeals(lines);
    if (decision.append && last !== undefined) this.#append(seals, last);
    const { unprotected } = decision;
    if (unprotected !== undefined && last !== undefined) {
      // It is told first: a start that is killed here tells it again, and after the evolution no start would.
      const error = new SealerError('unprotected', { seals: unprotected });
      this.#world.tell({ event: 'error', error });
      await evolvePast(holder, part, last);
    }
    return {
      ...{ holder, seals, tree, successions: this.#successions },
      ...{ firstKey: part.firstKey, key: part.key },
      last: last === undefined ? undefined : this.#withSigner(last.seal, part),
      flags: last === undefined ? 0 : START,
      close: () => this.close(),
    };
  }

  async close(): Promise<void> {
    this.#tree?.close();
    this.#seals?.close();
    await this.#holder?.close();
    this.#lock.release();
  }

  /** A line with seven fields has a successor. */
  #note(line: string): void {
    if (line.split(' ').length === 7 && readSealLine(line) !== undefined)
      this.#successions.push(line);
  }

  async #decide(line: SealLine | 'damaged' | undefined): Promise<Decided> {
    const { origin, keyFile } = this.#options;
    if (keyFile === undefined && line !== undefined)
      throw new SealerError('not-new', { detail: sealsOf(this.#path) });
    this.#holder = keyFile === undefined ? undefined : await existingKey(keyFile);
    const found = this.#holder === undefined ? undefined : foundIn(this.#holder);
    if (this.#holder !== undefined && found === undefined)
      throw new SealerError('other-log', { detail: keyFile });
    const verifies = (): boolean =>
      typeof line === 'object' && found !== undefined && isSealed(native, found.key, line.seal);
    const decision = startOf({ origin, keyFile: found, line, verifies });
    if (decision.do === 'refuse') throw refusal(decision);
    if (decision.do !== 'create' && this.#holder !== undefined)
      return { holder: this.#holder, decision };
    this.#holder = await this.#createKey();
    return { holder: this.#holder, decision: GO_ON };
  }

  async #createKey(): Promise<KeyHolder> {
    const { keyFile } = this.#options;
    const create = () => firstContent(this.#world.newKey(this.#world.first));
    return keyFile === undefined ? keyInMemory(create()) : openKeyFile(keyFile, create);
  }

  /** Compares the checkpoint that is kept elsewhere. */
  async #checkKept(firstKey: LogKey, lines: LinesRead, last: SealLine | undefined): Promise<void> {
    const { checkpointFile } = this.#options;
    const kept =
      checkpointFile === undefined ? undefined : keptCheckpoint(checkpointFile, firstKey);
    if (kept === undefined) return;
    if (kept === 'unknown') {
      const error = new SealerError('unknown-checkpoint', { detail: checkpointFile });
      this.#world.tell({ event: 'error', error });
      return;
    }
    const { number } = kept;
    const seals = { from: number, to: number };
    if (number > (last?.seal.number ?? -1)) throw new SealerError('old-folder', { seals });
    const found = last?.seal.number === number ? last.line : await this.#lineOf(number, lines);
    if (found !== kept.line) throw new SealerError('fork', { seals });
  }

  async #lineOf(number: number, { size }: LinesRead): Promise<string | undefined> {
    let found: string | undefined;
    if (size === 0) return undefined;
    await readLines(sealsOf(this.#path), (line) => {
      if (line.startsWith(`${number} `)) found = line;
    });
    return found;
  }

  /** Reads the entries that were sealed, from the hint on or all of them, and compares the root. */
  async #checkEntries(last: Seal | undefined): Promise<LogTree> {
    const { keyFile } = this.#options;
    const hint = keyFile === undefined ? undefined : readHint(keyFile);
    const tree = this.#readTree(last, hint);
    if (last !== undefined && !isSealedBy(tree, last)) {
      const isWhole = tree.frontier.size === last.size;
      const from = (await firstWrongSeal(this.#path)) ?? last.number;
      const seals = { from, to: last.number };
      throw new SealerError(isWhole ? 'changed-entries' : 'missing-entries', { seals });
    }
    // The file may lack hashes of sealed entries.
    tree.appendHashes();
    return tree;
  }

  #readTree(last: Seal | undefined, hint: Hint | undefined): LogTree {
    const sealed = last?.size ?? 0;
    const tree = new LogTree(this.#path, {
      hashesFile: this.#options.hashes ? hashesOf(this.#path) : undefined,
      sealed,
      hint,
      truncated: (bytes) => this.#world.tell({ event: 'truncated', file: this.#path, bytes }),
    });
    this.#tree = tree;
    tree.read(sealed);
    if (hint === undefined || last === undefined || isSealedBy(tree, last)) return tree;
    tree.close();
    return this.#readTree(last, undefined);
  }

  #openSeals({ last, size }: LinesRead): AppendedFile {
    const file = sealsOf(this.#path);
    const tail = last === undefined ? new Uint8Array(0) : Buffer.from(`${last}\n`);
    const [seals, bytes] = AppendedFile.open(file, size, tail);
    this.#seals = seals;
    if (bytes > 0) this.#world.tell({ event: 'truncated', file, bytes });
    return seals;
  }

  #append(seals: AppendedFile, { line, seal }: SealLine): void {
    seals.append(Buffer.from(`${line}\n`));
    if (seal.successor !== undefined) this.#successions.push(line);
  }

  /** The end was signed: its line is appended when it is missing, and the key file is removed. */
  async #finish(
    holder: KeyHolder,
    { append }: { readonly append: boolean },
    lines: LinesRead,
    last: SealLine | undefined,
  ): Promise<never> {
    const seals = this.#openSeals(lines);
    if (append && last !== undefined) this.#append(seals, last);
    await holder.destroy();
    if (this.#options.keyFile !== undefined) removeHint(this.#options.keyFile);
    throw new SealerError('ended');
  }

  /** The key of the last seal: the present one, or an earlier one, to which the chain of successions leads. */
  #withSigner(seal: Seal, { firstKey, key }: PublicPart): OpenLog['last'] {
    if (seal.number >= key.first) return { seal, signer: key };
    let signer = firstKey;
    for (const line of this.#successions) {
      const succession = readSealLine(line);
      if (succession === undefined || succession.number >= seal.number) break;
      signer = keyAfter(signer, succession) ?? signer;
    }
    return { seal, signer };
  }
}

/** Where a log begins or goes on. */
interface Decided {
  readonly holder: KeyHolder;
  readonly decision: Extract<Start, { readonly do: 'go-on' | 'finish' }>;
}

/** Returns `undefined` when there is no key file. */
async function existingKey(keyFile: string): Promise<KeyHolder | undefined> {
  try {
    return await openKeyFile(keyFile, undefined);
  } catch (error) {
    if (error instanceof FileError && error.reason === 'not-found') return undefined;
    throw error;
  }
}

function partOf(holder: KeyHolder): PublicPart {
  const part = readPublicPart(holder.publicBytes);
  if (part === undefined) throw new SealerError('other-log');
  return part;
}

/** The last seal that was made: that of the key file, but for an old copy of the key. */
function lastOf(
  decision: Decided['decision'],
  { line: stated }: PublicPart,
  found: SealLine | 'damaged' | undefined,
): SealLine | undefined {
  const isOld = decision.do === 'go-on' && decision.unprotected !== undefined;
  const last = isOld || stated === undefined ? found : sealLineOf(stated);
  if (last === 'damaged') throw new SealerError('wrong-line');
  return last;
}

/** An old copy of the key made these seals already. It must not make them again. */
function evolvePast(
  holder: KeyHolder,
  { firstKey, key }: PublicPart,
  { line, seal }: SealLine,
): Promise<void> {
  return holder.updateTo(seal.number + 1 - key.first, writePublicPart({ firstKey, key, line }));
}

function refusal(decision: Extract<Start, { readonly do: 'refuse' }>): SealerError {
  const { reason } = decision;
  const seals = reason === 'missing-seals' ? { from: decision.from, to: decision.to } : undefined;
  return new SealerError(reason, { seals });
}

function isSealedBy({ frontier }: LogTree, last: Seal): boolean {
  return frontier.size === last.size && sameRoot(frontier, last);
}

function sameRoot(frontier: Frontier, { root }: Seal): boolean {
  return Buffer.compare(frontier.root(), root) === 0;
}

/** The number of the first seal that does not fit the entries. */
async function firstWrongSeal(path: string): Promise<number | undefined> {
  const [entries, frontier] = [new Entries(path), new Frontier(sha256)];
  let wrong: number | undefined;
  const compare = (line: string): void => {
    const seal = wrong === undefined ? readSealLine(line) : undefined;
    if (seal === undefined) return;
    const entry = (leaf: Uint8Array): boolean => {
      frontier.append(leaf);
      return frontier.size < seal.size;
    };
    if (frontier.size < seal.size) entries.read({ entry, truncated: () => undefined });
    if (frontier.size !== seal.size || !sameRoot(frontier, seal)) wrong = seal.number;
  };
  try {
    await readLines(sealsOf(path), compare);
  } finally {
    entries.close();
  }
  return wrong;
}
