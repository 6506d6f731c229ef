/**
 * A transcript of a program: lines that begin with `$ ` are run, and what they print follows. `kes …` runs in the process of
 * the test: in a pipe, after `&&`, with `< file` or `> file`, and in the background with `&`. The words of
 * {@link Play.fixtures} make files, name a moment, or do what a message says. Every other line is one of the shell.
 * `NAME='words'` stands for words of later lines. `{one|two}` in a line of the program is a table: the line is run with each,
 * and what is the same is printed once. Lines of standard error begin with `! `, and an exit code other than 0 is the last
 * line, `exit N`. A line that begins with `-- ` is a remark. No output holds a secret.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Ended, RunOptions } from './run.js';

/** Whether transcripts are written instead of compared. */
export const IS_WRITTEN = process.env['EVOLOCK_WRITE_TRANSCRIPT'] === '1';

/** Where a transcript runs, and what its lines have set. */
export interface Stage {
  readonly folder: string;
  /** The clock of this machine. */
  now: Date;
  isTTY: boolean;
  /** What the last line of the program printed. */
  last: string;
  readonly variables: Map<string, string>;
}

export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export const SILENT: Printed = { stdout: '', stderr: '', code: 0 };

/** What the transcripts of a program can do. */
export interface Play<S extends Stage> {
  readonly name: string;
  readonly run: (args: readonly string[], options: RunOptions) => Promise<Ended>;
  readonly start?: (
    stage: S,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ) => Promise<void>;
  /** Lines that set the stage: files of public seeds, the clock, a terminal. */
  readonly fixtures: Readonly<Record<string, (stage: S, ...words: string[]) => unknown>>;
  /** Other programs whose lines messages tell. */
  readonly others?: readonly string[];
  /** What differs from run to run, and what stands for it. */
  readonly varying?: readonly (readonly [found: RegExp, words: string])[];
  /** Matches secrets in files of the working folder. */
  readonly secrets?: () => readonly RegExp[];
}

/** The working folder of a test and its moment. */
export function newStage(prefix: string, now: Date): Stage {
  const folder = mkdtempSync(prefix);
  const before = process.cwd();
  vi.stubEnv('TZ', 'Europe/Berlin');
  process.chdir(folder);
  onTestFinished(() => {
    process.chdir(before);
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  return { folder, now, isTTY: false, last: '', variables: new Map([['PWD', folder]]) };
}

export class Transcripts<S extends Stage> {
  readonly #play: Play<S>;
  readonly #fixtures: Play<S>['fixtures'];
  readonly #line: RegExp;
  readonly #inShell: RegExp;
  readonly #toldInLines: RegExp;
  readonly #toldInSentences: RegExp;

  constructor(play: Play<S>) {
    const { name, others = [], fixtures } = play;
    this.#play = play;
    this.#fixtures = {
      clock: (stage, date = '') => void (stage.now = new Date(date)),
      terminal: (stage, state) => void (stage.isTTY = state === 'on'),
      'as-told': (stage, ...numbers) => this.#runPrinted(stage, numbers),
      ...fixtures,
    };
    this.#line = new RegExp(
      `^(?:(.*) (\\||&&) )?((?:[A-Z_]+=\\S* )*)${name}((?: .*?)?)(?: \\| (.*))?$`,
    );
    this.#inShell = new RegExp(`(?:^|[;&|] *)${name} `);
    this.#toldInLines = new RegExp(`(?<=^ +)(?:${[name, ...others].join('|')}) .*?(?=;|$)`, 'gm');
    this.#toldInSentences = new RegExp(
      `(?<=: |&& |with )${name} .*?(?=; | && |, or |\\\\n|"|$)`,
      'gm',
    );
  }

  /** A test for each part of each transcript in a folder. */
  testAll(folder: string, newStage: () => S): void {
    describe.each(readdirSync(folder))('%s', (file) => {
      const path = join(folder, file);
      // Before the first heading stands what the file is about, with the commands that go before each part.
      const [about = '', ...parts] = readFileSync(path, 'utf8').split(/^## /m);
      const written: string[] = [];

      test.each(parts.map((part) => part.split(/\n([^]*)/) as [title: string, text: string]))(
        '%s',
        async (title, text) => {
          const stage = newStage();
          await this.transcriptOf(about, stage);
          const after = `${await this.transcriptOf(text, stage)}\n`;
          written.push(`## ${title}\n${after}`);
          if (!IS_WRITTEN) expect(after.trimEnd()).toBe(text.trimEnd());
          else if (written.length === parts.length) writeFileSync(path, about + written.join('\n'));
        },
      );
    });
  }

  /**
   * Runs the commands of a page again, and compares what they print, or writes the page. A block that opens with
   * `console at MOMENT` sets the clock, also for the blocks after it.
   */
  async testPage(path: string, stage: S): Promise<void> {
    const before = readFileSync(path, 'utf8');
    let after = before;
    for (const [whole, open = '', moment, block = '', close = ''] of before.matchAll(BLOCK)) {
      if (moment !== undefined) stage.now = new Date(moment);
      const parts: string[] = [];
      for (const line of block.split('\n').filter((each) => each.startsWith('$ '))) {
        // Both outputs stand one after the other.
        const { stdout, stderr } = await this.printedBy(line.slice(2), stage);
        parts.push(`${line}\n${stdout}${stderr}`);
      }
      after = after.replace(whole, () => open + parts.join('\n') + close);
    }
    if (IS_WRITTEN) writeFileSync(path, after);
    else expect(after).toBe(before);
  }

  /** Runs every line of a transcript, and returns the transcript with what is printed now. A line continues after `\\`. */
  async transcriptOf(text: string, stage: S): Promise<string> {
    const parts: string[] = [];
    for (const [line] of text.matchAll(/^(?:\$|--) .*(?:(?<=\\)\n.*)*/gm)) {
      parts.push(line);
      if (!line.startsWith('$ ')) continue;
      const whole = line.slice(2).replaceAll(/ *\\\n */g, ' ');
      const outputs: string[][] = [];
      for (const each of this.#eachOf(whole))
        outputs.push(this.#inLines(await this.printedBy(each, stage), stage));
      parts.push(...inTable(outputs));
    }
    return parts.join('\n');
  }

  #eachOf(line: string): string[] {
    const [, before = '', choices, after = ''] = /^(.*?)\{([^{}]*\|[^{}]*)\}(.*)$/.exec(line) ?? [];
    if (choices === undefined || !this.#line.test(line)) return [line];
    return choices.split('|').map((choice) => `${before}${choice}${after}`);
  }

  /** A printed path of the folder is `$PWD`, and the number of the process `PID`. */
  #inLines({ stdout, stderr, code }: Printed, { folder }: Stage): string[] {
    const varying = [
      ...(this.#play.varying ?? []),
      // Names of files and times can have the same digits.
      [new RegExp(`(?<=process |"pid":)${process.pid}\\b`, 'g'), 'PID'],
    ] as const;
    const lines = (text: string) =>
      varying
        .reduce(
          (all, [found, words]) => all.replaceAll(found, words),
          text.replaceAll(folder, '$PWD'),
        )
        .replace(/\n$/, '')
        .split('\n');
    return [
      ...(stdout === '' ? [] : lines(stdout)),
      ...(stderr === '' ? [] : lines(stderr).map((line) => `! ${line}`)),
      ...(code === 0 ? [] : [`exit ${code}`]),
    ];
  }

  async printedBy(line: string, stage: S): Promise<Printed> {
    const [, name, value = ''] = /^([A-Z]+)=(?:'(.*)'|(?=\S*$)(.*))$/.exec(line) ?? [];
    if (name !== undefined) {
      stage.variables.set(name, expanded(value, stage));
      return SILENT;
    }
    return this.#printedByWords(expanded(line, stage), stage);
  }

  async #printedByWords(line: string, stage: S): Promise<Printed> {
    const ofProgram = this.#line.exec(line);
    if (ofProgram !== null) return this.#programLine(ofProgram, stage);
    const [, call = '', hides, filter] = /^(.*?)( 2> \/dev\/null)?(?: \| (.*))?$/.exec(line) ?? [];
    const [name = '', ...more] = wordsOf(call);
    const fixture = this.#fixtures[name];
    if (fixture === undefined) {
      // The shell would run what is installed, not what is tested.
      if (this.#inShell.test(line)) throw new Error(`the shell would run the program: ${line}`);
      return shellLine(line);
    }
    try {
      const printed = ((await fixture(stage, ...more)) as Printed | undefined) ?? SILENT;
      const stderr = hides === undefined ? printed.stderr : '';
      return { ...printed, stdout: filtered(printed.stdout, filter), stderr };
    } catch (error) {
      return { ...SILENT, stderr: `${name}: ${String(error)}\n`, code: 1 };
    }
  }

  async #programLine(
    [, before = '', joint, settings = '', line = '', after]: RegExpExecArray,
    stage: S,
  ): Promise<Printed> {
    if (joint === '&&') {
      const prepared = await this.#printedByWords(before, stage);
      if (prepared.code !== 0) return prepared;
    }
    const words = wordsOf(line);
    const [file, output, errors] = ['<', '>', '2>'].map((sign) => {
      const at = words.indexOf(sign);
      return at < 0 ? undefined : words.splice(at, 2)[1];
    });
    const environment = Object.fromEntries(
      wordsOf(settings).map((word) => word.split(/=(.*)/)),
    ) as Record<string, string>;
    if (words.at(-1) === '&') {
      await this.#play.start?.(stage, words.slice(0, -1), environment);
      return SILENT;
    }
    const typed = file === undefined ? '' : readFileSync(file);
    const input = joint === '|' ? spawnSync('sh', ['-c', before]).stdout : typed;
    const { now, isTTY } = stage;
    const ended = await this.#play.run(words, { environment, now, isTTY, input });
    stage.last = ended.stdout + ended.stderr;
    for (const secret of this.#play.secrets?.() ?? []) expect(stage.last).not.toMatch(secret);
    if (output !== undefined) writeFileSync(output, ended.stdout);
    const stdout = output === undefined ? filtered(ended.stdout, after) : '';
    return { code: ended.code, stdout, stderr: errors === undefined ? ended.stderr : '' };
  }

  /** Runs the commands of the last output, or those with these numbers, and shows each. */
  async #runPrinted(stage: S, numbers: readonly string[]): Promise<Printed> {
    const { last } = stage;
    const found =
      last.match(this.#toldInLines) ??
      last.replaceAll(/\n +/g, ' ').match(this.#toldInSentences) ??
      [];
    if (found.length === 0) return { ...SILENT, stderr: 'nothing was told\n', code: 1 };
    const chosen =
      numbers.length === 0 ? found : numbers.map((number) => found[Number(number) - 1] ?? 'false');
    let all = SILENT;
    for (const told of chosen) {
      const line = told.replaceAll('<name>', 'mainnet');
      const { stdout, stderr, code } = await this.#printedByWords(line, stage);
      all = { stdout: `${all.stdout}+ ${line}\n${stdout}`, stderr: all.stderr + stderr, code };
    }
    if (all.code === 0) stage.last = last;
    return all;
  }
}

/** What the lines of a table print: the same output once, and an exit code that is that of all. */
function inTable(outputs: readonly (readonly string[])[]): string[] {
  const exits = new Set(outputs.map((lines) => lines.find((line) => line.startsWith('exit '))));
  const [exit] = exits;
  if (exits.size > 1 || exit === undefined) return outputs.flat();
  const texts = outputs.map((lines) => lines.filter((line) => line !== exit).join('\n'));
  return [...new Set(texts), exit];
}

const BLOCK = /(```console(?: at (\S+))?\n)([\s\S]*?)(```)/g;

function expanded(line: string, { variables }: Stage): string {
  return line.replaceAll(/\$([A-Z]+)\b/g, (whole, name: string) => variables.get(name) ?? whole);
}

/** The words of a line, as a shell splits them. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /'([^']*)'|"([^"]*)"|\\(.)/g,
      (_, one?: string, two?: string, three?: string) => one ?? two ?? three ?? '',
    ),
  );
}

function filtered(text: string, filter: string | undefined): string {
  return filter === undefined ? text : shellLine(filter, text).stdout;
}

function shellLine(line: string, input = ''): Printed {
  const { stdout, stderr, status } = spawnSync('sh', ['-c', line], { input });
  return { stdout: stdout.toString(), stderr: stderr.toString(), code: status ?? 1 };
}
