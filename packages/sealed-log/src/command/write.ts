/** `sealed-log write`: standard input into a log, and sealed. */
import { once } from 'node:events';
import {
  closeSync,
  constants,
  createReadStream,
  existsSync,
  fstatSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable } from '@evolock/command-line/text';
import type { SealFacts } from '@evolock/sealed-log';
import { openOwn, sealsOf } from '../files/log-file.js';
import {
  deathOf,
  inWords,
  Lines,
  openSealer,
  sealInWords,
  type SealingOptions,
  SEALING,
} from './sealing.js';
import { inSystemWords } from './seals.js';
import { Stop } from './stop.js';

const NEWLINE = 0x0a;
const NEWLINE_BYTES = Uint8Array.of(NEWLINE);

interface Options extends SealingOptions {
  readonly end?: boolean;
}

export const writeCommand: Definition = {
  text: `
    Appends the lines of standard input to a log, and seals them. The end of the input, or SIGTERM, ends it: then it seals the last lines. SIGINT, which a terminal sends to the whole pipe, is left to the program before it.

    <log>   the log; it is made when it is missing

    --end   end the log with the input: no seal follows, and its key is erased

    # Seal what a program prints
    $ app | sealed-log write audit.log
    # Begin the log with it
    $ journalctl -f -o json | sealed-log write journal.log --origin example.com/web-1/journal
    # The log of one run, whose key is never on a disk
    $ make 2>&1 | sealed-log write build.log --memory --origin example.com/build-7`,
  options: SEALING,
  exitCodes: CHECKED,
  run: async (session: Session, log: string, options: Options) => {
    const { end = false, ...sealing } = options;
    using stop = new Stop(session.context.signals, ['SIGTERM']);
    using _interrupt = new Stop(session.context.signals, ['SIGINT']);
    const made = [sealsOf(log), ...(sealing.noteKey === undefined ? [] : [sealing.noteKey])];
    const isNew = !made.every((path) => existsSync(path));
    const sealer = await openSealer(session, log, sealing);
    const lines = new Lines(session);
    if (isNew) lines.ofKeys(sealer);
    lines.ofTroubles(sealer);
    const input = inputOf(session, lines);
    const seals: SealFacts[] = [];
    sealer.on('sealed', (seal) => void (seals[0] = seal));
    // A dead sealer refuses to close, which is the error of the command.
    void Promise.race([stop.asked, deathOf(sealer)]).then(() => input.destroy());
    try {
      // The seal of the start is over what was there before. Its failure is told, and the lines are kept.
      await once(sealer, 'sealed').catch(() => undefined);
      await append(log, input);
    } finally {
      await inWords(log, sealer.close({ end }));
    }
    const [last] = seals;
    if (last !== undefined) lines.say(`${printable(log)}: ${sealInWords(last)}`);
  },
};

/** A stream of standard input, which ends at once when it is destroyed. */
function inputOf(session: Session, lines: Lines): Readable {
  const fd = session.takeStdin();
  if (isatty(fd)) lines.say('waiting for standard input, a terminal: Ctrl-D on a new line ends it');
  return fd === 0 ? process.stdin : createReadStream('', { fd, autoClose: false });
}

/** Appends all of a stream. A line that is not finished, before it or at its end, gets its newline. */
async function append(log: string, input: Readable): Promise<void> {
  let fd = openLog(log);
  try {
    if (endsInLine(fd)) writeAll(log, fd, NEWLINE_BYTES);
    let isLineOpen = false;
    try {
      for await (const part of input as AsyncIterable<Buffer>) {
        const begun: number = isLineOpen ? part.indexOf(NEWLINE) + 1 : 0;
        const isMoved: boolean = (begun > 0 || !isLineOpen) && hasMoved(log, fd);
        if (isMoved) {
          // The sealer takes the old file to its end. A line that is begun ends there.
          writeAll(log, fd, part.subarray(0, begun));
          const old = fd;
          fd = openLog(log);
          closeSync(old);
        }
        const rest: Buffer = isMoved ? part.subarray(begun) : part;
        writeAll(log, fd, rest);
        isLineOpen = (rest.at(-1) ?? NEWLINE) !== NEWLINE;
      }
    } catch (error) {
      // A signal, or the end of the sealer, ended the reading.
      if (
        !input.destroyed ||
        (error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE'
      )
        throw error;
    }
    if (isLineOpen) writeAll(log, fd, NEWLINE_BYTES);
  } finally {
    closeSync(fd);
  }
}

/** Opens the log, which may be missing. It belongs to the user of the process, to root or to the owner of its folder. */
function openLog(log: string): number {
  const access = constants.O_RDWR | constants.O_APPEND;
  return openOwn(log, { access, create: true }).fd;
}

/** Whether another file has the name of the log: it was rotated. */
function hasMoved(log: string, fd: number): boolean {
  const named = statSync(log, { throwIfNoEntry: false });
  const open = fstatSync(fd);
  return named !== undefined && (named.ino !== open.ino || named.dev !== open.dev);
}

function endsInLine(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
}

function writeAll(log: string, fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;)
    done += inSystemWords(log, () => writeSync(fd, bytes, done));
}
