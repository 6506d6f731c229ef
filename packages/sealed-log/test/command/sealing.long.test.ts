/** The commands that seal, by the transcripts of the folder `sealing`. */
import { EventEmitter, once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Ended } from '@evolock/command-testing/run';
import {
  newStage,
  SILENT,
  type Stage as AnyStage,
  Transcripts,
} from '@evolock/command-testing/transcript';
import { sealedLogVectors } from '@evolock/test-vectors';
import { onTestFinished } from 'vitest';
import { sealedLog } from './sealed-log.js';

interface Following {
  readonly signals: EventEmitter;
  readonly ended: Promise<Ended>;
}

interface Stage extends AnyStage {
  following: Following | undefined;
}

/** Keys and times are those of a thread, which no test can set. All have the same length in each run. */
const VARYING = [
  [/\+[0-9a-f]{8}\+\/2V2[\w+/=]{72}/g, '+KEY'],
  [/\+[0-9a-f]{8}\+A[\w+/]{43}/g, '+NOTE_KEY'],
  [/(?<=-)[0-9a-f]{16}(?=\.key)/g, 'HASH'],
  [
    /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC(, \d+ \w+ ago|; the time since, \d+ \w+, is not proved)?/g,
    'TIME',
  ],
  [/(?<="time": )\d+/g, 'TIME'],
  // A second can begin between the clock of the test and the seal.
  [/(?<="clockAhead": )1\b/g, '0'],
  // The seal of the start covers a line that is appended meanwhile, or the next seal does.
  [/(?<=: seal )\d+(?=: \d+ entr)/g, 'NUMBER'],
] as const;

const transcripts = new Transcripts<Stage>({
  name: 'sealed-log',
  run: (args, options) =>
    sealedLog(args, { ...options, environment: { HOME: process.cwd(), ...options.environment } }),
  varying: VARYING,
  /** Returns after the seal of the start. */
  start: async (stage, args, environment) => {
    const signals = new EventEmitter();
    const told = new EventEmitter();
    const ended = sealedLog(args, {
      signals,
      environment: { HOME: process.cwd(), ...environment },
      onErrors: (part) => {
        if (/seal \d/.test(part)) told.emit('seal');
      },
    });
    stage.following = { signals, ended };
    onTestFinished(async () => {
      signals.emit('SIGTERM');
      await ended;
    });
    await Promise.race([once(told, 'seal'), ended]);
  },
  fixtures: {
    /** Writes the files of a log of the vectors, and its verifier key elsewhere. */
    'make-log': (_, name = '', path = '') => {
      const log = sealedLogVectors().logs.find((each) => each.name === name);
      if (log === undefined) throw new Error('no such log');
      writeFileSync(path, log.entries);
      writeFileSync(`${path}.seals`, log.seals);
      mkdirSync('safe');
      writeFileSync('safe/audit.vkey', log.verifierKey);
      return SILENT;
    },
    /** Verifies with the verifier key that the last run told. */
    'verify-told': ({ last }, ...args) => {
      const [, key = ''] = [...last.matchAll(/(?:verifier |--)key\s+(\S+)/g)].at(-1) ?? [];
      return sealedLog(['verify', ...args, '--key', key]);
    },
    /** Sends a signal to the run in the background, which ends and prints what it told. */
    signal: async (stage, name = '') => {
      stage.following?.signals.emit(name);
      const ended = await (stage.following?.ended ?? SILENT);
      stage.last = ended.stderr;
      return ended;
    },
  },
});

transcripts.testAll(fileURLToPath(new URL('sealing/', import.meta.url)), () => ({
  ...newStage('/tmp/sealed-', new Date()),
  following: undefined,
}));
