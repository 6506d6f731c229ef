/** The built command as npm links it: `npm ci` links it before anything is built. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { inFolder } from '@evolock/command-line/testing/folder';

const folder = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
  readonly bin: { readonly kes: string; readonly 'evolock-kes': string };
  readonly version: string;
};

function output(command: string, args: readonly string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('the linked file is committed and executable', () => {
  const { stdout } = output('git', ['ls-files', '--stage', manifest.bin.kes]);
  expect(stdout).toMatch(/^100755 /);
});

test('kes and evolock-kes, which npm links, are one file: npx runs a package of several commands only then', () => {
  expect(manifest.bin['evolock-kes']).toBe(manifest.bin.kes);
  for (const name of Object.keys(manifest.bin)) {
    symlinkSync(join(folder, manifest.bin.kes), inFolder(name));
    expect(output(inFolder(name), ['--version'])).toEqual({
      status: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
  }
});

test('it runs the built command', () => {
  expect(output(process.execPath, [manifest.bin.kes, '--version'])).toEqual({
    status: 0,
    stdout: `${manifest.version}\n`,
    stderr: '',
  });
  // The exit code and stderr reach the process.
  expect(output(process.execPath, [manifest.bin.kes, 'nonsense'])).toEqual({
    status: 2,
    stdout: '',
    stderr: "kes: error: unknown command 'nonsense' (see kes --help)\n",
  });
});

test('it comes with the licences of the libraries that the build contains', () => {
  const sections = readFileSync(join(folder, 'dist', 'LICENSES.txt'), 'utf8').split(
    /^(?=.+\n=+\n)/m,
  );
  expect(sections.map((text) => text.split(' ', 1)[0]).sort()).toEqual([
    '@scure/base',
    'cbor-x',
    'commander',
    'smol-toml',
  ]);
  for (const text of sections) expect(text).toMatch(/copyright [^]*(?:permission|redistribution)/i);
});

test('before the build it says what to do', () => {
  for (const name of ['bin', 'package.json']) {
    cpSync(join(folder, name), inFolder(name), { recursive: true });
  }
  expect(output(process.execPath, [manifest.bin.kes, '--version'], inFolder())).toEqual({
    status: 3,
    stdout: '',
    stderr: expect.stringContaining('npm run build') as string,
  });
});
