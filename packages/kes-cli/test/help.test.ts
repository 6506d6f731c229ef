/** Help, manual pages and messages: what holds of every command, of every name and of every answer. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileError } from '@evolock/cardano-kes';
import type { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerText } from '../src/cli/answer.js';
import { complaintOf } from '../src/cli/errors.js';
import { plain } from '../src/cli/style.js';
import { optionsOf } from '../src/cli/command.js';
import { COMMANDS } from '../src/commands.js';
import { wholeKesCommand } from '../src/kes.js';
import { makeKey } from './support/files.js';
import { inFolder } from './support/folder.js';
import { kes } from './support/kes.js';

const KES = await wholeKesCommand();

interface Place {
  readonly path: string;
  readonly command: Command;
}

function placesBelow(command: Command, path = command.name()): Place[] {
  const children = command.createHelp().visibleCommands(command);
  const below = children.flatMap((child) => placesBelow(child, `${path} ${child.name()}`));
  return [{ path, command }, ...below];
}

/** Every command and group of commands. */
const PLACES = placesBelow(KES);
/** Whether the README is written instead of compared. */
const IS_WRITTEN = process.env['EVOLOCK_WRITE_TRANSCRIPT'] === '1';

/** The commands by role, each with what it needs. */
function readmeList(): string {
  return KES.commands
    .map((each) => each.helpGroup())
    .filter((role, index, all) => all.indexOf(role) === index)
    .map((role) => {
      const lines = KES.commands
        .filter((each) => each.helpGroup() === role)
        .flatMap((each) => linesOf(each, `kes ${each.name()}`));
      return `**${role.replace(':', '')}**\n\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

function linesOf(command: Command, path: string): string[] {
  if (command.commands.length > 0)
    return command.commands.flatMap((each) => linesOf(each, `${path} ${each.name()}`));
  const options = command.options
    .filter(({ mandatory }) => mandatory)
    .map(({ flags }) => flags.replace(/^.*, /, ''));
  const args = command.registeredArguments.map((each) => {
    const name = `${each.name()}${each.variadic ? '...' : ''}`;
    return each.required ? `<${name}>` : `[${name}]`;
  });
  return [`- \`${[path, ...options, ...args].join(' ')}\`: ${command.summary()}`];
}

test.each(PLACES)(
  '$path --help, and kes help, show examples that are commands, and the exit codes',
  async ({ path, command }) => {
    const words = path.split(' ').slice(1);
    const { code, stdout, stderr } = await kes([...words, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: kes/);
    expect(stdout).toMatch(/\nExamples:\n( {2}# .+\n {2}\$ .*kes .+\n)+/);
    expect(stdout).toContain('Exit codes:\n  0  ');
    for (const line of stdout.split('\n')) {
      if (!/^ {2}[#$]/.test(line)) expect(line.length).toBeLessThanOrEqual(80);
    }
    expect(await kes(['help', ...words])).toEqual({ code, stdout, stderr });
    // A group without a command is a wrong command line.
    if (command.commands.length > 0)
      expect(await kes(words)).toMatchObject({ code: 2, stdout: '', stderr: stdout });
  },
);

test('the list of the README is of the same commands', () => {
  const path = new URL('../README.md', import.meta.url);
  const readme = readFileSync(path, 'utf8');
  const [, before = '', list, after = ''] =
    /^([^]*\n## Commands\n\n.*\n\n)([^]*?)(\n`--json` [^]*)$/.exec(readme) ?? [];
  const expected = readmeList();
  if (IS_WRITTEN) writeFileSync(path, before + expected + after);
  else expect(list).toBe(expected);
});

test('the option of a certificate is --cert and --opcert in every command', () => {
  const found = PLACES.map(({ path, command }) => ({
    path,
    spelt: optionsOf(command)
      .flatMap(({ long, short }) => [long, short])
      .filter((each) => /^--(op)?cert$/.test(each ?? '')),
  })).filter(({ spelt }) => spelt.length > 0);
  expect(found.map(({ path }) => path)).toContain('kes agent install-key');
  for (const { path, spelt } of found) expect(spelt, path).toEqual(['--cert', '--opcert']);
});

test('what a command says of options and arguments is said of those that it has', async () => {
  for (const [path, row] of Object.values(COMMANDS).flatMap((rows) => Object.entries(rows))) {
    if (!('load' in row)) continue;
    const { values = {}, needed = [] } = await row.load();
    const command = PLACES.find((place) => place.path === `kes ${path}`)?.command;
    const options = command?.options.map((each) => each.attributeName()) ?? [];
    const args = command?.registeredArguments.map((each) => each.name()) ?? [];
    const said = [...Object.keys(values), ...needed];
    expect([...options, ...args], path).toEqual(expect.arrayContaining(said));
  }
});

const manual = fileURLToPath(new URL('../dist/man', import.meta.url));
const folder = join(manual, 'man1');

test('there is a manual page for each command', () => {
  const names = ['evolock-kes', ...PLACES.map(({ path }) => path.replaceAll(' ', '-'))];
  expect(readdirSync(folder).sort()).toEqual(names.map((name) => `${name}.1`).sort());
});

test.each(PLACES)(
  'the manual page of $path states its commands and options, and examples',
  ({ path, command }) => {
    const name = path.replaceAll(' ', '-');
    const text = readFileSync(join(folder, `${name}.1`), 'utf8').replaceAll(String.raw`\-`, '-');
    for (const child of command.commands) expect(text).toContain(`.BR ${name}-${child.name()} (1)`);
    for (const { long, description } of optionsOf(command)) {
      expect(text).toMatch(new RegExp(`^\\.B .*${long}`, 'm'));
      expect(text).toContain(description);
    }
    expect(text).toMatch(/\.SH EXAMPLES\n[^]*kes /);
  },
);

function named(name: string, isMissing: boolean, program: string): string {
  return isMissing ? `${name} (skipped: ${program} is not installed)` : name;
}

const noGroff = spawnSync('groff', ['--version']).error !== undefined;
test.skipIf(noGroff)(
  named('the formatter of manual pages warns of nothing', noGroff, 'groff'),
  () => {
    const pages = readdirSync(folder).map((page) => join(folder, page));
    const { stderr } = spawnSync('groff', ['-man', '-ww', '-z', ...pages], {
      cwd: manual,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
  },
);

const manVersion = spawnSync('man', ['--version'], { encoding: 'utf8' }).stdout as string | null;
const noMan = manVersion?.startsWith('man 2.') !== true;
test.skipIf(noMan)(
  named('man finds the pages by MANPATH, as the README says', noMan, 'man-db'),
  () => {
    const env = { ...process.env, MANPATH: `${manual}:` };
    const man = (...words: string[]) => spawnSync('man', words, { encoding: 'utf8', env }).stdout;
    expect(man('-w', 'kes-status')).toBe(`${join(folder, 'kes-status.1')}\n`);
    // The page of the other name is that of kes.
    expect(man('evolock-kes')).toBe(man('kes'));
    expect(man('kes')).toContain('kes-status');
  },
);

test.each([
  ['ENOSPC', 'system', /kes\.skey: the disk is full: free some space/],
  ['EACCES', 'no-permission', /kes\.skey: no permission.*chmod 600/],
  ['EROFS', 'no-permission', /kes\.skey: its file system is read-only/],
  // The library says more here than the system does.
  ['ENOSPC', 'left-behind', /kes\.skey: .*temporary.*ENOSPC/],
] as const)('an error of the system is reworded: %s, as %s', (code, reason, says) => {
  const cause = Object.assign(new Error(code), { code });
  const error = new FileError(reason, 'kes.skey', { cause });
  const complaint = complaintOf(error);
  expect(complaint).toMatchObject({ exitCode: 3, code: 'ERR_EVOLOCK_IO_FILE' });
  expect(complaint.message).toMatch(says);
});

test('a message prints no character of a name that could change the screen', async () => {
  const strange = ['a\nb', 'a\u2028b', 'a\u2029b', 'a\u202eb', 'a\u009bb', 'a\u200bb'];
  for (const name of strange) {
    const ended = await kes(['inspect', name], { cwd: inFolder() });
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toMatch(/^kes: error: a\ufffdb: there is no such file\n$/);
    const { stderr } = await kes(['inspect', name, '--json'], { cwd: inFolder() });
    expect(JSON.parse(stderr).error.message).toMatch(/^a\ufffdb: there is no such file/);
  }
  makeKey(inFolder('kes.skey'));
  for (const name of strange) {
    const args = ['vkey', 'kes.skey', '--out', name];
    const { stdout } = await kes([...args, '--json'], { cwd: inFolder() });
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(stdout)).toMatchObject({ verificationKeyFile: name });
    const again = await kes([...args, '--force'], { cwd: inFolder() });
    expect(again.stdout).toMatch(/^✓ a\ufffdb holds the verification key\n/);
  }
});

describe('the text of an answer', () => {
  const KEY = '3d'.repeat(32);
  const COMMAND = `kes counter set '/a folder/${'x'.repeat(90)}' --next 8 --force`;
  const word = fc.stringMatching(/^[a-zé–]{1,24}$/);
  const prose = fc.array(word, { minLength: 1, maxLength: 40 }).map((words) => words.join(' '));

  test('fits 80 columns, keeps each word in its order, and breaks no key and no command', () => {
    fc.assert(
      fc.property(
        prose,
        prose,
        prose,
        fc.stringMatching(/^[a-z ]{1,40}$/),
        (one, two, last, name) => {
          const check = { valid: false, words: `${one}: ${COMMAND}; ${two}` };
          const facts = [
            [name, two],
            ['KES key', KEY],
            ['', KEY],
          ] as const;
          const answer = { checks: [check], facts, after: [`  ${last}`], json: {} };
          const lines = answerText(answer, plain);
          const isWhole = (line: string) => [COMMAND, KEY].includes(line.trim());
          for (const line of lines) expect(isWhole(line) || line.length <= 80).toBe(true);
          const text = (value: string) => value.replaceAll(/\s+/g, '');
          const all = ['✗', check.words, name, two, 'KES key', KEY, KEY, last].map(text);
          expect(text(lines.join(' '))).toBe(all.join(''));
          expect(lines.map((line) => line.trim())).toContain(COMMAND);
        },
      ),
    );
  });
});
