/** `sealed-log status`: how far a log is sealed, on the machine that seals it. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Answer, JsonMembers, MarkedLine } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, complaintOf, ExitCode, type Failure } from '@evolock/command-line/errors';
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
import { namesOf } from '../../following/log-files.js';
import { severityCodes, severityOfCode, worstOf, type Severity } from '../../words/severity.js';
import { ROTATED } from '../verifying/given-files.js';
import { checkMetricsFile, writeMetrics } from '../verifying/metrics-file.js';
import { lastCosigned, type LastCosigned } from './monitor/cosigned.js';
import { statusMetrics, type Watched } from './monitor/status-metrics.js';
import { unsealedEntries } from './monitor/unsealed.js';
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
  readonly cosigned?: string;
  readonly prometheus?: string;
}

export const statusCommand: Definition = {
  text: `
    Shows the last seal of a log, its key, whether a sealer runs, and why none would start. It verifies the last seal alone: verify a log on another machine, with the verifier key that is kept there.

    <log>                the log
    --max-age <time>     for a monitor: the exit code is 5 when the last seal is older, like 5m, or the log has ended, and 3 when no sealer runs
    --cosigned <file>    the cosigned checkpoint that sealed-log cosign writes, when it is not LOG.cosigned
    --prometheus <file>  write metrics for node_exporter, whatever the exit code is

    # Is the log sealed, and until when?
    $ sealed-log status audit.log
    # As a check of a monitor
    $ sealed-log status audit.log --max-age 30m
    # Metrics, from a timer
    $ sealed-log status audit.log --max-age 30m --prometheus /var/lib/node_exporter/sealed-log-audit.prom`,
  values: { maxAge: timeInOption },
  options: [ROTATED, KEY_FILE],
  exitCodes: [...CHECKED, ExitCode.missing],
  reportsInspector: true,
  work: (session: Session, log: string, options: Options): Answer => {
    const { prometheus } = options;
    if (prometheus === undefined) return answerOf(lookAt(session, log, options));
    checkMetricsFile(prometheus);
    const now = secondsOf(session);
    const write = (watched: Watched) =>
      writeMetrics(prometheus, statusMetrics(resolve(log), watched));
    try {
      const found = lookAt(session, log, options);
      write({ now, exitCode: found.exitCode, log: found });
      return answerOf(found);
    } catch (error) {
      const { exitCode } = complaintOf(error, session.program.failures);
      write({ now, exitCode });
      throw error;
    }
  },
};

function secondsOf({ context }: Session): number {
  return Math.floor(context.now().getTime() / 1_000);
}

/** What was found of a log. */
type Found = ReturnType<typeof lookAt>;

function lookAt(session: Session, log: string, options: Options) {
  const { keyFile: given, rotated, maxAge, cosigned: cosignedFile } = options;
  const place = placeOf(session, log, given);
  const first = inWordsOf(log, () => knownKey(place));
  const sealer = inWordsOf(log, () => lockStateOf(sealsOf(log)));
  const runs = sealer?.state === 'running';
  const places = { origin: first.origin, keyFile: resolve(place.keyFile), rotated };
  const refusal = refusalOf(resolve(log), places, runs);
  const { seal, key } = findSeal(place, first, undefined);
  const ended = (seal.flags & END) !== 0;
  const age = secondsOf(session) - seal.time;
  const cosigned = inWordsOf(log, () =>
    lastCosigned(cosignedFile ?? `${log}.cosigned`, places.keyFile),
  );
  const troubles = ended ? [] : troublesOf(resolve(log), places).map((each) => faultOf(each));
  if (runs && !ended) troubles.push(...failuresOf(places.keyFile, age));
  if (-age > CLOCK_TOLERANCE) troubles.push(futureFault(-age));
  if (maxAge !== undefined) troubles.push(...(ended ? [END_FAULT] : silenceOf(age, maxAge, runs)));
  if (cosignedFile !== undefined && cosigned === undefined)
    troubles.push(missingFault(cosignedFile));
  const refused = refusal && faultOf(refusal, 'a sealer refuses it: ');
  const faults = refused === undefined ? troubles : [refused, ...troubles];
  // Of a log that a sealer refuses, what comes after the last seal is not known: it may not even be that log.
  const unsealed = (): number | undefined =>
    refused === undefined
      ? unsealedEntries(namesOf(resolve(log), places), places.keyFile)
      : undefined;
  return {
    log,
    place,
    first,
    noteKey: knownNoteKey(place),
    sealer,
    runs,
    seal,
    key,
    ended,
    age,
    refusal,
    troubles,
    faults,
    cosigned,
    time: seal.time,
    sealedEntries: seal.size,
    unsealedEntries: ended ? 0 : unsealed(),
    waitingEntries: readHint(places.keyFile)?.waiting?.entries ?? 0,
    exitCode: severityCodes[worstOf(faults.map(severityOf))],
  };
}

function titleOf({ log, ended, runs, faults }: Found): MarkedLine {
  const name = printable(log);
  const isWell = faults.length === 0;
  if (ended) return { mark: isWell ? 'good' : 'weak', words: `${name} has ended` };
  if (runs && isWell) return { mark: 'good', words: `${name} is being sealed` };
  return { mark: 'weak', words: `${name}: ${runs ? 'a' : 'no'} sealer runs` };
}

function answerOf(found: Found): Answer {
  const { log, place, first, noteKey, sealer, seal, key, ended, age, faults, cosigned } = found;
  const hasKey = existsSync(place.keyFile);
  const logBytes = existsSync(log) ? statSync(log).size : 0;
  const { unsealedEntries: unsealed, exitCode } = found;
  return {
    result: [titleOf(found)],
    checks: faults.map(({ words }) => ({ valid: false, words: printable(words) })),
    ...(exitCode !== ExitCode.valid && { exitCode }),
    facts: [
      ['last seal', `${seal.number}, over ${entriesInWords(seal.size)}`],
      ['at', `${moment(seal.time)}, ${duration(Math.max(0, age))} ago`],
      ...(unsealed === undefined ? [] : [['not sealed', entriesInWords(unsealed)] as const]),
      ...(cosigned === undefined ? [] : [['cosigned', cosignedInWords(cosigned)] as const]),
      ['log', counted(logBytes, 'byte')],
      ['sealer', sealer?.words ?? 'none'],
      ['key file', hasKey ? printable(place.keyFile) : 'none'],
      ['next key', ended || !hasKey ? 'none' : `after seal ${key.last}`],
      ['verifier key', writeVerifierKey(first)],
      ...(noteKey === undefined ? [] : [['note key', printable(noteKey)] as const]),
    ],
    json: jsonOf(found, { logBytes, keyFile: hasKey ? place.keyFile : null }),
  };
}

function cosignedInWords({ size, time }: LastCosigned): string {
  return `${entriesInWords(size)}, at ${moment(time)}: verify judges it`;
}

function jsonOf(found: Found, more: JsonMembers): JsonMembers {
  const { log, first, noteKey, seal, key, ended, refusal, troubles, sealer, cosigned } = found;
  return {
    log,
    severity: severityOfCode(found.exitCode),
    verifierKey: writeVerifierKey(first),
    noteVerifierKey: noteKey ?? null,
    lastSeal: seal.number,
    time: seal.time,
    clockAhead: Math.max(0, -found.age),
    sealedEntries: seal.size,
    unsealedEntries: found.unsealedEntries ?? null,
    waitingEntries: found.waitingEntries,
    cosigned: cosigned === undefined ? null : { ...cosigned },
    ended,
    keyLastSeal: key.last,
    ...more,
    refusal: refusal === undefined ? null : optionsInWords(refusal.message),
    troubles: troubles.map(({ words }) => words),
    sealer: sealer === undefined ? null : { pid: sealer.pid, state: sealer.state },
  };
}

/** What a person has to mend. */
interface Fault {
  readonly words: string;
  readonly failure: Failure;
}

function severityOf({ failure }: Fault): Severity {
  return severityOfCode(ExitCode[failure]);
}

/** A monitor watches a log that goes on. */
const END_FAULT: Fault = {
  words:
    'the log has ended, and nothing is sealed any more: begin a new log, or watch it without --max-age',
  failure: 'missing',
};

function missingFault(path: string): Fault {
  return {
    words: `--cosigned ${path}: no cosigned checkpoint is there: too few witnesses cosigned one yet, or sealed-log cosign does not run`,
    failure: 'missing',
  };
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
