/** What is known of the log that is renewed. Nothing in its folder is believed that no key of the log signed. */
import { closeSync, existsSync } from 'node:fs';
import { uptime } from 'node:os';
import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import { sameBytes, wrongValue } from '@evolock/direct-serialise/arguments';
import { hashesOf, openOwnIfThere, sealsOf } from '../files/log-file.js';
import { readVerifierKey, type LogKey } from '../format/key.js';
import { writeNote } from '../format/note.js';
import { END, readSealLine } from '../format/seal.js';
import { native } from '../native.js';
import { keptCheckpoint } from '../sealer/checkpoint.js';
import { Engine } from '../sealer/engine.js';
import { SealerError } from '../errors.js';
import { keyMaker, statedInFile, type StatedKey } from '../keys/key-file.js';
import { NO_LINES, SealsFile, type LinesRead } from '../following/seals-file.js';
import { hasSealOf, keyInWords, sealsElsewhere } from '../sealer/log-of-key.js';
import { wouldGoOn } from '../sealer/refusal.js';
import { successionsTo } from '../following/successions.js';
import type { World } from '../sealer/world.js';
import { isSealed } from '../verify/cryptography.js';
import type { Renewal } from './renew.js';

/** The options of a sealer of the old log. */
function optionsOf({ path, keyFile, options }: Renewal, origin: string) {
  const { rotated = `${basename(path)}*`, checkpointFile } = options;
  return { origin, keyFile, rotated, checkpointFile, hashes: existsSync(hashesOf(path)) };
}

/**
 * The first key of the old log, as its key file or the caller tells it; `undefined` when the caller says that it is unknown.
 *
 * @throws {@link SealerError} `not-sealed`, `unknown-key`, `unproved-key`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_VALUE`.
 */
export function oldKeyOf(renewal: Renewal, stated: StatedKey | undefined): LogKey | undefined {
  const { path, keyFile, known, isUnknown } = renewal;
  const seals = sealsOf(path);
  if (stated === undefined) {
    const isHere = existsSync(seals) || (known !== undefined && existsSync(path));
    if (!isHere) throw new SealerError('not-sealed', { path: seals });
    if (known === undefined && !isUnknown) throw new SealerError('unknown-key');
    return known;
  }
  const { firstKey } = stated;
  // The key of a log that goes on elsewhere is not erased.
  if (!hasSealOf(seals, firstKey, keyFile)) {
    const detail = keyInWords(keyFile, firstKey, sealsElsewhere(path, firstKey, keyFile));
    throw new SealerError('unproved-key', { path: keyFile, detail });
  }
  if (known !== undefined && !isSameKey(known, firstKey))
    throw wrongValue('options.oldVerifierKey', 'that of the log of the key file', 'another one');
  return firstKey;
}

function isSameKey(one: LogKey, other: LogKey): boolean {
  return one.origin === other.origin && sameBytes(one.material, other.material);
}

/** Refuses a log that a sealer could go on with. */
export function refuseHealthy(renewal: Renewal, { key }: StatedKey): void {
  if (wouldGoOn(renewal.path, optionsOf(renewal, key.origin)))
    throw new SealerError('could-go-on', { path: renewal.path });
}

/** Clocks and keys of a sealer that runs for a moment. */
export function worldOf(origin: string, depth: number | undefined): World {
  return {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    uptime: () => uptime() * 1000,
    newKey: keyMaker(origin, depth),
    first: 0,
    tell: () => undefined,
  };
}

/** Ends the old log, when a sealer can go on with it. Without an end, a thief could. */
export async function endIfPossible(renewal: Renewal, { key }: StatedKey): Promise<void> {
  const { path, options, depth } = renewal;
  const old = { ...options, ...optionsOf(renewal, key.origin), noteKeyFile: undefined };
  try {
    const engine = await Engine.open(path, old, worldOf(key.origin, depth));
    await engine.close(true);
  } catch (error) {
    // What the system refuses is tried again by the next call.
    if (!(error instanceof SealerError)) throw error;
  }
}

/** What the first entry says of the old log. */
export interface OldFacts {
  /** The note of the last checkpoint, which a key of the log signed. */
  readonly oldCheckpoint: string | undefined;
  /** The last line of the seals file, when a key of the log signed it. */
  readonly oldSeal: string | undefined;
  readonly oldEnded: boolean;
}

/** Finds the last checkpoint of the old log: the one that was kept, or that of the last seal. */
export function oldFactsOf(renewal: Renewal, oldVerifierKey: string | undefined): OldFacts {
  const firstKey = readVerifierKey(oldVerifierKey ?? '');
  if (firstKey === undefined)
    return { oldCheckpoint: undefined, oldSeal: undefined, oldEnded: false };
  const { path, keyFile, options } = renewal;
  const { checkpointFile } = options;
  using file = new SealsFile(sealsOf(path), keyFile);
  const { last, size } = endOf(file);
  const kept =
    checkpointFile === undefined ? undefined : keptCheckpoint(checkpointFile, firstKey, keyFile);
  const ofSeals = noteOf(firstKey, last, file, size);
  const ofKey = noteOf(firstKey, statedInFile(keyFile)?.last?.line, file, size);
  const notes = [kept === 'unknown' ? undefined : kept, ofSeals, ofKey].filter(
    (each) => each !== undefined,
  );
  // Of notes of one number, the one that was kept.
  const [newest] = notes.sort((one, other) => other.number - one.number);
  return {
    oldCheckpoint: newest?.note,
    oldSeal: ofSeals === undefined ? undefined : last,
    oldEnded: ((ofSeals?.flags ?? 0) & END) !== 0,
  };
}

/** The end of a seals file. A file that is none has no lines. */
function endOf(file: SealsFile): LinesRead {
  try {
    return file.end();
  } catch (error) {
    if (error instanceof SealerError) return NO_LINES;
    throw error;
  }
}

/** The note of a seal line, when a key of the log signed it. */
function noteOf(
  firstKey: LogKey,
  line: string | undefined,
  file: SealsFile,
  size: number,
): { readonly number: number; readonly flags: number; readonly note: string } | undefined {
  const seal = line === undefined ? undefined : readSealLine(line);
  if (seal === undefined) return undefined;
  const chain = successionsTo(seal.number, firstKey, file, size);
  const signer = typeof chain === 'number' ? undefined : chain.keys.at(-1);
  if (signer === undefined || !isSealed(native, signer, seal)) return undefined;
  return { number: seal.number, flags: seal.flags, note: writeNote(signer, seal) };
}

/** Refuses files beside the log that are not those of its sealer, before anything is changed. */
export function refuseStrange({ path, keyFile, options }: Renewal): void {
  const { checkpointFile } = options;
  const checkpoints =
    checkpointFile === undefined ? [] : [checkpointFile, `${checkpointFile}.chain`];
  for (const file of [sealsOf(path), hashesOf(path), ...checkpoints])
    closeIfOpen(openOwnIfThere(file, keyFile));
}

function closeIfOpen(opened: { readonly fd: number } | undefined): void {
  if (opened !== undefined) closeSync(opened.fd);
}
