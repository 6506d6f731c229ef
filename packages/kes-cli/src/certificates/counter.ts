import { identityOfFile } from '@evolock/direct-serialise-io';
import { readCounter, writeCounter } from '@evolock/cardano-kes';
import { withLockFile } from '@evolock/cardano-kes/all';
import { counterFacts, counterJson } from './certificate.js';
import { CHAIN_RULE } from './number.js';
import type { Definition } from '@evolock/command-line/command';
import { usage } from '@evolock/command-line/errors';
import { done, type Answer } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import { printable } from '@evolock/command-line/text';
import { refuseDash } from '../files/read.js';
import { refuseExisting } from '../files/write.js';
import { KEY_FORMS, readVerificationKey } from '../files/key-files.js';

interface NewOptions {
  readonly coldVkey: string;
  readonly out: string;
  readonly next?: bigint;
}

export const newCommand: Definition = {
  text: `
    Makes a counter file for a cold key: for a lost file, or for a key from elsewhere. No file is replaced. The next number has to be one more than the pool's last certificate on chain, since ${CHAIN_RULE}.

    --cold-vkey <key>  the cold verification key: ${KEY_FORMS}
    --out <file>       the file for the counter
    --next <number>    the number of the next certificate (0)

    # A pool without a certificate
    $ kes counter new --cold-vkey cold.vkey --out cold.counter
    # A pool whose last certificate on chain has number 7
    $ kes counter new --cold-vkey cold.vkey --next 8 --out cold.counter`,
  needed: ['coldVkey', 'out'],
  work: async (session: Session, { coldVkey, out, next = 0n }: NewOptions) => {
    refuseDash('--out', out, 'a counter is changed in its file: give a name');
    refuseExisting(out, false, 'certificate-counter', 'change it with kes counter set');
    const key = await readVerificationKey(session, '--cold-vkey', coldVkey);
    const counter = { next, coldVerificationKey: key.verificationKey };
    writeCounter(out, counter);
    return {
      json: { counterFile: out, ...counterJson(counter) },
      result: done(`${printable(out)}: a new counter`),
      facts: counterFacts(counter),
    };
  },
};

interface SetOptions {
  readonly next: bigint;
  readonly force?: boolean;
}

export const setCommand: Definition = {
  text: `
    Sets the next number of a counter in its file, and shows the old and the new one. A lower number needs --force: a number could be used twice. So does one that is higher by more than one: a number could be left out. A number that a failed run reserved is not reserved any more. The rule of the chain: ${CHAIN_RULE}. When the run is killed at any moment, the file holds the old or the new number.

    <counter-file>
    --next <number>  the number of the next certificate
    --force          set a lower number, or one that is higher by more than one

    # The counter is at 7, and 7 is on chain
    $ kes counter set cold.counter --next 8
    # From any number: the last certificate on chain has number 7
    $ kes counter set cold.counter --next 8 --force`,
  needed: ['next'],
  work: (_session: Session, path: string, options: SetOptions) => setCounter(path, options),
};

function setCounter(path: string, { next, force = false }: SetOptions): Answer {
  refuseDash('the counter', path, 'it is changed in its file: give the file');
  // No certificate is issued between reading and writing.
  return withLockFile(path, () => {
    // Refuses a symbolic link before a number is judged.
    identityOfFile(path);
    const { next: from, coldVerificationKey } = readCounter(path);
    if (!force) refuseJump(path, from, next);
    const counter = { next, coldVerificationKey };
    // Also at the same number: a reservation beside the counter is dropped.
    writeCounter(path, counter, { replace: true, backwards: force });
    const change =
      from === next ? `is at ${next} already` : `was at ${from}, and is at ${next} now`;
    return {
      json: { counterFile: path, from: String(from), ...counterJson(counter) },
      result: done(`${printable(path)} ${change}`),
      facts: counterFacts(counter),
    };
  });
}

/** Refuses a number that could be used twice, and one after numbers that are left out. */
function refuseJump(path: string, from: bigint, next: bigint): void {
  if (next < from) {
    throw usage(
      `${printable(path)}: it is at ${from}, and ${next} is lower: ${numbersInWords(next, from - 1n)} could be used twice. If no certificate with ${next === from - 1n ? 'it' : 'one of them'} is on chain, add --force`,
    );
  }
  if (next > from + 1n) {
    throw usage(
      `${printable(path)}: it is at ${from}, and ${next} leaves out ${numbersInWords(from, next - 1n)}: a network accepts no number after a missing one. If ${next - 1n} is the last number on chain, add --force`,
    );
  }
}

function numbersInWords(first: bigint, last: bigint): string {
  return first === last ? `number ${first}` : `numbers from ${first} to ${last}`;
}
