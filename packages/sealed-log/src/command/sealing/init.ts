/** `sealed-log init`: a new log, and what its owner keeps elsewhere. */
import { closeSync, existsSync, lstatSync, openSync, rmSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Answer, done, type Fact } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { systemError } from '@evolock/command-line/system-error';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import { printable, shellWord, sourceName } from '@evolock/command-line/text';
import type { Sealer } from '@evolock/sealed-log';
import { sealsOf } from '../../files/log-file.js';
import { oldNames } from '../../files/old-files.js';
import { fewNames } from '../../words/phrases.js';
import { refuseBeside, ROTATED, type LogPaths } from '../verifying/given-files.js';
import { placeOf } from './places.js';
import {
  inWords,
  Lines,
  openSealer,
  type SealingOptions,
  typedOptions,
  NEW_KEY,
} from './sealing.js';

interface Options extends SealingOptions {
  readonly origin: string;
  readonly outKey?: string;
  readonly json?: boolean;
}

export const initCommand: Definition = {
  text: `
    Begins a sealed log: makes its key, and the seal number 0 over what the log contains. The log may be missing: a program makes it later.

    <log>            the log, a plain file of lines

    --origin <name>   the name of the log, without spaces and +, for example example.com/web-1/audit
    --out-key <file>  write the verifier key there too, to a new file

    # Begin a log with a name of this machine
    $ sealed-log init audit.log --origin "$(hostname)/audit"
    # With a key that makes 1,024 seals, and files for the verifier key and for checkpoints
    $ sealed-log init audit.log --origin "$(hostname)/audit" --out-key /srv/out/audit.vkey --depth 10 --checkpoint-file /srv/out/audit.note`,
  needed: ['origin'],
  options: [ROTATED, ...NEW_KEY],
  exitCodes: CHECKED,
  work: async (session: Session, log: string, options: Options): Promise<Answer> => {
    const { json: _, outKey, ...used } = options;
    const { keyFile } = placeOf(session, log, options.keyFile);
    const seals = sealsOf(log);
    const found = [seals, keyFile].find((path) => existsSync(path));
    if (found !== undefined)
      throw usage(
        `${printable(found)}: it exists, so ${found === seals ? 'the' : 'a'} log was begun before: ${line('status', log, { '--key-file': options.keyFile })}`,
      );
    if (outKey !== undefined) reserve(outKey, { logs: [log], seals });
    const sealer = await begun(session, log, used, outKey);
    const { verifierKey, noteVerifierKey } = sealer;
    // A sealer that writes no checkpoints needs no key of notes, and would keep cosign from it.
    const { noteKey: __, ...withoutNotes } = used;
    const followed = used.checkpointFile === undefined ? withoutNotes : used;
    return {
      warnings: outKey === undefined ? [] : faultsOf(outKey, verifierKey),
      result: done(`${printable(log)} is a sealed log`),
      facts: [
        ['verifier key', verifierKey],
        ...(outKey === undefined ? [] : [['its file', printable(outKey)] as const]),
        ...(noteVerifierKey === undefined ? [] : [['note key', noteVerifierKey] as const]),
        ['key file', printable(keyFile)],
        ['seals', printable(seals)],
        ...olderFacts(log, used.rotated),
      ],
      after: [
        'Keep the verifier key on another machine: anyone verifies the log with it. Keep the key file out of backups and images: with an old copy of it, the seals after it can be forged.',
        '',
        'Seal what programs append, until a signal:',
        `  sealed-log follow ${shellWord(resolve(log))} ${typedOptions({ ...followed, keyFile })}`,
        'Verify, on another machine, with copies of the log and of its seals:',
        `  ${line('verify', log, { '--rotated': used.rotated, '--key': verifierKey })}`,
      ],
      json: {
        verifierKey,
        verifierKeyFile: outKey ?? null,
        noteVerifierKey: noteVerifierKey ?? null,
        log,
        keyFile,
        seals,
      },
    };
  },
};

function olderFacts(log: string, rotated: string | undefined): Fact[] {
  const older = rotated === undefined ? [] : oldNames(resolve(log), rotated, []);
  if (older.length === 0) return [];
  const names = fewNames(older.map((path) => sourceName(basename(path))));
  return [['not sealed', `${names}: what was rotated before is no part of the log`, 'unknown']];
}

/** A line that can be pasted. */
function line(
  command: string,
  log: string,
  options: Readonly<Record<string, string | undefined>>,
): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return ['sealed-log', command, log, ...given.flat()]
    .map((word) => shellWord(word ?? ''))
    .join(' ');
}

/** Makes the file for the verifier key, empty, before the log is begun: nothing is written over, and no link is followed. */
function reserve(path: string, log: Pick<LogPaths, 'logs' | 'seals'>): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    throw usage(`--out-key ${printable(path)}: it exists already: choose another name`);
  if (!existsSync(dirname(path)))
    throw usage(`--out-key ${printable(path)}: its folder does not exist`);
  refuseBeside('--out-key', path, log);
  try {
    closeSync(openSync(path, 'wx', 0o644));
  } catch (error) {
    throw systemError(path, error);
  }
}

/** Begins the log. The file for its key goes when that fails. */
async function begun(
  session: Session,
  log: string,
  options: SealingOptions,
  outKey: string | undefined,
): Promise<Sealer> {
  try {
    const sealer = await openSealer(session, log, options);
    new Lines(session).ofTroubles(sealer);
    await inWords(log, sealer.close());
    return sealer;
  } catch (error) {
    if (outKey !== undefined) rmSync(outKey, { force: true });
    throw error;
  }
}

/** Writes the verifier key. The log is begun, and the key is shown, so a fault is a warning. */
function faultsOf(path: string, verifierKey: string): string[] {
  try {
    writeDurably(path, Buffer.from(`${verifierKey}\n`), { secret: false, replace: true });
    return [];
  } catch (error) {
    return [`--out-key: keep the verifier key yourself, it is not written: ${String(error)}`];
  }
}
