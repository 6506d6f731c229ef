/** The commands that seal, by the transcripts of the folder `sealing`, and the demo of the README. */
import { spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Ended } from '@evolock/command-line/testing/run';
import {
  newStage,
  SILENT,
  type Stage as AnyStage,
  Transcripts,
} from '@evolock/command-line/testing/transcript';
import { sealedLogVectors } from '@evolock/test-vectors';
import { expect, onTestFinished, test } from 'vitest';
import { program, sealedLog } from './sealed-log.js';

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
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC(, \d+ \w+ ago)?/g, 'TIME'],
  [/(?<="time": )\d+/g, 'TIME'],
  // Lines are sealed by the seal of the start, or by the last one.
  [/(?<=\w\.log: (?:NOT as it was sealed: )?seal )\d+/g, 'N'],
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

test('the demo of the README prints what it shows, and the log goes on after it', () => {
  const { folder } = newStage('/tmp/sealed-', new Date());
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, demo = ''] = /^```console.*\n([^]*?)^```/m.exec(readme) ?? [];
  const lines = demo.split('\n').filter((line) => line.startsWith('$ '));
  lines.push("$ echo 'ann signs out' | sealed-log write audit.log");
  const shown = `${demo}${lines.at(-1)!}\nsealed-log: audit.log: seal N: 3 entries\n`;
  const script = lines.map((line, at) => `echo "$LINE${at}"\n${line.slice(2)}\n`).join('');
  const { stdout } = spawnSync('bash', ['-c', `exec 2>&1\n${script}`], {
    encoding: 'utf8',
    env: {
      ...{ ...process.env, HOME: folder },
      ...Object.fromEntries(lines.map((line, at) => [`LINE${at}`, line])),
      'BASH_FUNC_sealed-log%%': `() { '${process.execPath}' '${program}' "$@"; }`,
    },
  });
  let rest = normal(stdout);
  for (const part of normal(shown).split('…\n')) {
    expect(rest).toContain(part);
    rest = rest.slice(rest.indexOf(part) + part.length);
  }
});

function normal(text: string): string {
  return VARYING.reduce((before, [found, words]) => before.replaceAll(found, words), text);
}
