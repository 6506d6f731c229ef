/**
 * A new log in the place of one that cannot go on, or whose key a thief may have. The old files are put aside, and the first
 * entry of the new log says why, and names the last checkpoint of the old one. The stages are those of `states.ts`.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  ArgumentError,
  checkOptions,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { eraseFile } from '@evolock/direct-serialise-io';
import { holdLockFile } from '@evolock/direct-serialise-io/files';
import { sealsOf } from '../files/log-file.js';
import { readVerifierKey, writeVerifierKey, type LogKey } from '../format/key.js';
import { LEAF_PREFIX } from '../format/tree.js';
import { sha256 } from '../native.js';
import { Engine } from '../sealer/engine.js';
import { SealerError } from '../errors.js';
import { removeHint } from '../following/hint.js';
import {
  firstContent,
  keyMaker,
  openKeyFile,
  statedInFile,
  type StatedKey,
} from '../keys/key-file.js';
import { errorOf, messageOf, type Begin } from '../sealer/messages.js';
import { checkBegin, sealerOptionNames, type SealerOptions } from '../sealer/sealer.js';
import {
  beginsWith,
  FirstFile,
  freeName,
  giveOwners,
  movesOf,
  putAside,
  refuseForeignLog,
} from './aside.js';
import {
  endIfPossible,
  oldFactsOf,
  oldKeyOf,
  refuseHealthy,
  refuseStrange,
  worldOf,
} from './old-log.js';
import {
  readRecord,
  recordOf,
  removeRecord,
  writeRecord,
  type RenewalRecord,
} from '../keys/renewal-record.js';
import { stageOf, type Stage } from './states.js';

/** A log that was renewed. */
export interface RenewedLog {
  /** The line of text by which anyone verifies the old log; `undefined` when the caller said that it is not known. */
  readonly oldVerifierKey: string | undefined;
  /** Whether the old log has ended: no thief of its key can go on with it. */
  readonly oldEnded: boolean;
  /** The old files, which were put aside: the log, its hashes, its checkpoint, its seals. Keep them. */
  readonly oldFiles: readonly string[];
  /** The line of text by which anyone verifies the new log. Keep it elsewhere. */
  readonly verifierKey: string;
  /** {@link Sealer.noteVerifierKey} of the new log. */
  readonly noteVerifierKey: string | undefined;
}

/** Options of {@link renewLog}. */
export interface RenewOptions extends SealerOptions {
  /** The name of the new log: another one than that of the old log, which witnesses know by its name. */
  readonly origin: string;
  /** Why, for readers of the new log. */
  readonly reason: string;
  /** The verifier key of the old log, for a log without a key file. It is not taken from the folder of the log. */
  readonly oldVerifierKey?: string | undefined;
  /** Whether the verifier key of the old log is not known. */
  readonly withoutOldKey?: boolean | undefined;
  /**
   * Whether a thief may have the key. Then a log that a sealer could go on with is renewed too, and ended first.
   */
  readonly stolen?: boolean | undefined;
  /**
   * Keeps the verifier key of the new log. It is called before the renewal has come to its end, and again when a call that was
   * killed, or of which this function failed, is made again.
   */
  readonly keep?: ((renewed: RenewedLog) => void | Promise<void>) | undefined;
}

/**
 * Begins a new log, with a new key and another name, in the place of a log that is not sealed any more: after a theft of its key,
 * or when a sealer refuses it. Entries count from 0 again. The first entry of the new log is a line of JSON with the reason and
 * the last checkpoint of the old log.
 *
 * The old log becomes `LOG.old-1` (or the next free number), with `LOG.old-1.seals` and `LOG.old-1.hashes` beside it, so
 * that it is verified under that name. Old checkpoint files become `FILE.old-1`. The old key file is erased, once the first
 * file of the new log is on the disk. A program that has the old log open goes on writing to it, and nothing seals what it
 * writes: let it open the log again, as after a rotation. The new log has the owner of the old one, so root renews a log
 * that another user owns.
 *
 * When it is killed, it goes on when it is called again with the same options: a record beside the key file knows how far it
 * came. No sealer starts meanwhile.
 *
 * @param path - The log.
 * @param options - Those of {@link Sealer.open}, for the new log, and those of {@link RenewOptions}. `keyFile` is the key file
 * of the old log too, if there is one. One that is damaged, or whose seals the log does not have, stays as it is: name another
 * place. `rotated` names old files of the old log. `depth` of the first key is that of the first key of the old log when
 * absent, or 14 when that is not known.
 * @throws {@link SealerError} `ERR_EVOLOCK_SEALER`: `could-go-on` without `stolen`; `unknown-key`; `not-sealed` when there are
 * neither seals nor a key; `unproved-key` when the log has no seal of the key file; `damaged-key`; `foreign-log`;
 * `changed-file`; `locked` while a sealer runs; `system`.
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
 * const reason = 'web-1 was broken into';
 * const origin = 'example.com/renewed/2';
 * const { verifierKey } = await renewLog('renewed.log', { ...options, origin, reason, stolen: true });
 * console.log(verifierKey); // another one: keep it elsewhere
 * ```
 */
export async function renewLog(path: string | URL, options: RenewOptions): Promise<RenewedLog> {
  const renewal = checkRenewal(path, options);
  try {
    return await renew(renewal);
  } catch (error) {
    const isOurs = error instanceof SealerError || error instanceof ArgumentError;
    throw isOurs ? error : errorOf(messageOf(error, renewal.path));
  }
}

/** A renewal, with options that were checked. */
export interface Renewal extends Begin {
  readonly keyFile: string;
  readonly reason: string;
  /** The first key of the old log, as the caller knows it. */
  readonly known: LogKey | undefined;
  /** Whether the caller said that it is not known. */
  readonly isUnknown: boolean;
  readonly isStolen: boolean;
  readonly keep: RenewOptions['keep'];
}

/** The names of {@link RenewOptions}, beside those of a sealer. */
const RENEW_OPTION_NAMES = ['reason', 'oldVerifierKey', 'withoutOldKey', 'stolen', 'keep'] as const;

function checkRenewal(path: string | URL, options: RenewOptions): Renewal {
  const checked = checkOptions(options, [...sealerOptionNames, ...RENEW_OPTION_NAMES]);
  const {
    reason,
    oldVerifierKey,
    withoutOldKey = false,
    stolen = false,
    keep,
    ...ofSealer
  } = checked;
  if (typeof reason !== 'string') throw wrongType('options.reason', 'a text', reason);
  if (reason.trim() === '') throw wrongValue('options.reason', 'a text', 'an empty one');
  for (const [name, value] of Object.entries({ withoutOldKey, stolen }))
    if (typeof value !== 'boolean') throw wrongType(`options.${name}`, 'a boolean', value);
  if (keep !== undefined && typeof keep !== 'function')
    throw wrongType('options.keep', 'a function', keep);
  if (withoutOldKey && oldVerifierKey !== undefined)
    throw wrongValue('options.withoutOldKey', 'absent with options.oldVerifierKey', 'true');
  const known = oldVerifierKey === undefined ? undefined : checkVerifierKey(oldVerifierKey);
  const begin = checkBegin(path, ofSealer);
  const { keyFile } = begin.options;
  if (keyFile === undefined)
    throw wrongValue('options.memory', 'absent: a new log has a key file', 'true');
  return { ...begin, keyFile, reason, known, isUnknown: withoutOldKey, isStolen: stolen, keep };
}

function checkVerifierKey(verifierKey: unknown): LogKey {
  if (typeof verifierKey !== 'string')
    throw wrongType('options.oldVerifierKey', 'a text', verifierKey);
  const key = readVerifierKey(verifierKey);
  if (key === undefined) throw wrongValue('options.oldVerifierKey', 'a verifier key', verifierKey);
  return key;
}

/** Where a renewal is. */
interface State {
  readonly record: RenewalRecord | undefined;
  readonly stated: StatedKey | undefined;
  readonly stage: Stage;
}

/** Takes the stages, from the one that is found on. */
async function renew(renewal: Renewal): Promise<RenewedLog> {
  using _lock = holdLockFile(recordOf(renewal.keyFile));
  let state = foundState(renewal);
  if (state.stage === 'record') {
    const record = recordFor(renewal, state.stated);
    writeRecord(renewal.keyFile, record);
    state = { ...state, record, stage: 'file' };
  }
  if (state.stage === 'file') {
    await replaceLog(renewal, state);
    state = foundState(renewal);
  }
  const { record, stage } = state;
  // Another program changed the new file at once.
  if (record === undefined || stage === 'file')
    throw new SealerError('changed-file', { path: renewal.path });
  const moves = movesOf(renewal, record.oldLog);
  if (stage === 'aside') await beginKey(renewal, record);
  const noteVerifierKey = await makeFirstSeal(renewal, record.entry ?? '', stage === 'finish');
  giveOwners(renewal, moves);
  const stated = statedInFile(renewal.keyFile);
  if (stated === undefined) throw new SealerError('no-key', { path: renewal.keyFile });
  const old = join(dirname(renewal.path), record.oldLog);
  const renewed = {
    oldVerifierKey: record.oldVerifierKey,
    oldEnded: record.oldEnded,
    oldFiles: [old, ...moves.map(([, to]) => to)].filter((file) => existsSync(file)),
    verifierKey: writeVerifierKey(stated.firstKey),
    noteVerifierKey,
  };
  await renewal.keep?.(renewed);
  removeRecord(renewal.keyFile);
  return renewed;
}

function foundState({ path, keyFile, options }: Renewal): State {
  const stated = statedInFile(keyFile);
  const record = readRecord(keyFile);
  if (record !== undefined && record.log !== path)
    throw new SealerError('other-log', { path: recordOf(keyFile) });
  const isNew = stated !== undefined && stated.key.origin === record?.origin;
  const isOfEarlier = isNew && stated.last !== undefined && record?.origin !== options.origin;
  // A renewal that came to its end, and whose record was left.
  if (isOfEarlier) return { record: undefined, stated, stage: 'record' };
  const keyOfNew = stated?.last === undefined ? 'new' : 'new-sealed';
  const keyInFile = isNew ? keyOfNew : 'old';
  const stage = stageOf({
    hasRecord: record !== undefined,
    key: stated === undefined ? 'none' : keyInFile,
    hasEntry: beginsWith(path, record?.entry),
  });
  if (stage !== 'record' && record !== undefined && record.origin !== options.origin)
    throw wrongValue('options.origin', `${record.origin}, of this renewal`, options.origin);
  return { record, stated, stage };
}

/** Refuses what is not to be renewed. Nothing was changed by then. */
function recordFor(renewal: Renewal, stated: StatedKey | undefined): RenewalRecord {
  const { path, options, reason, isStolen } = renewal;
  const { origin, noteKeyFile } = options;
  refuseForeignLog(path);
  // A sealer runs.
  holdLockFile(sealsOf(path)).release();
  // A link, or a pipe, in the place of the log.
  beginsWith(path, '');
  refuseStrange(renewal);
  if (stated !== undefined && !isStolen) refuseHealthy(renewal, stated);
  const oldKey = oldKeyOf(renewal, stated);
  if (oldKey?.origin === origin)
    throw wrongValue(
      'options.origin',
      'another name than that of the log (when an earlier run renewed it, status shows its verifier key)',
      origin,
    );
  if (isStolen && noteKeyFile !== undefined && existsSync(noteKeyFile))
    throw wrongValue('options.noteKeyFile', 'a new file, since a thief may have it', noteKeyFile);
  return {
    version: 1,
    log: path,
    origin,
    oldLog: freeName(renewal),
    reason,
    time: new Date().toISOString(),
    oldVerifierKey: oldKey === undefined ? undefined : writeVerifierKey(oldKey),
    oldEnded: false,
    entry: undefined,
  };
}

/** Makes the first file ready, erases the old key, and gives the file the name of the log. */
async function replaceLog(renewal: Renewal, { record, stated }: State): Promise<void> {
  const { path, keyFile, isStolen } = renewal;
  if (record === undefined) return;
  using file = new FirstFile(path, record.reason);
  const isOld = stated !== undefined && stated.key.origin !== record.origin;
  if (isOld && isStolen) await endIfPossible(renewal, stated);
  using _lock = holdLockFile(sealsOf(path));
  const complete = record.entry === undefined ? withEntry(renewal, record) : record;
  writeRecord(keyFile, complete);
  if (isOld && existsSync(keyFile)) {
    removeHint(keyFile);
    eraseFile(keyFile);
  }
  file.publish(complete.entry ?? '', complete.oldLog);
}

function withEntry(renewal: Renewal, record: RenewalRecord): RenewalRecord {
  const { reason, time, oldLog, oldVerifierKey } = record;
  const { oldEnded, ...facts } = oldFactsOf(renewal, oldVerifierKey);
  const said = { reason, time, oldLog, oldVerifierKey, ...facts };
  return { ...record, oldEnded, entry: JSON.stringify({ sealedLogRenewed: said }) };
}

/** Gives the other old files their names, and makes the new key. */
async function beginKey(renewal: Renewal, record: RenewalRecord): Promise<void> {
  const { path, keyFile, options, depth } = renewal;
  using _lock = holdLockFile(sealsOf(path));
  putAside(movesOf(renewal, record.oldLog));
  const { depth: oldDepth } = readVerifierKey(record.oldVerifierKey ?? '') ?? {};
  const newKey = keyMaker(options.origin, depth);
  await (await openKeyFile(keyFile, () => firstContent(newKey(0, oldDepth)))).close();
}

/** Seals the first entry, and what programs appended meanwhile. Returns the verifier key of notes. */
async function makeFirstSeal(
  renewal: Renewal,
  entry: string,
  isMade: boolean,
): Promise<string | undefined> {
  const { path, options, depth } = renewal;
  const firstLeaf = sha256(Buffer.concat([LEAF_PREFIX, Buffer.from(entry)]));
  const engine = await Engine.open(
    path,
    { ...options, rotated: undefined, firstLeaf },
    worldOf(options.origin, depth),
  );
  try {
    if (!isMade) await engine.seal();
    return engine.noteVerifierKey;
  } finally {
    await engine.close(false);
  }
}
