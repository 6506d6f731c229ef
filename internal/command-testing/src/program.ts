/** What holds of every program: its help and manual pages, and its build. */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { optionsOf, type Command } from '@evolock/command-line/command';
import { placesOf, type Place, type ProgramTree } from '@evolock/command-line/tree';
import { inFolder } from './folder.js';
import type { Runner } from './run.js';
import { IS_WRITTEN } from './transcript.js';

/** The commands by role, each with what it needs. */
function readmeList(root: Command): string {
  return root.commands
    .map((each) => each.helpGroup())
    .filter((role, index, all) => all.indexOf(role) === index)
    .map((role) => {
      const lines = root.commands
        .filter((each) => each.helpGroup() === role)
        .flatMap((each) => linesOf(each, `${root.name()} ${each.name()}`));
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

function named(name: string, isMissing: boolean, program: string): string {
  return isMissing ? `${name} (skipped: ${program} is not installed)` : name;
}

/** What the tests of a program need besides it: how they run it, the folder of its package, and the libraries in its build. */
interface Subject {
  readonly run: Runner;
  readonly folder: URL;
  readonly libraries: readonly string[];
}

/** The tests of a program. Returns its commands and groups of commands. */
export async function testProgram(
  program: ProgramTree,
  { run, folder, libraries }: Subject,
): Promise<readonly Place[]> {
  const places = await placesOf(program);
  const path = fileURLToPath(folder);
  const manual = join(path, 'dist', 'man');
  testHelp(program.name, places, run);
  testWords(program, places);
  testReadme(places, new URL('README.md', folder));
  testManual(program, places, path);
  testReaders(program, places.at(-1)?.command.name() ?? '', manual);
  testBuilt(program.name, path, libraries);
  return places;
}

function testHelp(name: string, places: readonly Place[], run: Runner): void {
  test.each(places)(
    '$path --help, and the command help, show examples that are commands, and the exit codes',
    async ({ path, command }) => {
      const words = path.split(' ').slice(1);
      const { code, stdout, stderr } = await run([...words, '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^Usage: ${name}`));
      expect(stdout).toMatch(
        new RegExp(String.raw`\nExamples:\n( {2}# .+\n {2}\$ .*${name} .+\n)+`),
      );
      expect(stdout).toContain('Exit codes:\n  0  ');
      for (const line of stdout.split('\n')) {
        if (!/^ {2}[#$]/.test(line)) expect(line.length).toBeLessThanOrEqual(80);
      }
      expect(await run(['help', ...words])).toEqual({ code, stdout, stderr });
      // A group without a command is a wrong command line.
      if (command.commands.length > 0)
        expect(await run(words)).toMatchObject({ code: 2, stdout: '', stderr: stdout });
    },
  );
}

/** The values and the needs by which the rows of a program describe its options and arguments. */
function testWords({ name, commands }: ProgramTree, places: readonly Place[]): void {
  test('what a command says of options and arguments is said of those that it has', async () => {
    for (const [path, row] of Object.values(commands).flatMap((rows) => Object.entries(rows))) {
      if (!('load' in row)) continue;
      const { values = {}, needed = [] } = await row.load();
      const command = places.find((place) => place.path === `${name} ${path}`)?.command;
      const options = command?.options.map((each) => each.attributeName()) ?? [];
      const args = command?.registeredArguments.map((each) => each.name()) ?? [];
      const said = [...Object.keys(values), ...needed];
      expect([...options, ...args], path).toEqual(expect.arrayContaining(said));
    }
  });
}

function testReadme(places: readonly Place[], path: URL): void {
  test('the list of the README is of the same commands', () => {
    const readme = readFileSync(path, 'utf8');
    const [, before = '', list, after = ''] =
      /^([^]*\n## Commands\n\n.*\n\n)([^]*?)(\n`--json` [^]*)$/.exec(readme) ?? [];
    const expected = places
      .slice(0, 1)
      .map(({ command }) => readmeList(command))
      .join('');
    if (IS_WRITTEN) writeFileSync(path, before + expected + after);
    else expect(list).toBe(expected);
  });
}

/** The manual pages of a package, and their content. */
function testManual(
  { name, aliases = [] }: ProgramTree,
  places: readonly Place[],
  folder: string,
): void {
  const pages = join(folder, 'dist', 'man', 'man1');
  test('there is a manual page for each command', () => {
    const names = [...aliases, ...places.map(({ path }) => path.replaceAll(' ', '-'))];
    expect(readdirSync(pages).sort()).toEqual(names.map((each) => `${each}.1`).sort());
    // npm links the pages that the manifest names one by one, and not those of a folder.
    const linked = names.map((each) => `./dist/man/man1/${each}.1`);
    expect([...manifestIn(folder).man].sort()).toEqual(linked.sort());
  });

  test.each(places)(
    'the manual page of $path states its commands and options, and examples',
    ({ path, command }) => {
      const page = path.replaceAll(' ', '-');
      const text = readFileSync(join(pages, `${page}.1`), 'utf8').replaceAll(String.raw`\-`, '-');
      for (const child of command.commands)
        expect(text).toContain(`.BR ${page}-${child.name()} (1)`);
      for (const { long, description } of optionsOf(command)) {
        expect(text).toMatch(new RegExp(`^\\.B .*${long}`, 'm'));
        expect(text).toContain(description);
      }
      expect(text).toMatch(new RegExp(String.raw`\.SH EXAMPLES\n[^]*${name} `));
    },
  );
}

/** The manual pages as other programs read them; `last` is the name of a command. */
function testReaders({ name, aliases = [] }: ProgramTree, last: string, manual: string): void {
  const pages = join(manual, 'man1');
  const noGroff = spawnSync('groff', ['--version']).error !== undefined;
  test.skipIf(noGroff)(
    named('the formatter of manual pages warns of nothing', noGroff, 'groff'),
    () => {
      const files = readdirSync(pages).map((page) => join(pages, page));
      const { stderr } = spawnSync('groff', ['-man', '-ww', '-z', ...files], {
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
      expect(man('-w', `${name}-${last}`)).toBe(`${join(pages, `${name}-${last}.1`)}\n`);
      expect(man(name)).toContain(`${name}-${last}`);
      // The page of another name is that of the program.
      for (const alias of aliases) expect(man(alias)).toBe(man(name));
    },
  );
}

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly man: readonly string[];
  readonly version: string;
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The built command as npm links it: `npm ci` links it before anything is built. */
function testBuilt(name: string, folder: string, libraries: readonly string[]): void {
  const { bin, version } = manifestIn(folder);
  const names = Object.keys(bin);
  const [linked = ''] = Object.values(bin);
  const output = (command: string, args: readonly string[], cwd = folder) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  const printsVersion = { status: 0, stdout: `${version}\n`, stderr: '' };

  test('the linked file is committed and executable', () => {
    expect(output('git', ['ls-files', '--stage', linked]).stdout).toMatch(/^100755 /);
  });

  test(`${names.join(' and ')}, which npm links: npx runs a package of several commands only when they are one file`, () => {
    for (const each of names) {
      expect(bin[each]).toBe(linked);
      symlinkSync(join(folder, linked), inFolder(each));
      expect(output(inFolder(each), ['--version'])).toEqual(printsVersion);
    }
  });

  test('it runs the built command', () => {
    expect(output(process.execPath, [linked, '--version'])).toEqual(printsVersion);
    // The exit code and stderr reach the process.
    expect(output(process.execPath, [linked, 'nonsense'])).toEqual({
      status: 2,
      stdout: '',
      stderr: `${name}: error: unknown command 'nonsense' (see ${name} --help)\n`,
    });
  });

  test('it comes with the licences of the libraries that the build contains', () => {
    const licences = readFileSync(join(folder, 'dist', 'LICENSES.txt'), 'utf8');
    const sections = licences.split(/^(?=.+\n=+\n)/m);
    expect(sections.map((text) => text.split(' ', 1)[0]).sort()).toEqual(libraries);
    for (const text of sections)
      expect(text).toMatch(/copyright [^]*(?:permission|redistribution)/i);
  });

  test('before the build it says what to do', () => {
    for (const each of ['bin', 'package.json'])
      cpSync(join(folder, each), inFolder(each), { recursive: true });
    expect(output(process.execPath, [linked, '--version'], inFolder())).toEqual({
      status: 3,
      stdout: '',
      stderr: expect.stringContaining('npm run build') as string,
    });
  });
}
