/**
 * A transcript of the command: lines that begin with `$ ` are run, and what they print follows. `kes …` runs in the process
 * of the test, the words of {@link FIXTURES} make files, and every other line is one of the shell. Lines of standard error
 * begin with `! `, and an exit code other than 0 is the last line, `exit N`. A line that begins with `-- ` is a remark.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate, makeKey, makeOtherKey, makeUnsignedCertificate } from './files.js';
import { kes } from './kes.js';

/** Where a transcript runs, and when. */
export interface Stage {
  readonly folder: string;
  now: Date;
  isTTY: boolean;
}

/** What one line prints. */
interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

const SILENT: Printed = { stdout: '', stderr: '', code: 0 };

const PUBLIC = new Uint8Array(32);

/** Lines that set the stage: files of public seeds, the clock, a terminal. */
const FIXTURES: Readonly<Record<string, (stage: Stage, ...words: string[]) => void>> = {
  clock: (stage, date = '') => void (stage.now = new Date(date)),
  terminal: (stage, state) => void (stage.isTTY = state === 'on'),
  'make-key': ({ folder }, path = '') => void makeKey(join(folder, path)),
  'make-other-key': ({ folder }, path = '') => makeOtherKey(join(folder, path)),
  // Of no key, or of the key that it makes beside it.
  'make-certificate': ({ folder }, path = '', start = '', skey?: string) => {
    const key = skey === undefined ? PUBLIC : makeKey(join(folder, skey));
    makeCertificate(join(folder, path), key, BigInt(start));
  },
  'make-unsigned-certificate': ({ folder }, path = '') =>
    makeUnsignedCertificate(join(folder, path)),
};

/** Runs every line of a transcript, and returns the transcript with what is printed now. */
export async function transcriptOf(text: string, stage: Stage): Promise<string> {
  const parts: string[] = [];
  for (const line of text.split('\n').filter((each) => /^(?:\$|--) /.test(each))) {
    parts.push(line);
    if (line.startsWith('$ ')) parts.push(...inLines(await printedBy(line.slice(2), stage), stage));
  }
  return parts.join('\n');
}

/** A printed path of the folder is `$PWD`. */
function inLines({ stdout, stderr, code }: Printed, { folder }: Stage): string[] {
  const lines = (text: string) => text.replaceAll(folder, '$PWD').replace(/\n$/, '').split('\n');
  return [
    ...(stdout === '' ? [] : lines(stdout)),
    ...(stderr === '' ? [] : lines(stderr).map((line) => `! ${line}`)),
    ...(code === 0 ? [] : [`exit ${code}`]),
  ];
}

/** Runs one line. */
export async function printedBy(line: string, stage: Stage): Promise<Printed> {
  const [name = '', ...words] = line.split(' ');
  if (/^(?:[A-Z_]+=\S* )*kes(?: |$)/.test(line)) return kesLine(line, stage);
  const fixture = FIXTURES[name];
  if (fixture === undefined) return shellLine(line, stage);
  fixture(stage, ...words);
  return SILENT;
}

/** One line of `kes`: `NAME=value kes 'a word' - < file`. */
function kesLine(line: string, { folder: cwd, now, isTTY }: Stage): Promise<Printed> {
  const [command = '', input] = line.split(' < ');
  const words = (command.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''));
  const start = words.indexOf('kes');
  const environment = Object.fromEntries(words.slice(0, start).map((word) => word.split('=')));
  return kes(words.slice(start + 1), {
    cwd,
    environment,
    now,
    isTTY,
    ...(input === undefined ? {} : { input: readFileSync(join(cwd, input)) }),
  });
}

function shellLine(line: string, { folder: cwd }: Stage): Printed {
  const { stdout, stderr, status } = spawnSync('sh', ['-c', line], { cwd, encoding: 'utf8' });
  return { stdout, stderr, code: status ?? 1 };
}
