/** `sealed-log status`: how far a log is sealed, on the machine that seals it. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Answer } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, ExitCode, type Failure } from '@evolock/command-line/errors';
import { timeInOption } from '@evolock/command-line/option-values';
import type { Session } from '@evolock/command-line/session';
import { counted, printable } from '@evolock/command-line/text';
import { lockStateOf } from '@evolock/direct-serialise-io/files';
import type { SealerError } from '../../errors.js';
import { writeVerifierKey } from '../../format/key.js';
import { END } from '../../format/seal.js';
import { refusalOf, troublesOf } from '../../sealer/refusal.js';
import { sealsOf } from '../../files/log-file.js';
import { readHint } from '../../following/hint.js';
import { severityCodes, severityOfCode, worstOf, type Severity } from '../../words/severity.js';
import { ROTATED } from '../verifying/given-files.js';
import { knownKey, knownNoteKey, placeOf } from './places.js';
import { findSeal } from './seals.js';
import { failureOf, inWordsOf, KEY_FILE, optionsInWords, type SealingOptions } from './sealing.js';
import { duration, entriesInWords, moment } from '../../words/phrases.js';

/** Seconds that a seal may take. */
const TOLERANCE = 60;

/** Seconds that clocks may differ. */
const CLOCK_TOLERANCE = 300;

interface Options extends Pick<SealingOptions, 'keyFile' | 'rotated'> {
  /** Seconds. */
  readonly maxAge?: number;
}

export const statusCommand: Definition = {
  text: `
    Shows the last seal of a log, its key, whether a sealer runs, and why none would start. It verifies the last seal alone: verify a log on another machine, with the verifier key that is kept there.

    <log>             the log
    --max-age <time>  for a monitor: the exit code is 5 when the last seal is older, like 5m, and 3 when no sealer runs

    # Is the log sealed, and until when?
    $ sealed-log status audit.log
    # As a check of a monitor
    $ sealed-log status audit.log --max-age 30m`,
  values: { maxAge: timeInOption },
  options: [ROTATED, KEY_FILE],
  exitCodes: [...CHECKED, ExitCode.missing],
  reportsInspector: true,
  work: (session: Session, log: string, { keyFile: given, rotated, maxAge }: Options): Answer => {
    const place = placeOf(session, log, given);
    const first = inWordsOf(log, () => knownKey(place));
    const noteKey = knownNoteKey(place);
    const sealer = inWordsOf(log, () => lockStateOf(sealsOf(log)));
    const runs = sealer?.state === 'running';
    const places = { origin: first.origin, keyFile: resolve(place.keyFile), rotated };
    const refusal = refusalOf(resolve(log), places, runs);
    const { seal, key } = findSeal(place, first, undefined);
    const ended = (seal.flags & END) !== 0;
    const hasKey = existsSync(place.keyFile);
    const logBytes = existsSync(log) ? statSync(log).size : 0;
    const age = Math.floor(session.context.now().getTime() / 1_000) - seal.time;
    const troubles = ended ? [] : troublesOf(resolve(log), places).map((each) => faultOf(each));
    if (runs && !ended) troubles.push(...failuresOf(places.keyFile, age));
    if (-age > CLOCK_TOLERANCE) troubles.push(futureFault(-age));
    if (maxAge !== undefined) troubles.push(...silenceOf(age, maxAge, runs));
    const refused = refusal && faultOf(refusal, 'a sealer refuses it: ');
    const faults = refused === undefined ? troubles : [refused, ...troubles];
    const worst = faults.length === 0 ? undefined : severityCodes[worstOf(faults.map(severityOf))];
    return {
      result: [
        ended
          ? { mark: 'good', words: `${printable(log)} has ended` }
          : runs && worst === undefined
            ? { mark: 'good', words: `${printable(log)} is being sealed` }
            : { mark: 'weak', words: `${printable(log)}: ${runs ? 'a' : 'no'} sealer runs` },
      ],
      checks: faults.map(({ words }) => ({ valid: false, words: printable(words) })),
      ...(worst !== undefined && { exitCode: worst }),
      facts: [
        ['last seal', `${seal.number}, over ${entriesInWords(seal.size)}`],
        ['at', `${moment(seal.time)}, ${duration(Math.max(0, age))} ago`],
        ['log', counted(logBytes, 'byte')],
        ['sealer', sealer?.words ?? 'none'],
        ['key file', hasKey ? printable(place.keyFile) : 'none'],
        ['next key', ended || !hasKey ? 'none' : `after seal ${key.last}`],
        ['verifier key', writeVerifierKey(first)],
        ...(noteKey === undefined ? [] : [['note key', printable(noteKey)] as const]),
      ],
      json: {
        log,
        verifierKey: writeVerifierKey(first),
        noteVerifierKey: noteKey ?? null,
        lastSeal: seal.number,
        time: seal.time,
        sealedEntries: seal.size,
        ended,
        keyLastSeal: key.last,
        logBytes,
        keyFile: hasKey ? place.keyFile : null,
        refusal: refusal === undefined ? null : optionsInWords(refusal.message),
        troubles: troubles.map(({ words }) => words),
        sealer: sealer === undefined ? null : { pid: sealer.pid, state: sealer.state },
      },
    };
  },
};

/** What a person has to mend. */
interface Fault {
  readonly words: string;
  readonly failure: Failure;
}

function severityOf({ failure }: Fault): Severity {
  return severityOfCode(ExitCode[failure]);
}

/** What a monitor is told of a log that is not sealed any more. Ages are in seconds. */
function silenceOf(age: number, maxAge: number, runs: boolean): Fault[] {
  const words = `the last seal is ${duration(age)} old, and ${duration(maxAge)} is the most`;
  const old: Fault[] = age > maxAge ? [{ words, failure: 'missing' }] : [];
  return runs ? old : [...old, { words: 'no sealer runs: start it', failure: 'environment' }];
}

function futureFault(ahead: number): Fault {
  return {
    words: `the last seal is ${duration(ahead)} after the present time, and times of seals never fall: set the clock right; when it is, wait until that time has come, or read how a new log takes its place (sealed-log help renew)`,
    failure: 'environment',
  };
}

function faultOf({ message, reason }: SealerError, before = ''): Fault {
  return { words: `${before}${optionsInWords(message)}`, failure: failureOf(reason) };
}

/**
 * Why a sealer that runs makes no seal: what it noted, and that a seal is overdue, since it may not be able to note anything.
 *
 * @param keyFile - The key file.
 * @param age - Seconds since the last seal.
 */
function failuresOf(keyFile: string, age: number): Fault[] {
  const { failure, heartbeat = Infinity } = readHint(keyFile) ?? {};
  const most = Math.ceil(heartbeat / 1000);
  const overdue = `no seal is made, though one is due every ${duration(most)}: the process, a disk or the machine was stopped, or the clock was set: wait as long, and then start the sealer again`;
  return [failure, age > 2 * most + TOLERANCE ? overdue : undefined]
    .filter((each) => each !== undefined)
    .map((words) => ({ words: optionsInWords(words), failure: 'environment' }));
}
