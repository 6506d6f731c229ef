// The command in a clone: `npm ci` links it before anything is built.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
  readonly bin: { readonly kes: string };
  readonly version: string;
};

function output(command: string, args: readonly string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('npx finds the file of the command after npm ci alone: it is committed, and executable', () => {
  const { stdout } = output('git', ['ls-files', '--stage', manifest.bin.kes]);
  expect(stdout).toMatch(/^100755 /);
});

test('it is the built command', () => {
  expect(output(process.execPath, [manifest.bin.kes, '--version'])).toEqual({
    status: 0,
    stdout: `${manifest.version}\n`,
    stderr: '',
  });
});

test('before the build it says what to do', () => {
  const copy = mkdtempSync(join(tmpdir(), 'evolock-clone-'));
  try {
    for (const name of ['bin', 'package.json']) {
      cpSync(join(folder, name), join(copy, name), { recursive: true });
    }
    expect(output(process.execPath, [manifest.bin.kes, '--version'], copy)).toEqual({
      status: 3,
      stdout: '',
      stderr: expect.stringContaining('npm run build') as string,
    });
  } finally {
    rmSync(copy, { recursive: true });
  }
});
