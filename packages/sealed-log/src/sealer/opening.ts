/** The start of a sealer: what is found is read, the table of a start decides, and what it decides is done. */
import { lstatSync } from 'node:fs';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { FileError } from '@evolock/direct-serialise-io';
import { holdLockFile, type HeldLock } from '@evolock/direct-serialise-io/files';
import { hashesOf, sealsOf } from '../files/log-file.js';
import type { LogKey } from '../format/key.js';
import { readSealLine, sealLineOf, START, type Seal, type SealLine } from '../format/seal.js';
import type { Frontier } from '../format/tree.js';
import { native } from '../native.js';
import { readRecord } from '../keys/renewal-record.js';
import { isSealed } from '../verify/cryptography.js';
import { AppendedFile } from '../following/appended-file.js';
import { compareKept } from './checkpoint.js';
import { SealerError } from '../errors.js';
import { readHint, removeHint, type ReadFile } from '../following/hint.js';
import {
  firstContent,
  foundIn,
  keyInMemory,
  openKeyFile,
  readPublicPart,
  statedInFile,
  type FoundKey,
  writePublicPart,
  type KeyHolder,
  type PublicPart,
} from '../keys/key-file.js';
import { SealsFile, type LinesRead } from '../following/seals-file.js';
import { LogTree, stillLost, treesOf, type TreeSource } from '../following/log-tree.js';
import { rightOf } from './messages.js';
import { areNamed, openFiles, refuseLost, refuseUnread } from '../following/log-files.js';
import { decideStart, type FoundAtStart, type Start } from './start.js';
import { successionsTo, type Successions } from './successions.js';
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

/** What a start does with a new key. */
const GO_ON = { do: 'go-on', append: false } as const;

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
    const line = lines.last === undefined ? undefined : sealLineOf(lines.last);
    const { holder, decision } = await this.#decide(line);
    const part = partOf(holder);
    const stated = part.line === undefined ? undefined : sealLineOf(part.line);
    const last = lastOf(decision, stated, line);
    this.#checkKept(part.firstKey, file, lines, last);
    if (decision.do === 'finish') return await this.#finish(holder, decision, lines, last);
    const { keys, lines: successions } = successionsOf(part, file, lines, last);
    // The present key, or the one before it, which named it.
    const signer = keys.findLast(({ first }) => first <= (last?.seal.number ?? first));
    const tree = this.#checkEntries(last?.seal, file);
    const seals = this.#openSeals(lines);
    if (decision.append && last !== undefined) seals.append(Buffer.from(`${last.line}\n`));
    const { unprotected } = decision;
    if (unprotected !== undefined && last !== undefined) {
      // It is told first: a start that is killed here tells it again, and after the evolution no start would.
      const error = new SealerError('unprotected', { seals: unprotected });
      this.#world.tell({ event: 'error', error });
      await evolvePast(holder, part, last);
    }
    return {
      ...{ holder, seals, tree, successions },
      ...{ firstKey: part.firstKey, key: part.key },
      last: last && { seal: last.seal, signer: signer ?? part.key },
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

  async #decide(line: SealLine | 'damaged' | undefined): Promise<Decided> {
    const { origin, keyFile, firstLeaf } = this.#options;
    if (keyFile === undefined && line !== undefined)
      throw new SealerError('not-new', { path: sealsOf(this.#path) });
    this.#holder = keyFile === undefined ? undefined : await existingKey(keyFile);
    const found = this.#holder === undefined ? undefined : foundIn(this.#holder);
    if (this.#holder !== undefined && found === undefined)
      throw new SealerError('other-log', { path: keyFile });
    // The renewal itself makes the first seal.
    const renewal = firstLeaf === undefined ? renewalAt(keyFile) : undefined;
    const decision = decisionOn(origin, found, line, renewal);
    if (decision.do === 'refuse') throw refusal(decision, keyFile);
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
  #checkKept(
    firstKey: LogKey,
    file: SealsFile,
    lines: LinesRead,
    last: SealLine | undefined,
  ): void {
    const { checkpointFile, keyFile } = this.#options;
    const isKnown = compareKept({ checkpointFile, keyFile }, firstKey, file, lines, last);
    if (isKnown) return;
    const error = new SealerError('unknown-checkpoint', { path: checkpointFile });
    this.#world.tell({ event: 'error', error });
  }

  /** Reads the entries that were sealed, from the hint on or all of them, and compares the root. */
  #checkEntries(last: Seal | undefined, file: SealsFile): LogTree {
    const { keyFile, hashes, settle, rotated, checkpointFile, firstLeaf } = this.#options;
    const checkpoints = checkpointFile === undefined ? [] : [checkpointFile];
    const source: TreeSource = {
      names: { path: this.#path, rotated, others: [keyFile ?? '', ...checkpoints] },
      hashesFile: hashes ? hashesOf(this.#path) : undefined,
      keyFile,
      firstLeaf,
      settle,
      world: this.#world,
    };
    const tree = treeSealedBy(last, source, keyFile, file);
    this.#tree = tree;
    const known = keyFile === undefined ? undefined : readHint(keyFile);
    const lost = stillLost(source.names, known?.lost ?? []);
    for (const error of lost.map((one) => lostFile(this.#path, one)))
      this.#world.tell({ event: 'error', error });
    tree.remember(lost);
    return tree;
  }

  #openSeals({ last, size }: LinesRead): AppendedFile {
    const file = sealsOf(this.#path);
    const tail = last === undefined ? new Uint8Array(0) : Buffer.from(`${last}\n`);
    const { keyFile } = this.#options;
    const [seals, bytes] = AppendedFile.open(file, { size, tail, keyFile });
    this.#seals = seals;
    if (bytes > 0) this.#world.tell({ event: 'truncated', file, bytes });
    return seals;
  }

  /** The end was signed: its line is appended when it is missing, and the key file is removed. */
  async #finish(
    holder: KeyHolder,
    { append }: { readonly append: boolean },
    lines: LinesRead,
    last: SealLine | undefined,
  ): Promise<never> {
    const seals = this.#openSeals(lines);
    if (append && last !== undefined) seals.append(Buffer.from(`${last.line}\n`));
    if (this.#options.keyFile !== undefined) removeHint(this.#options.keyFile);
    await holder.destroy();
    throw new SealerError('ended');
  }
}

/**
 * What a start would throw, or tell as an error; `undefined` when it goes on, and for a log that has ended. Changes nothing,
 * takes no lock, and does not look at the key itself.
 *
 * @param path - The log.
 * @param options - Those of the start.
 * @param isRunning - Whether a sealer runs. Then only missing seals are told: what else a start would refuse can be what the
 * sealer does just now.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 */
export function refusalOf(
  path: string,
  options: Begun,
  isRunning: boolean,
): SealerError | undefined {
  try {
    lookAt(path, options, isRunning);
    return undefined;
  } catch (cause) {
    const error = rightOf(cause, path);
    if (error instanceof SealerError) return error;
    throw error;
  }
}

/** Whether a sealer would go on with a log that has a key file. Looks at what {@link refusalOf} looks at. */
export function wouldGoOn(path: string, options: Begun): boolean {
  try {
    return lookAt(path, options, false).do === 'go-on';
  } catch (error) {
    if (error instanceof SealerError) return error.reason === 'unprotected';
    throw error;
  }
}

interface Begun extends Pick<EngineOptions, 'origin' | 'rotated'> {
  readonly keyFile: string;
  /** It is not looked at when it is absent. */
  readonly checkpointFile?: string | undefined;
}

function lookAt(path: string, begun: Begun, isRunning: boolean): Start {
  const { origin, keyFile, rotated, checkpointFile } = begun;
  // The key file comes first: a sealer replaces it before it appends.
  const found = statedInFile(keyFile);
  using file = new SealsFile(sealsOf(path), keyFile);
  const lines = file.end();
  const line = lines.last === undefined ? undefined : sealLineOf(lines.last);
  const decision = decisionOn(origin, found, line, renewalAt(keyFile));
  if (decision.do === 'refuse' && (!isRunning || 'from' in decision))
    if (decision.reason !== 'ended') throw refusal(decision, keyFile);
  if (decision.do !== 'go-on' || isRunning) return decision;
  const { unprotected } = decision;
  if (unprotected !== undefined) throw new SealerError('unprotected', { seals: unprotected });
  const source: TreeSource = {
    names: { path, rotated, others: [keyFile] },
    // A link that leads nowhere is refused at a start, too.
    hashesFile: lstatSync(hashesOf(path), { throwIfNoEntry: false }) && hashesOf(path),
    keyFile,
    settle: 0,
    world: { now: () => 0, elapsed: () => 0, tell: () => undefined },
    readOnly: true,
  };
  const last = lastOf(decision, found?.last, line);
  if (found !== undefined)
    compareKept({ checkpointFile, keyFile }, found.firstKey, file, lines, last);
  treeSealedBy(last?.seal, source, keyFile, file).close();
  return decision;
}

function decisionOn(
  origin: string,
  keyFile: FoundKey | undefined,
  line: FoundAtStart['line'],
  renewal: string | undefined,
): Start {
  const verifies = (): boolean =>
    typeof line === 'object' && keyFile !== undefined && isSealed(native, keyFile.key, line.seal);
  return decideStart({ origin, renewal, keyFile, line, verifies });
}

/** The tree of the sealed entries: from the hint on, or of all of them. Its root is that of the last seal. */
function treeSealedBy(
  last: Seal | undefined,
  source: TreeSource,
  keyFile: string | undefined,
  file: SealsFile,
): LogTree {
  const hint = keyFile === undefined ? undefined : readHint(keyFile);
  let most = 0;
  for (const tree of treesOf(source, last, hint)) {
    try {
      tree.read(false, last?.size ?? 0);
      if (last === undefined || isSealedBy(tree, last)) {
        // The file may lack hashes of sealed entries.
        tree.appendHashes();
        return tree;
      }
    } catch (error) {
      tree.close();
      // All of them are told with the first.
      if (error instanceof SealerError && error.reason === 'packed-files')
        refuseUnread(source.names);
      throw error;
    }
    most = Math.max(most, tree.frontier.size);
    tree.close();
  }
  // One of them can be the file that is missing.
  refuseLost(source.names, hint?.files[0]?.since ?? 0);
  const number = last?.number ?? 0;
  const seals = { from: firstWrongSeal(source, file) ?? number, to: number };
  const isHere = hint === undefined || areNamed(source.names, hint.files.slice(0, 1));
  const reason = isHere && most === last?.size ? 'changed-entries' : 'missing-entries';
  const first = isHere ? undefined : `entries from ${String(hint.before.size)} on`;
  throw new SealerError(reason, { seals, detail: first });
}

/** Where a log begins or goes on. */
interface Decided {
  readonly holder: KeyHolder;
  readonly decision: Extract<Start, { readonly do: 'go-on' | 'finish' }>;
}

/** The origin of a renewal that has not ended, of a key file. */
function renewalAt(keyFile: string | undefined): string | undefined {
  return keyFile === undefined ? undefined : readRecord(keyFile)?.origin;
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
  stated: SealLine | 'damaged' | undefined,
  found: SealLine | 'damaged' | undefined,
): SealLine | undefined {
  const isOld = decision.do === 'go-on' && decision.unprotected !== undefined;
  const last = isOld || stated === undefined ? found : stated;
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

function refusal(
  decision: Extract<Start, { readonly do: 'refuse' }>,
  keyFile: string | undefined,
): SealerError {
  const { reason } = decision;
  if (reason === 'ended') return new SealerError(reason);
  if (!('from' in decision)) return new SealerError(reason, { path: keyFile });
  return new SealerError(reason, { seals: { from: decision.from, to: decision.to } });
}

/** The successions from the first key of the log to the one in the key file. */
function successionsOf(
  { firstKey, key }: PublicPart,
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

/** The error of a file that was lost, with the numbers of its entries. */
function lostFile(path: string, { before, size }: ReadFile): SealerError {
  return new SealerError('lost-file', {
    detail: `${path}, entries ${String(before.size)} to ${String(size - 1)}`,
  });
}

/** What the sealer of a log has told and a person has to mend: files that were lost, and an old file that grows still. */
export function troublesOf(path: string, { keyFile, rotated }: Begun): SealerError[] {
  const { lost = [], waiting } = readHint(keyFile) ?? {};
  return [
    ...stillLost({ path, rotated, others: [keyFile] }, lost).map((one) => lostFile(path, one)),
    ...(waiting === undefined ? [] : [new SealerError('waiting-file', { waiting })]),
  ];
}

function isSealedBy({ frontier }: LogTree, last: Seal): boolean {
  return frontier.size === last.size && sameRoot(frontier, last);
}

function sameRoot(frontier: Frontier, { root }: Seal): boolean {
  return Buffer.compare(frontier.root(), root) === 0;
}

/** The number of the first seal that does not fit the entries. */
function firstWrongSeal(source: TreeSource, file: SealsFile): number | undefined {
  const tree = new LogTree(source, openFiles(source.names, 0).all, undefined, undefined);
  try {
    for (const line of file.all()) {
      const seal = readSealLine(line);
      if (seal === undefined) continue;
      tree.read(false, seal.size);
      if (!isSealedBy(tree, seal)) return seal.number;
    }
    return undefined;
  } finally {
    tree.close();
  }
}
