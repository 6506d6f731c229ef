import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  inspectEnvelope,
  readColdSigningKey,
  readColdVerificationKey,
  readKesSigningKey,
  readKesVerificationKey,
  writeKesSigningKey,
} from '../src/index.js';
import { fileOf, folder } from './support/files.js';
import { kesKey } from './support/keys.js';

const readers = {
  readKesSigningKey,
  readColdSigningKey,
  readKesVerificationKey,
  readColdVerificationKey,
  inspectEnvelope,
};

/** Root may read anything: as root, the action runs as another user, who can find the file. */
function asOrdinaryUser(path: string, action: () => void): void {
  if (process.getuid?.() !== 0) return action();
  chmodSync(dirname(path), 0o755);
  process.seteuid!(65_534);
  try {
    action();
  } finally {
    process.seteuid!(0);
  }
}

describe.each(Object.entries(readers))('%s refuses', (_name, read) => {
  function refuses(path: string, reason: string): void {
    expect(errorOf(() => read(path))).toMatchObject({
      code: 'ERR_EVOLOCK_IO_FILE',
      reason,
      path,
    });
  }

  test('a file that is not there', () => refuses(join(folder(), 'nothing'), 'not-found'));

  test('a directory', () => {
    const path = join(folder(), 'inner');
    mkdirSync(path, { mode: 0o700 });
    refuses(path, 'not-regular');
  });

  test('a symbolic link, to a good file too', () => {
    const path = join(folder(), 'link');
    symlinkSync(fileOf('{}'), path);
    refuses(path, 'symbolic-link');
  });

  test('a named pipe, without waiting for its writer', () => {
    const path = join(folder(), 'pipe');
    execFileSync('mkfifo', ['-m', '600', path]);
    refuses(path, 'not-regular');
  });

  test('a huge file, before anything of it is read', () => {
    const path = fileOf('{');
    truncateSync(path, 2 ** 40);
    refuses(path, 'too-large');
  });

  test('a file that the system does not let it read', () => {
    const path = fileOf('{}');
    chmodSync(path, 0);
    asOrdinaryUser(path, () => refuses(path, 'no-permission'));
  });

  test('what is no path', () => {
    expect(errorOf(() => read(wrongly(7)))['code']).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    expect(errorOf(() => read(new URL('https://example.org/kes.skey')))['code']).toBe(
      'ERR_EVOLOCK_IO_FILE',
    );
    expect(errorOf(() => read('a\0b'))['code']).toBe('ERR_EVOLOCK_IO_FILE');
  });
});

test('a signing key that others may read is refused, unless that is said to be right', () => {
  const path = join(folder(), 'kes.skey');
  writeKesSigningKey(path, kesKey());
  for (const mode of [0o640, 0o604, 0o620, 0o644]) {
    chmodSync(path, mode);
    expect(errorOf(() => readKesSigningKey(path))).toMatchObject({ reason: 'readable-by-others' });
  }
  readKesSigningKey(path, { readableByOthers: true }).signingKey.release();
  chmodSync(path, 0o400);
  readKesSigningKey(pathToFileURL(path)).signingKey.release();
  expect(readFileSync(path, 'utf8')).toContain('KesSigningKey');
});
