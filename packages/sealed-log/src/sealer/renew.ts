/**
 * A new log in the place of one that cannot go on, or whose key a thief may have. The old files are put aside, and the first
 * entry of the new log says why, and names the last checkpoint of the old one.
 *
 * The first entry is written to `LOG.renewal` before anything is moved, so that a renewal that was killed goes on. Until the
 * old seals are aside, a sealer refuses the log (`no-key`). From then on it begins the new one.
 */
import { closeSync, existsSync, linkSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { checkOptions, wrongType, wrongValue } from '@evolock/direct-serialise/arguments';
import {
  flushFolder,
  holdLockFile,
  isFileError,
  openRegular,
  writeUnderLock,
} from '@evolock/direct-serialise-io/files';
import { hashesOf, sealsOf, textOfOwn } from '../files/log-file.js';
import { readVerifierKey, writeVerifierKey, type LogKey } from '../format/key.js';
import { writeNote } from '../format/note.js';
import { readSealLine } from '../format/seal.js';
import { native } from '../native.js';
import { isSealed } from '../verify/cryptography.js';
import { keptCheckpoint } from './checkpoint.js';
import { SealerError } from './errors.js';
import { removeHint } from './hint.js';
import { firstContent, keyMaker, openKeyFile, readPublicPart, type PublicPart } from './keys.js';
import { SealLines } from './lines.js';
import { errorOf, messageOf, type Begin } from './messages.js';
import { checkBegin, Sealer, sealerOptionNames, type SealerOptions } from './sealer.js';
import { successionsTo } from './successions.js';

/** A log that was renewed. */
export interface RenewedLog {
  /** The line of text by which anyone verifies the old log; `undefined` when neither a key file nor the caller told it. */
  readonly oldVerifierKey: string | undefined;
  /** The old files, which were put aside: the log, its seals, its hashes, its checkpoint. Keep them. */
  readonly oldFiles: readonly string[];
  /** The line of text by which anyone verifies the new log. Keep it elsewhere. */
  readonly verifierKey: string;
  /** {@link Sealer.noteVerifierKey} of the new log; `undefined` also when another sealer was started meanwhile. */
  readonly noteVerifierKey: string | undefined;
}

/**
 * Begins a new log, with a new key, in the place of a log that is not sealed any more: after a theft of its key, or when a
 * sealer refuses it. Entries count from 0 again. The first entry of the new log is a line of JSON with the reason and the last
 * checkpoint of the old log.
 *
 * The old log becomes `LOG.old-1` (or the next free number), with `LOG.old-1.seals` and `LOG.old-1.hashes` beside it, so
 * that it is verified under that name. Old checkpoint files become `FILE.old-1`. The old key file is erased. A program that
 * has the old log open goes on writing to it, and nothing seals what it writes: let it open the log again, as after a
 * rotation.
 *
 * When it is killed, it goes on when it is called again.
 *
 * @param path - The log.
 * @param options - Those of {@link Sealer.open}, for the new log. `keyFile` is the key file of the old log too, if there is
 * one. `depth` of its first key is that of the first key of the old log when absent, or 14 when that is not known.
 * @param options.reason - Why, for readers of the new log.
 * @param options.verifierKey - The verifier key of the old log, for a log without a key file. That of another log is not used.
 * @throws {@link SealerError} `ERR_EVOLOCK_SEALER`: `not-sealed` when there are no seals; `other-log` when the key file is that
 * of another log; `damaged-key`; `locked` while a sealer runs; `system`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import { appendFileSync } from 'node:fs';
 * import { renewLog, Sealer } from '@evolock/sealed-log';
 *
 * const options = { origin: 'example.com/renewed', keyFile: 'state/renewed.key', depth: 4 };
 * appendFileSync('renewed.log', 'a line\n');
 * await (await Sealer.open('renewed.log', options)).close();
 * const { verifierKey } = await renewLog('renewed.log', { ...options, reason: 'the key may be stolen' });
 * console.log(verifierKey); // another one: keep it elsewhere
 * ```
 */
export async function renewLog(
  path: string | URL,
  options: SealerOptions & { readonly reason: string; readonly verifierKey?: string | undefined },
): Promise<RenewedLog> {
  const { reason, verifierKey, ...rest } = checkOptions(options, [
    ...sealerOptionNames,
    'reason',
    'verifierKey',
  ]);
  if (typeof reason !== 'string') throw wrongType('options.reason', 'a text', reason);
  if (reason.trim() === '') throw wrongValue('options.reason', 'a text', 'an empty one');
  const knownKey = verifierKey === undefined ? undefined : checkVerifierKey(verifierKey);
  const forSealer = rest as SealerOptions;
  const begin = checkBegin(path, forSealer);
  const { keyFile } = begin.options;
  if (keyFile === undefined)
    throw wrongValue(
      'options.memory',
      'absent: a log with its key in memory is not renewed',
      'true',
    );
  const renewed = await renew({ ...begin, keyFile, reason, knownKey }).catch((error: unknown) => {
    throw errorOf(messageOf(error));
  });
  let noteVerifierKey: string | undefined;
  try {
    const sealer = await Sealer.open(path, forSealer);
    ({ noteVerifierKey } = sealer);
    await sealer.close();
  } catch (error) {
    // A sealer that was started meanwhile makes the first seal.
    if (!(error instanceof SealerError) || error.reason !== 'locked') throw error;
  }
  return { ...renewed, noteVerifierKey };
}

function checkVerifierKey(verifierKey: unknown): LogKey {
  if (typeof verifierKey !== 'string')
    throw wrongType('options.verifierKey', 'a text', verifierKey);
  const key = readVerifierKey(verifierKey);
  if (key === undefined) throw wrongValue('options.verifierKey', 'a verifier key', verifierKey);
  return key;
}

interface Renewal extends Begin {
  readonly keyFile: string;
  readonly reason: string;
  /** The first key of the old log, as the caller knows it. */
  readonly knownKey: LogKey | undefined;
}

async function renew(renewal: Renewal): Promise<Omit<RenewedLog, 'noteVerifierKey'>> {
  const { path, keyFile, options } = renewal;
  using _lock = holdLockFile(sealsOf(path));
  // A link, or a pipe, in the place of the log is refused before the key is erased.
  beginsWith(path, new Uint8Array(0));
  const record = entryIn(recordOf(path));
  const isBegun = record !== undefined && isUnderWay(path, record);
  const entry = isBegun ? record : await newEntry(renewal, record);
  await eraseOldKey(renewal);
  putAside(renewal, entry);
  const oldKey = readVerifierKey(entry.oldVerifierKey ?? '');
  const newKey = keyMaker(options.origin, renewal.depth);
  const holder = await openKeyFile(keyFile, () => firstContent(newKey(0, oldKey?.depth)));
  const part = readPublicPart(holder.publicBytes);
  await holder.close();
  if (part === undefined) throw new SealerError('other-log', { path: keyFile });
  return {
    oldVerifierKey: entry.oldVerifierKey,
    oldFiles: namesOf(renewal, entry).flatMap(([, to]) => (existsSync(to) ? [to] : [])),
    verifierKey: writeVerifierKey(part.firstKey),
  };
}

/** The first entry of the new log. */
interface RenewalEntry {
  readonly reason: string;
  /** RFC 3339. */
  readonly time: string;
  /** The name of the old log, in the same folder. */
  readonly oldLog: string;
  readonly oldVerifierKey: string | undefined;
  /** The note of the last checkpoint. */
  readonly oldCheckpoint: string | undefined;
  /** The last line of the seals file. */
  readonly oldSeal: string | undefined;
}

const recordOf = (path: string): string => `${path}.renewal`;

function lineOf(entry: RenewalEntry): Buffer {
  return Buffer.from(`${JSON.stringify({ sealedLogRenewed: entry })}\n`);
}

/** Whether a renewal has moved files and did not come to its end. Before that, the old log may have gone on. */
function isUnderWay(path: string, entry: RenewalEntry): boolean {
  const old = join(dirname(path), entry.oldLog);
  // With seals of the old log and of the new one, it came to its end.
  if (existsSync(sealsOf(path)) && existsSync(sealsOf(old))) return false;
  return existsSync(old) || beginsWith(path, lineOf(entry));
}

function entryIn(record: string): RenewalEntry | undefined {
  try {
    const found = JSON.parse(textOfOwn(record, 1 << 20) ?? '') as {
      sealedLogRenewed: RenewalEntry;
    };
    const entry = found.sealedLogRenewed;
    const name = basename(record, '.renewal');
    const isName =
      entry.oldLog.startsWith(name) && /^\.old-[1-9]\d*$/.test(entry.oldLog.slice(name.length));
    return isName ? entry : undefined;
  } catch {
    // There is none, or its writing was killed.
    return undefined;
  }
}

/** Of a renewal that erased the key and moved nothing, the record knows what the key told. */
async function newEntry(renewal: Renewal, record?: RenewalEntry): Promise<RenewalEntry> {
  const { path, reason } = renewal;
  if (!existsSync(sealsOf(path))) throw new SealerError('not-sealed', { path: sealsOf(path) });
  let number = 1;
  const old = (): string => `${path}.old-${String(number)}`;
  while (existsSync(old()) || existsSync(sealsOf(old()))) number += 1;
  const { oldVerifierKey, oldCheckpoint, oldSeal } = await oldFacts(renewal);
  const entry = {
    ...{ reason, time: new Date().toISOString(), oldLog: basename(old()), oldSeal },
    oldVerifierKey: oldVerifierKey ?? record?.oldVerifierKey,
    oldCheckpoint: oldCheckpoint ?? record?.oldCheckpoint,
  };
  writeUnderLock(recordOf(path), lineOf(entry), { secret: false, replace: true });
  return entry;
}

/** What is known of the old log: its verifier key, and its last checkpoint. */
async function oldFacts(
  renewal: Renewal,
): Promise<Pick<RenewalEntry, 'oldVerifierKey' | 'oldCheckpoint' | 'oldSeal'>> {
  const { path, options, knownKey } = renewal;
  const { checkpointFile } = options;
  using file = new SealLines(sealsOf(path));
  const { last, size } = file.end();
  const part = await withOldKey(renewal, (found) => Promise.resolve(found));
  const isKnown = knownKey !== undefined && isOfLog(path, options.origin, knownKey);
  const firstKey = part?.firstKey ?? (isKnown ? knownKey : undefined);
  if (firstKey === undefined) return { ...NOTHING, oldSeal: last };
  const kept =
    checkpointFile === undefined
      ? undefined
      : keptCheckpoint(checkpointFile, firstKey, renewal.keyFile);
  const notes = [
    kept === 'unknown' ? undefined : kept,
    noteOf(firstKey, last, file, size),
    noteOf(firstKey, part?.line, file, size),
  ].filter((each) => each !== undefined);
  // Of notes of one number, the one that was kept.
  const [newest] = notes.sort((one, other) => other.number - one.number);
  return {
    oldVerifierKey: writeVerifierKey(firstKey),
    oldCheckpoint: newest?.note,
    oldSeal: last,
  };
}

const NOTHING = { oldVerifierKey: undefined, oldCheckpoint: undefined };

/** The note of a seal line, when a key of the log signed it. */
function noteOf(
  firstKey: LogKey,
  line: string | undefined,
  file: SealLines,
  size: number,
): { readonly number: number; readonly note: string } | undefined {
  const seal = line === undefined ? undefined : readSealLine(line);
  if (seal === undefined) return undefined;
  const chain = successionsTo(seal.number, firstKey, file, size);
  const signer = typeof chain === 'number' ? undefined : chain.keys.at(-1);
  return signer !== undefined && isSealed(native, signer, seal)
    ? { number: seal.number, note: writeNote(signer, seal) }
    : undefined;
}

/** Opens the old key file, if there is one. */
async function withOldKey<Result>(
  { path, keyFile, options }: Renewal,
  use: (part: PublicPart, destroy: () => Promise<void>) => Promise<Result>,
): Promise<Result | undefined> {
  if (!existsSync(keyFile)) return undefined;
  const holder = await openKeyFile(keyFile, undefined);
  try {
    const part = readPublicPart(holder.publicBytes);
    if (part === undefined || !isOfLog(path, options.origin, part.firstKey))
      throw new SealerError('other-log', { path: keyFile });
    return await use(part, () => holder.destroy());
  } finally {
    await holder.close();
  }
}

/** The origin is the name of a log. A log that gets another one has seals of the key. */
function isOfLog(path: string, origin: string, firstKey: LogKey): boolean {
  if (firstKey.origin === origin) return true;
  using file = new SealLines(sealsOf(path));
  const [first] = file.all();
  const seal = first === undefined ? undefined : readSealLine(first);
  return seal !== undefined && isSealed(native, firstKey, seal);
}

/** From here on no sealer goes on with the old log. */
async function eraseOldKey(renewal: Renewal): Promise<void> {
  await withOldKey(renewal, async (_, destroy) => {
    removeHint(renewal.keyFile);
    await destroy();
  });
}

/** The files beside the log, and their names from now on. The seals are the last. */
function namesOf(
  { path, options }: Renewal,
  { oldLog }: RenewalEntry,
): readonly (readonly [from: string, to: string])[] {
  const old = join(dirname(path), oldLog);
  const { checkpointFile } = options;
  const keptAs = `${checkpointFile ?? ''}${oldLog.slice(basename(path).length)}`;
  return [
    [path, old],
    [hashesOf(path), hashesOf(old)],
    ...(checkpointFile === undefined
      ? []
      : ([
          [`${checkpointFile}.chain`, `${keptAs}.chain`],
          [checkpointFile, keptAs],
        ] as const)),
    [sealsOf(path), sealsOf(old)],
  ];
}

/** Each step is left out when an earlier run took it. */
function putAside(renewal: Renewal, entry: RenewalEntry): void {
  const { path } = renewal;
  const [, ...others] = namesOf(renewal, entry);
  const isDone = !existsSync(sealsOf(path));
  if (!isDone) {
    replaceLog(path, join(dirname(path), entry.oldLog), lineOf(entry));
    for (const [from, to] of others) if (existsSync(from)) renameSync(from, to);
    for (const [from] of others) flushFolder(from);
  }
  rmSync(recordOf(path), { force: true });
}

/** The name of the log never leads nowhere: a program that opens it meanwhile has the old or the new file. */
function replaceLog(path: string, old: string, line: Buffer): void {
  if (beginsWith(path, line)) return;
  if (existsSync(path)) {
    if (!existsSync(old)) linkSync(path, old);
    // A program renamed the log meanwhile, and this is another file.
    if (statSync(path).ino !== statSync(old).ino) throw new SealerError('changed-file', { path });
  }
  try {
    writeUnderLock(path, line, { secret: false, replace: true });
  } catch (error) {
    // A program appended to the new log already.
    if (!isFileError(error, 'not-confirmed') || !beginsWith(path, line)) throw error;
  }
}

function beginsWith(path: string, line: Uint8Array): boolean {
  if (!existsSync(path)) return false;
  const { fd } = openRegular(path);
  try {
    const begin = Buffer.alloc(line.length);
    return readSync(fd, begin, 0, line.length, 0) === line.length && begin.equals(line);
  } finally {
    closeSync(fd);
  }
}
