/** What a start would refuse or tell. Looks at a log, changes nothing and takes no lock. */
import { closeSync, constants, lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { isFileError } from '@evolock/direct-serialise-io/files';
import { SealerError } from '../errors.js';
import { hashesOf, openOwn, sealsOf } from '../files/log-file.js';
import { missingRightsOfSealer } from '../files/missing-right.js';
import { readHint, type ReadFile } from '../following/hint.js';
import { stillLost } from '../following/log-tree.js';
import { SealedHashes } from '../following/sealed-hashes.js';
import { sealedTree } from '../following/sealed-tree.js';
import { SealsFile, type LinesRead } from '../following/seals-file.js';
import type { SealLine } from '../format/seal.js';
import { statedInFile, type FoundKey, type StatedKey } from '../keys/key-file.js';
import { readRecord } from '../keys/renewal-record.js';
import { native } from '../native.js';
import { isSealed } from '../verify/cryptography.js';
import { compareKept } from './checkpoint.js';
import { keyInWords, sealsElsewhere } from './log-of-key.js';
import { errorOf, messageOf, rightOf } from './messages.js';
import { decideStart, type Start } from './start.js';
import type { EngineOptions } from './world.js';

/** The options of a start that is looked at. */
interface Begun extends Pick<EngineOptions, 'origin' | 'rotated'> {
  readonly keyFile: string;
  /** It is not looked at when it is absent. */
  readonly checkpointFile?: string | undefined;
}

/**
 * What a start would throw, or tell as an error; `undefined` when it goes on, and for a log that has ended. Does not look at the
 * key itself.
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

/** What the sealer of a log has told and a person has to mend: files that were lost, and an old file that grows still. */
export function troublesOf(path: string, { keyFile, rotated }: Begun): SealerError[] {
  const { lost = [], losing = [], waiting } = readHint(keyFile) ?? {};
  const names = { path, rotated, others: [keyFile] };
  const told = [...lost, ...losing];
  // What is wrong with the file of hashes itself is told elsewhere.
  using hashes =
    told.length === 0 ? undefined : SealedHashes.open(hashesOf(path), Infinity, keyFile);
  const missing = stillLost(names, told, (index) => hashes?.find(index));
  return [
    ...missing.map((one) => lostFile(path, one)),
    ...(waiting === undefined ? [] : [new SealerError('waiting-file', { waiting })]),
  ];
}

/** The error of a file that was lost, with the numbers of its entries. */
export function lostFile(path: string, { before, size }: ReadFile): SealerError {
  return new SealerError('lost-file', {
    detail: `${path}, entries ${String(before.size)} to ${String(size - 1)}`,
  });
}

function lookAt(path: string, begun: Begun, isRunning: boolean): Start {
  const { origin, keyFile, rotated } = begun;
  // The key file comes first: a sealer replaces it before it appends.
  const found = statedInFile(keyFile);
  using file = new SealsFile(sealsOf(path), keyFile);
  const lines = file.end();
  const decision = decisionOn(origin, found, file.isThere, lines.line, renewalAt(keyFile));
  if (decision.do === 'refuse' && (!isRunning || 'from' in decision))
    if (decision.reason !== 'ended') throw refusal(decision, path, keyFile, found);
  if (decision.do !== 'go-on' || isRunning) return decision;
  const { unprotected } = decision;
  if (unprotected !== undefined) throw new SealerError('unprotected', { seals: unprotected });
  const last = lastSealOf(decision, found?.last, lines.line);
  if (found !== undefined) compareKept(begun, found.firstKey, file, lines, last);
  const source = {
    names: { path, rotated, others: [keyFile] },
    hashesFile: keepsHashes(path, keyFile) ? hashesOf(path) : undefined,
    keyFile,
    settle: 0,
    world: { now: () => 0, elapsed: () => 0, tell: () => undefined },
    readOnly: true,
  };
  sealedTree(source, last?.seal, file).close();
  const right = missingRightsOfSealer(path);
  if (right !== undefined)
    throw new SealerError('no-permission', { path: dirname(path), detail: right });
  for (const each of [sealsOf(path), hashesOf(path)]) refuseUnwritable(each, begun, path);
  return decision;
}

/** A link that leads nowhere is refused at a start, too. */
function keepsHashes(path: string, keyFile: string): boolean {
  const found = lstatSync(hashesOf(path), { throwIfNoEntry: false });
  return found !== undefined || readHint(keyFile)?.hashes !== undefined;
}

/** An attribute, or the system, can keep a file from being changed that its mode lets this process change. */
function refuseUnwritable(file: string, { keyFile }: Begun, log: string): void {
  try {
    closeSync(openOwn(file, { access: constants.O_RDWR, keyFile }).fd);
  } catch (error) {
    if (!isFileError(error, 'not-found')) throw errorOf(messageOf(error, log));
  }
}

/** What a start does with what is found. */
export function decisionOn(
  origin: string,
  keyFile: FoundKey | undefined,
  hasSeals: boolean,
  line: LinesRead['line'],
  renewal: string | undefined,
): Start {
  const verifies = (): boolean =>
    typeof line === 'object' && keyFile !== undefined && isSealed(native, keyFile.key, line.seal);
  return decideStart({ origin, renewal, keyFile, hasSeals, line, verifies });
}

/** The origin of a renewal that has not ended, of a key file. */
export function renewalAt(keyFile: string | undefined): string | undefined {
  return keyFile === undefined ? undefined : readRecord(keyFile)?.origin;
}

/** The error of a start that is refused. */
export function refusal(
  decision: Extract<Start, { readonly do: 'refuse' }>,
  path: string,
  keyFile: string | undefined,
  found: StatedKey | undefined,
): SealerError {
  const { reason } = decision;
  if (reason === 'ended') return new SealerError(reason);
  const seals = 'from' in decision ? { from: decision.from, to: decision.to } : undefined;
  if (found === undefined || keyFile === undefined || reason === 'renewing')
    return new SealerError(reason, { path: keyFile, seals });
  const elsewhere = sealsElsewhere(path, found.firstKey, keyFile);
  const detail = keyInWords(keyFile, found.firstKey, elsewhere);
  // What does not fit the key is not what was changed.
  if (elsewhere !== undefined && reason !== 'no-seals')
    return new SealerError('other-log', { path: keyFile, detail });
  return new SealerError(reason, { path: keyFile, seals, detail });
}

/** The last seal that was made: that of the key file, but for an old copy of the key. */
export function lastSealOf(
  decision: Start,
  stated: SealLine | undefined,
  found: LinesRead['line'],
): SealLine | undefined {
  const isOld = decision.do === 'go-on' && decision.unprotected !== undefined;
  const last = isOld || stated === undefined ? found : stated;
  if (last === 'damaged') throw new SealerError('wrong-line');
  return last;
}
