/** `sealed-log write`: standard input into a log, and sealed. */
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
import { finished, type Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { isatty } from 'node:tty';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, CommandError, ExitCode, type Failure } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { systemError } from '@evolock/command-line/system-error';
import { counted, printable } from '@evolock/command-line/text';
import type { Sealer, SealFacts } from '@evolock/sealed-log';
import { openOwn, sealsOf } from '../../files/log-file.js';
import {
  closeSealer,
  deathOf,
  errorInWords,
  Lines,
  startSealer,
  sealInWords,
  type RunOptions,
  SEALING,
} from './sealing.js';
import { Stop } from './stop.js';

const NEWLINE = 0x0a;
const NEWLINE_BYTES = Uint8Array.of(NEWLINE);

interface Options extends RunOptions {
  readonly end?: boolean;
}

export const writeCommand: Definition = {
  text: `
    Appends the lines of standard input to a log, and seals them. The end of the input, or SIGTERM, ends it: then it takes what is in the pipe, and seals the last lines. SIGINT, which a terminal sends to the whole pipe, is left to the program before it. A second SIGTERM ends it at once. No line is lost: what cannot be sealed is appended all the same, and the exit code says so. On a full disk it reads no more until there is space.

    <log>   the log; it is made when it is missing

    --end   end the log with the input: no seal follows, and its key is erased

    # Seal what a program prints
    $ app | sealed-log write audit.log
    # Begin the log with it
    $ journalctl -f -o json | sealed-log write journal.log --origin "$(hostname)/journal"
    # The log of one run, whose key is never on a disk
    $ make 2>&1 | sealed-log write build.log --memory --origin "$(hostname)/build"`,
  options: SEALING,
  exitCodes: CHECKED,
  run: async (session: Session, log: string, options: Options) => {
    const { end = false, quiet = false, ...sealing } = options;
    using stop = new Stop(session.context.signals, ['SIGTERM']);
    using _interrupt = new Stop(session.context.signals, ['SIGINT']);
    const made = [sealsOf(log), ...(sealing.noteKey === undefined ? [] : [sealing.noteKey])];
    const isNew = !made.every((path) => existsSync(path));
    const lines = new Lines(session, quiet);
    const seals: SealFacts[] = [];
    const listen = (sealer: Sealer): void => {
      if (isNew) lines.ofKeys(sealer);
      lines.ofTroubles(sealer);
      void deathOf(sealer).then(() => lines.warn(unsealedInWords(log)));
      sealer.on('sealed', (seal) => void (seals[0] = seal));
    };
    const sealer = await sealerOrRefusal(
      session,
      log,
      startSealer(session, log, sealing, stop, listen),
    );
    if (sealer instanceof CommandError) {
      lines.error(sealer.message);
      const warn = () => lines.warn(unsealedInWords(log));
      const count = await append(session, log, lines, stop, warn);
      throw new CommandError(
        failureOf(sealer),
        `${quiet ? `${sealer.message};` : `${printable(log)}:`} ${counted(count, 'line')} appended, and not sealed`,
      );
    }
    const results = [
      ...(await Promise.allSettled([append(session, log, lines, stop)])),
      ...(await Promise.allSettled([closeSealer(log, sealer, stop, { end })])),
    ];
    const [last] = seals;
    if (last !== undefined) lines.say(`${printable(log)}: ${sealInWords(last)}`);
    const failures = results.flatMap((each) =>
      each.status === 'rejected' ? [each.reason as Error] : [],
    );
    for (const { message } of failures.splice(1)) new Lines(session).error(message);
    if (failures[0] !== undefined) throw failures[0];
  },
};

/**
 * The sealer of a log, or why there is none. A refusal loses no line of the program that writes into the pipe. A person at a
 * terminal, and a command line that cannot have worked before, are refused at once.
 */
async function sealerOrRefusal(
  session: Session,
  log: string,
  start: Promise<Sealer>,
): Promise<Sealer | CommandError> {
  try {
    return await start;
  } catch (error) {
    const isPerson = isatty(session.context.stdin);
    if (!(error instanceof CommandError) || isPerson) throw error;
    if (error.exitCode === ExitCode.usage && !existsSync(sealsOf(log))) throw error;
    return error;
  }
}

function unsealedInWords(log: string): string {
  return `lines are appended to ${log}, and not sealed`;
}

function failureOf({ exitCode }: CommandError): Failure {
  const failures = ['invalid', 'usage', 'environment'] as const;
  return failures.find((failure) => ExitCode[failure] === exitCode) ?? 'environment';
}

/** Appends standard input to a log. Returns the number of lines. `opened` is called when the log is open. */
async function append(
  session: Session,
  log: string,
  lines: Lines,
  stop: Stop,
  opened: () => void = () => undefined,
): Promise<number> {
  const input = inputOf(session, lines);
  using file = new AppendedLog(log, lines, stop.askedAgain);
  opened();
  void stop.asked.then(() => {
    if (file.isFull) lines.warn(`${log}: the disk is full: a second signal loses what was read`);
  });
  // Another program left a line open.
  await file.end();
  for await (const part of partsOf(input, stop.asked)) await file.append(part);
  await file.end();
  return file.lines;
}

function inputOf(session: Session, lines: Lines): Readable {
  const fd = session.takeStdin();
  if (isatty(fd)) lines.say('waiting for standard input, a terminal: Ctrl-D on a new line ends it');
  return fd === 0 ? process.stdin : createReadStream('', { fd, autoClose: false });
}

/** The most bytes that a pipe holds, unless root made it larger. */
const PIPE_BYTES = 1 << 20;

/** Turns of the event loop after which an input without new bytes has none. */
const QUIET_TURNS = 3;

/** The parts of a stream to its end. When it is stopped, those that are in the pipe. */
async function* partsOf(input: Readable, stopped: Promise<void>): AsyncGenerator<Buffer, void> {
  let wake = (): void => undefined;
  const seen = { isStopped: false, hasEnded: false, failure: undefined as Error | undefined };
  finished(input, { writable: false }, (error) => {
    seen.hasEnded = true;
    seen.failure = error ?? undefined;
    wake();
  });
  void stopped.then(() => {
    seen.isStopped = true;
    wake();
  });
  input.on('readable', () => wake());
  try {
    let left = PIPE_BYTES;
    let quiet = 0;
    while (left > 0 && quiet < QUIET_TURNS) {
      const part = input.read() as Buffer | null;
      if (part !== null) {
        if (seen.isStopped) left -= part.length;
        quiet = 0;
        yield part;
      } else if (seen.hasEnded) break;
      else if (seen.isStopped) {
        quiet += 1;
        await setImmediate();
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
    if (seen.failure !== undefined) throw seen.failure;
  } finally {
    // The descriptor of an input that has ended is the caller's.
    if (!seen.hasEnded) input.destroy();
  }
}

/** Milliseconds between two attempts on a full disk. */
const PAUSE = 1000;

const FULL = ['ENOSPC', 'EDQUOT'];

/** A log to which lines are appended. A line that is not finished, before them or at their end, gets its newline. */
class AppendedLog implements Disposable {
  readonly #log: string;
  readonly #tell: Lines;
  readonly #givenUp: Promise<void>;
  #fd: number;
  #isLineOpen: boolean;
  /** Why the file that has the name of the log now cannot be opened. */
  #refusal: string | undefined;
  /** Lines that were appended. */
  lines = 0;
  /** Whether it waits for space on the disk. */
  isFull = false;

  constructor(log: string, tell: Lines, givenUp: Promise<void>) {
    this.#log = log;
    this.#tell = tell;
    this.#givenUp = givenUp;
    this.#fd = openLog(log);
    this.#isLineOpen = endsInLine(this.#fd);
  }

  /** Appends bytes: to the file that has the name of the log, from the next line on. */
  async append(part: Uint8Array): Promise<void> {
    const begun = this.#isLineOpen ? part.indexOf(NEWLINE) + 1 : 0;
    if (this.#isLineOpen && begun === 0) {
      await this.#write(part);
      return;
    }
    // A line that is begun ends in the file that it is in. The sealer takes that file to its end.
    await this.#write(part.subarray(0, begun));
    if (hasMoved(this.#log, this.#fd)) this.#move();
    await this.#write(part.subarray(begun));
  }

  /** Ends the last line. */
  async end(): Promise<void> {
    if (this.#isLineOpen) await this.#write(NEWLINE_BYTES);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  /** Goes on in the file that has the name of the log. When it cannot be opened, lines are appended to the old one. */
  #move(): void {
    try {
      const fd = openLog(this.#log);
      closeSync(this.#fd);
      this.#fd = fd;
      this.#refusal = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#refusal)
        this.#tell.error(`${message}; lines are appended to the file that had this name`);
      this.#refusal = message;
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const written = this.#writeSome(bytes.subarray(done));
      done += written;
      if (written > 0 && this.isFull)
        this.#tell.warn(`${this.#log}: there is space again: it goes on`);
      if (written === 0 && !this.isFull)
        this.#tell.warn(`${this.#log}: the disk is full: nothing is read until there is space`);
      this.isFull = written === 0;
      if (this.isFull) await this.#pause(bytes.length - done);
    }
    if (bytes.length === 0) return;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1))
      this.lines += 1;
    this.#isLineOpen = bytes.at(-1) !== NEWLINE;
  }

  /** Writes bytes. Returns how many, 0 on a full disk. */
  #writeSome(bytes: Uint8Array): number {
    try {
      return writeSync(this.#fd, bytes);
    } catch (error) {
      if (FULL.includes((error as NodeJS.ErrnoException).code ?? '')) return 0;
      throw systemError(this.#log, error);
    }
  }

  /** Waits a moment. A second signal ends it, and what was read is lost. */
  async #pause(left: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const again = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, PAUSE, false);
    });
    const isGivenUp = await Promise.race([again, this.#givenUp.then(() => true)]);
    clearTimeout(timer);
    if (!isGivenUp) return;
    const words = `the disk is full, and ${counted(left, 'byte')} of the input are not in it`;
    throw new CommandError('environment', `${printable(this.#log)}: ${words}`);
  }
}

/** Opens the log, which may be missing. It belongs to the user of the process, to root or to the owner of its folder. */
function openLog(log: string): number {
  const access = constants.O_RDWR | constants.O_APPEND;
  try {
    return openOwn(log, { access, create: true }).fd;
  } catch (error) {
    throw errorInWords(log, error);
  }
}

/** Whether another file has the name of the log, which was rotated, or the file has no name any more. */
function hasMoved(log: string, fd: number): boolean {
  const named = statSync(log, { throwIfNoEntry: false });
  const open = fstatSync(fd);
  if (named === undefined) return open.nlink === 0;
  return named.ino !== open.ino || named.dev !== open.dev;
}

function endsInLine(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
}
