/** The built command as npm links it: `npm ci` links it before anything is built. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { inFolder } from './folder.js';

/** Tests the build of the command of a package, in the folder `of`. It contains these libraries. */
export function testBuilt(of: URL, libraries: readonly string[]): void {
  const folder = fileURLToPath(of);
  const { bin, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>;
    readonly version: string;
  };
  const names = Object.keys(bin);
  const [linked = ''] = Object.values(bin);
  const name = basename(linked, '.cjs');
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
