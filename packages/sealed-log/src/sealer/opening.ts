/** The start of a sealer: what is found is read, the table of a start decides, and what it decides is done. */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { holdLockFile, isFileError, type HeldLock } from '@evolock/direct-serialise-io/files';
import { finishErasing } from '../erasing/erase.js';
import { SealerError } from '../errors.js';
import { hashesOf, sealsOf } from '../files/log-file.js';
import { AppendedFile } from '../following/appended-file.js';
import { removeHint } from '../following/hint.js';
import { namesOf, type LogNames } from '../following/log-files.js';
import type { LogTree, TreeSource } from '../following/log-tree.js';
import { sealedTree } from '../following/sealed-tree.js';
import { SealsFile, type LinesRead } from '../following/seals-file.js';
import type { LogKey } from '../format/key.js';
import { START, type Seal, type SealLine } from '../format/seal.js';
import {
  firstContent,
  foundIn,
  keyInMemory,
  openKeyFile,
  writePublicPart,
  type KeyHolder,
  type StatedKey,
} from '../keys/key-file.js';
import { compareKept } from './checkpoint.js';
import { errorOf, messageOf } from './messages.js';
import { decisionOn, lastSealOf, lostFile, refusal, renewalAt } from './refusal.js';
import type { Start } from './start.js';
import { successionsTo, type Successions } from '../following/successions.js';
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
  /** Wipes the key, closes the files, and returns the locks, also when the key file cannot be written. */
  close(): Promise<void>;
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
    // Reports this failure and drops that of the end: the next start finds what is there.
    await opening.close().catch(() => undefined);
    throw error;
  }
}

/** Where a log begins or goes on. */
interface Decided {
  readonly holder: KeyHolder;
  readonly stated: StatedKey;
  readonly decision: Extract<Start, { readonly do: 'go-on' | 'finish' }>;
}

class Opening {
  readonly #path: string;
  readonly #options: EngineOptions;
  readonly #world: World;
  readonly #lock: HeldLock;
  #holder: KeyHolder | undefined;
  #seals: AppendedFile | undefined;
  #tree: LogTree | undefined;

  constructor(path: string, options: EngineOptions, world: World) {
    this.#path = path;
    this.#options = options;
    this.#world = world;
    this.#lock = holdLockFile(sealsOf(path));
  }

  async open(): Promise<OpenLog> {
    using file = new SealsFile(sealsOf(this.#path), this.#options.keyFile);
    const lines = file.end();
    const { holder, stated, decision } = await this.#decide(lines.line, file.isThere);
    const { firstKey, key } = stated;
    const last = lastSealOf(decision, stated.last, lines.line);
    if (!compareKept(this.#options, firstKey, file, lines, last))
      this.#tellError(
        new SealerError('unknown-checkpoint', { path: this.#options.checkpointFile }),
      );
    if (decision.do === 'finish') return await this.#finish(holder, decision.append, lines, last);
    const { keys, lines: successions } = successionsOf(stated, file, lines, last);
    // The present key, or the one before it, which named it.
    const signer = keys.findLast(({ first }) => first <= (last?.seal.number ?? first)) ?? key;
    const tree = this.#openTree(last?.seal, file);
    const seals = this.#openSeals(lines, decision.append ? last : undefined);
    const { unprotected } = decision;
    if (unprotected !== undefined && last !== undefined) {
      // It is told first: a start that is killed here tells it again, and after the evolution no start would.
      this.#tellError(new SealerError('unprotected', { seals: unprotected }));
      // An old copy of the key made these seals already. It must not make them again.
      const publicBytes = writePublicPart({ firstKey, key, line: last.line });
      await holder.write({ period: last.seal.number + 1 - key.first, publicBytes });
    }
    return {
      holder,
      seals,
      tree,
      firstKey,
      key,
      last: last && { seal: last.seal, signer },
      successions,
      flags: last === undefined ? 0 : START,
      close: () => this.close(),
    };
  }

  async close(): Promise<void> {
    this.#tree?.close();
    this.#seals?.close();
    try {
      await this.#holder?.close();
    } finally {
      this.#lock.release();
    }
  }

  async #decide(line: LinesRead['line'], hasSeals: boolean): Promise<Decided> {
    const { origin, keyFile, firstLeaf } = this.#options;
    if (keyFile === undefined && line !== undefined)
      throw new SealerError('not-new', { path: sealsOf(this.#path) });
    this.#holder = keyFile === undefined ? undefined : await existingKey(keyFile);
    const found = this.#holder && statedBeside(this.#holder, keyFile);
    // The renewal itself makes the first seal.
    const renewal = firstLeaf === undefined ? renewalAt(keyFile) : undefined;
    const decision = decisionOn(origin, found, hasSeals, line, renewal);
    if (decision.do === 'refuse') throw refusal(decision, this.#path, keyFile, found);
    if (decision.do !== 'create' && this.#holder !== undefined && found !== undefined)
      return { holder: this.#holder, stated: found, decision };
    const holder = await this.#createKey();
    this.#holder = holder;
    const stated = statedBeside(holder, keyFile);
    return { holder, stated, decision: { do: 'go-on', append: false } };
  }

  async #createKey(): Promise<KeyHolder> {
    const { keyFile } = this.#options;
    const create = () => firstContent(this.#world.newKey(this.#world.first));
    return keyFile === undefined ? keyInMemory(create()) : openKeyFile(keyFile, create);
  }

  /** Reads the entries that were sealed, from the hint on or all of them, and compares the root. */
  #openTree(last: Seal | undefined, file: SealsFile): LogTree {
    const { keyFile, hashes, settle, firstLeaf } = this.#options;
    const names = namesOf(this.#path, this.#options);
    this.#finishErasing(names);
    const source: TreeSource = {
      names,
      hashesFile: hashes ? hashesOf(this.#path) : undefined,
      keyFile,
      firstLeaf,
      settle,
      world: this.#world,
    };
    const tree = sealedTree(source, last, file);
    this.#tree = tree;
    for (const one of tree.lost) this.#tellError(lostFile(this.#path, one));
    return tree;
  }

  /** A sealer that may only read the log does not finish it. */
  #finishErasing(names: LogNames): void {
    try {
      finishErasing({ names, keyFile: this.#options.keyFile });
    } catch (error) {
      const { message } = errorOf(messageOf(error, this.#path));
      this.#tellError(new SealerError('unfinished-erasure', { path: this.#path, detail: message }));
    }
  }

  /** Opens the file of the seals, and appends a seal that is missing there. */
  #openSeals({ last, size }: LinesRead, missing: SealLine | undefined): AppendedFile {
    const file = sealsOf(this.#path);
    const tail = last === undefined ? new Uint8Array(0) : Buffer.from(`${last}\n`);
    const { keyFile } = this.#options;
    const [seals, bytes] = AppendedFile.open(file, { size, tail, keyFile });
    this.#seals = seals;
    if (bytes > 0) this.#world.tell({ event: 'truncated', file, bytes });
    if (missing !== undefined) seals.append(Buffer.from(`${missing.line}\n`));
    return seals;
  }

  /** The end was signed: its line is appended when it is missing, and the key file is removed. */
  async #finish(
    holder: KeyHolder,
    append: boolean,
    lines: LinesRead,
    last: SealLine | undefined,
  ): Promise<never> {
    this.#openSeals(lines, append ? last : undefined);
    if (this.#options.keyFile !== undefined) removeHint(this.#options.keyFile);
    await holder.destroy();
    throw new SealerError('ended');
  }

  #tellError(error: SealerError): void {
    this.#world.tell({ event: 'error', error });
  }
}

/** Returns `undefined` when there is no key file. */
async function existingKey(keyFile: string): Promise<KeyHolder | undefined> {
  try {
    return await openKeyFile(keyFile, undefined);
  } catch (error) {
    if (isFileError(error, 'not-found')) return undefined;
    throw error;
  }
}

function statedBeside(holder: KeyHolder, keyFile: string | undefined): StatedKey {
  const stated = foundIn(holder);
  if (stated === undefined) throw new SealerError('other-log', { path: keyFile });
  return stated;
}

/** The successions from the first key of the log to the one in the key file. */
function successionsOf(
  { firstKey, key }: StatedKey,
  file: SealsFile,
  { size }: LinesRead,
  last: SealLine | undefined,
): Successions {
  const found = successionsTo(key.first, firstKey, file, size, last);
  const missing = (from: number, to: number) =>
    new SealerError('missing-seals', { seals: { from, to } });
  if (typeof found === 'number') throw missing(found, found);
  if (sameBytes(found.keys.at(-1)?.material ?? new Uint8Array(0), key.material)) return found;
  throw missing(firstKey.first, key.first - 1);
}
