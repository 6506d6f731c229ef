/** Help, manual pages, the build and messages: what holds of every command and of every name. */
import { FileError } from '@evolock/cardano-kes/all';
import { optionsOf } from '@evolock/command-line/command';
import { inFolder } from '@evolock/command-testing/folder';
import { testProgram } from '@evolock/command-testing/program';
import { expect, test } from 'vitest';
import { complaintOf } from '../src/errors.js';
import { KES } from '../src/kes.js';
import { makeKey } from './support/files.js';
import { kes } from './support/kes.js';

const places = await testProgram(KES, {
  run: kes,
  folder: new URL('../', import.meta.url),
  libraries: ['@noble/hashes', '@scure/base', 'cbor-x', 'commander', 'smol-toml'],
});

test('the option of a certificate is --cert and --opcert in every command', () => {
  const found = places
    .map(({ path, command }) => ({
      path,
      spelt: optionsOf(command)
        .flatMap(({ long, short }) => [long, short])
        .filter((each) => /^--(op)?cert$/.test(each ?? '')),
    }))
    .filter(({ spelt }) => spelt.length > 0);
  expect(found.map(({ path }) => path)).toContain('kes agent install-key');
  for (const { path, spelt } of found) expect(spelt, path).toEqual(['--cert', '--opcert']);
});

test.each([
  ['ENOSPC', 'system', /kes\.skey: the disk is full: free some space/],
  ['EACCES', 'no-permission', /kes\.skey: no permission.*chmod u\+rw/],
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
