/** A sealer of a command: its options, its errors, and its events as lines. */
import { resolve } from 'node:path';
import type { Terms } from '@evolock/command-line/command';
import { CommandError, type Failure, usage } from '@evolock/command-line/errors';
import { positiveNumber, wholeNumber } from '@evolock/command-line/option-values';
import type { Session } from '@evolock/command-line/session';
import { counted, printable, shellWord, styleFor } from '@evolock/command-line/text';
import {
  ArgumentError,
  Sealer,
  type SealerError,
  type SealerErrorReason,
  type SealFacts,
} from '@evolock/sealed-log';
import { END } from '../../format/seal.js';
import { ROTATED } from '../verifying/given-files.js';
import { rightOf } from '../../sealer/messages.js';
import { knownKey, type LogPlace, placeOf, rememberKeys } from './places.js';
import { duration, entriesInWords } from '../../words/phrases.js';
import type { Stop } from './stop.js';

/** Options of the commands that seal. */
export interface SealingOptions {
  readonly origin?: string;
  readonly keyFile?: string;
  readonly interval?: number;
  readonly heartbeat?: number;
  readonly depth?: number;
  readonly memory?: boolean;
  readonly checkpointFile?: string;
  readonly checkpointEvery?: number;
  readonly noteKey?: string;
  readonly rotated?: string;
  readonly settle?: number;
}

/** Options of the commands that seal as long as they run. */
export interface RunOptions extends SealingOptions {
  readonly quiet?: boolean;
}

export const KEY_FILE: Terms = {
  text: `
    --key-file <file>  the key, in another folder than the log, instead of the state folder`,
};

/** The options of a log that is begun. */
export const NEW_KEY: readonly Terms[] = [
  KEY_FILE,
  {
    text: `
      --depth <levels>            of new keys, each of which makes 2^levels seals: that of the key before, or 14
      --checkpoint-file <file>    write checkpoints there, and the chain of each to FILE.chain
      --checkpoint-every <seals>  write one at each of so many seals, 1 when absent
      --note-key <file>           make checkpoints with an ordinary Ed25519 line too, whose key is in this file`,
    values: { depth: wholeNumber, checkpointEvery: positiveNumber },
  },
];

/** The options of a log that is sealed. */
export const SEALING: readonly Terms[] = [
  {
    text: `
      --origin <name>      begin a log of this name, if there is none
      --interval <time>    the least time between two seals, 10s when absent
      --heartbeat <time>   the time after which a log without new entries is sealed, 10m when absent
      --settle <time>      the time after which a renamed file that does not grow is final, 5s when absent
      --memory             keep the key in memory only: the log ends with this command
      --quiet              write nothing on standard error but what ended the command, for a sealer whose messages are in the log that it seals: each would be a new entry. status shows the rest`,
  },
  ROTATED,
  ...NEW_KEY,
];

/** Opens the sealer of a log. Listen to its events at once. */
export async function openSealer(
  session: Session,
  log: string,
  options: SealingOptions,
): Promise<Sealer> {
  session.refuseInspector();
  const { memory = false, keyFile, ...others } = options;
  if (memory && keyFile !== undefined) throw usage('--memory and --key-file exclude each other');
  const place = memory ? undefined : placeOf(session, log, keyFile);
  const origin = options.origin ?? inWordsOf(log, () => originOf(place));
  const files = place === undefined ? { memory } : { keyFile: place.keyFile };
  const sealer = await inWords(log, Sealer.open(log, { ...forSealer(others), origin, ...files }));
  if (place !== undefined) rememberKeys(place, sealer);
  return sealer;
}

/**
 * The sealer of a log after its start, which can have much to read: a signal ends it.
 *
 * @param listen - Is called with the sealer before its events.
 */
export function startSealer(
  session: Session,
  log: string,
  options: SealingOptions,
  stop: Stop,
  listen: (sealer: Sealer) => void,
): Promise<Sealer> {
  const start = async (): Promise<Sealer> => {
    const sealer = await openSealer(session, log, options);
    const sealed = new Promise((resolve) => sealer.once('sealed', resolve));
    listen(sealer);
    // A seal that fails is told. The call is answered after the first attempt.
    await inWords(log, Promise.race([sealed, sealer.checkpoint()]));
    return sealer;
  };
  return stop.orGivenUp(start(), stop.asked, () => endedBy('a signal', log));
}

/** Closes a sealer. A second signal ends that. */
export function closeSealer(
  log: string,
  sealer: Sealer,
  stop: Stop,
  options?: { readonly end: boolean },
): Promise<void> {
  const closing = inWords(log, sealer.close(options));
  return stop.orGivenUp(closing, stop.askedAgain, () => endedBy('a second signal', log));
}

function endedBy(signal: string, log: string): CommandError {
  const words = `${printable(log)}: ${signal} came before all entries were read, so the last ones are not sealed: the next start goes on`;
  return new CommandError('environment', words);
}

/** Options as the library names them. The form of the answer is none of them. */
export function forSealer<Options extends SealingOptions>(given: Options) {
  const { noteKey, json: _, ...options } = given as Options & { readonly json?: boolean };
  return { ...options, noteKeyFile: noteKey };
}

/** Resolves when the sealer can seal nothing any more: its thread ended by itself, or it needs a start. */
export function deathOf(sealer: Sealer): Promise<SealerError> {
  return new Promise((resolve) => {
    sealer.on('error', (error) => {
      if (error.reason === 'thread' || error.reason === 'changed-file') resolve(error);
    });
  });
}

function originOf(place: LogPlace | undefined): string {
  if (place !== undefined) return knownKey(place).origin;
  throw usage('--memory begins a log: name it with --origin');
}

const FAILURES: Readonly<Partial<Record<SealerErrorReason, Failure>>> = {
  ended: 'usage',
  'no-key': 'usage',
  'other-log': 'usage',
  'earlier-key': 'usage',
  'not-new': 'usage',
  'not-erased': 'usage',
  'not-sealed': 'usage',
  'could-go-on': 'usage',
  'unknown-key': 'usage',
  'unproved-key': 'usage',
  'damaged-key': 'invalid',
  renewing: 'invalid',
  'wrong-line': 'invalid',
  'damaged-seals': 'invalid',
  'lost-successor': 'invalid',
  'missing-seals': 'invalid',
  'no-seals': 'invalid',
  'missing-entries': 'invalid',
  'packed-files': 'invalid',
  'changed-entries': 'invalid',
  'old-folder': 'invalid',
  fork: 'invalid',
  'wrong-hashes': 'invalid',
  'unknown-checkpoint': 'invalid',
  unprotected: 'invalid',
  'lost-file': 'invalid',
};

/** What it means for a command that a sealer refuses. Other reasons are of the system. */
export function failureOf(reason: SealerErrorReason): Failure {
  return FAILURES[reason] ?? 'environment';
}

/** The result of a sealer. Its errors name the log. */
export async function inWords<Result>(log: string, result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (cause) {
    throw errorInWords(log, cause);
  }
}

/** {@link inWords} for what is done at once. */
export function inWordsOf<Result>(log: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw errorInWords(log, cause);
  }
}

/** The command has files of the library built in: an error of theirs is of another class. */
function isSealerError(error: unknown): error is SealerError {
  return (error as Partial<SealerError> | undefined)?.code === 'ERR_EVOLOCK_SEALER';
}

/** The error of a sealer names the log. Another one is returned as it is. */
export function errorInWords(log: string, error: unknown): unknown {
  const cause = rightOf(error, resolve(log));
  if (cause instanceof ArgumentError) return usage(optionInWords(cause.message), { cause });
  if (!isSealerError(cause)) return cause;
  const { code, reason, message } = cause;
  const words = optionsInWords(message).replace(`${resolve(log)}: `, '');
  return new CommandError(failureOf(reason), `${printable(log)}: ${words}`, { code, cause });
}

/** `the option rotated` of the library is `--rotated` here, and the way to a new log is in the help of a command. */
export function optionsInWords(message: string): string {
  return message
    .replaceAll(/\bthe option (\w+)/g, (_, name: string) => optionOf(name))
    .replaceAll('call renewLog', 'run sealed-log renew')
    .replaceAll('renewLog', 'sealed-log help renew');
}

/** `options.keyFile: …` of the library is `--key-file: …` here. */
function optionInWords(message: string): string {
  return message.replaceAll(/\boptions\.(\w+)/g, (_, name: string) => optionOf(name));
}

/** Options that have another name in the library. */
const RENAMED: Readonly<Record<string, string>> = {
  noteKeyFile: 'noteKey',
  oldVerifierKey: 'oldKey',
};

function optionOf(name: string): string {
  return `--${(RENAMED[name] ?? name).replaceAll(/[A-Z]/g, '-$&').toLowerCase()}`;
}

/** Options as they are typed. Paths are whole, so that the line can be pasted in another folder. */
export function typedOptions(options: Omit<SealingOptions, 'memory'>): string {
  const { keyFile, checkpointFile, noteKey } = options;
  const paths = { keyFile, checkpointFile, noteKey };
  const whole = Object.entries(paths).map(([name, path]) => [name, path && resolve(path)] as const);
  return Object.entries({ ...options, ...Object.fromEntries(whole) })
    .flatMap(([name, value]) => (value === undefined ? [] : [optionOf(name), String(value)]))
    .map(shellWord)
    .join(' ');
}

/** Writes lines about a sealer to standard error, unless they are quiet. */
export class Lines {
  readonly #session: Session;
  readonly #isQuiet: boolean;

  constructor(session: Session, isQuiet = false) {
    this.#session = session;
    this.#isQuiet = isQuiet;
  }

  say(words: string): void {
    this.#write(words);
  }

  /** Shows what needs a person. */
  ofTroubles(sealer: Sealer): void {
    sealer.on('error', ({ message }) => this.error(optionsInWords(message)));
    sealer.on('truncated', ({ file, bytes }) =>
      this.warn(`${file} became ${counted(bytes, 'byte')} shorter`),
    );
    sealer.on('clock', ({ behind, ahead }) => {
      const words =
        ahead > 0
          ? `the clock is ${duration(ahead)} ahead of the last seal, and its time counts`
          : `the clock is ${counted(behind, 'second')} behind the last seal, whose time is used`;
      this.warn(words);
    });
  }

  /** Shows an error, after which the command goes on. */
  error(words: string): void {
    this.#mark('bad', 'error', words);
  }

  /** Shows a warning. */
  warn(words: string): void {
    this.#mark('warning', 'warning', words);
  }

  /** Tells what is kept elsewhere. */
  ofKeys({ verifierKey, noteVerifierKey }: Sealer): void {
    this.say(`keep on another machine: verifier key ${verifierKey}`);
    if (noteVerifierKey !== undefined)
      this.say(`keep on another machine: note key ${noteVerifierKey}`);
  }

  /** Shows each seal. */
  ofSeals(sealer: Sealer): void {
    sealer.on('sealed', (seal) => this.say(sealInWords(seal)));
  }

  #mark(colour: 'bad' | 'warning', mark: string, words: string): void {
    const { stderr, environment } = this.#session.context;
    this.#write(words, `${styleFor(stderr, environment)[colour](mark)}: `);
  }

  #write(words: string, mark = ''): void {
    if (this.#isQuiet) return;
    const { context, program } = this.#session;
    context.stderr.write(`${program.name}: ${mark}${printable(words)}\n`);
  }
}

/** A seal in a line. */
export function sealInWords({ number, size, flags }: SealFacts): string {
  const end = (flags & END) === 0 ? '' : ', the end of the log';
  return `seal ${number}: ${entriesInWords(size)}${end}`;
}
