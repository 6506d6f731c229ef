/** `sealed-log checkpoint`: what is kept elsewhere of a seal. */
import { lstatSync } from 'node:fs';
import { type Answer, done } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, usage } from '@evolock/command-line/errors';
import { wholeNumber } from '@evolock/command-line/option-values';
import type { Session } from '@evolock/command-line/session';
import { printable } from '@evolock/command-line/text';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import { readVerifierKey } from '../../format/key.js';
import { writeNote } from '../../format/note.js';
import { verifierKeyOf } from '../verifying/log-options.js';
import { knownKey, placeOf } from './places.js';
import { findSeal } from './seals.js';
import { inWordsOf, KEY_FILE } from './sealing.js';

interface Options {
  readonly key?: string;
  readonly keyFile?: string;
  readonly out?: string;
  readonly force?: boolean;
}

export const checkpointCommand: Definition = {
  text: `
    Makes the checkpoint of a seal from the file of seals. Kept on another machine, it shows that the log still has this seal, and that its end was not cut before it. No key is needed, and a sealer may run.

    <log>       the log
    [number]    the number of the seal; the last one without it

    --key <text|file>  the verifier key, or a file with it, on a machine that did not begin the log
    --out <file>       write it there, and the successions that lead to its key to FILE.chain
    --force            replace these files

    # Show the checkpoint of the last seal
    $ sealed-log checkpoint audit.log
    # Write that of seal 1000 for another machine
    $ sealed-log checkpoint audit.log 1000 --out audit.note`,
  values: { number: wholeNumber },
  options: [KEY_FILE],
  exitCodes: CHECKED,
  reportsInspector: true,
  work: async (
    session: Session,
    log: string,
    number: number | undefined,
    { key: given, keyFile, out, force = false }: Options,
  ): Promise<Answer> => {
    const place = given === undefined ? placeOf(session, log, keyFile) : undefined;
    const first =
      place === undefined
        ? readVerifierKey(await verifierKeyOf(session, given ?? ''))
        : inWordsOf(log, () => knownKey(place, 'the verifier key with --key, or '));
    if (first === undefined) throw usage('--key: it is no verifier key');
    const { seal, key, chain } = findSeal(place ?? { log }, first, number);
    const note = writeNote(key, seal);
    const json = { number: seal.number, time: seal.time, size: seal.size, note, chain };
    if (out === undefined) {
      const words = 'its chain is not shown: write both with --out';
      return { raw: note.trimEnd().split('\n'), json, warnings: chain === '' ? [] : [words] };
    }
    // The chain comes first: a note leads nowhere without it.
    const files = { [`${out}.chain`]: chain, [out]: note };
    const exists = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    const existing = force ? undefined : Object.keys(files).find(exists);
    if (existing !== undefined)
      throw usage(
        `${printable(existing)}: it exists already: choose another name, or replace it with --force`,
      );
    for (const [path, text] of Object.entries(files))
      writeDurably(path, Buffer.from(text), { secret: false, replace: force });
    return {
      result: done(`${printable(out)} is the checkpoint of seal ${seal.number}`),
      facts: [['chain', printable(`${out}.chain`)]],
      json,
    };
  },
};
