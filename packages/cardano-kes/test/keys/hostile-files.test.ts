import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorOf } from '@evolock/test-support';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  inspectEnvelope,
  readCertificate,
  readColdSigningKey,
  readVerificationKey,
  readCounter,
  readKesSigningKey,
  readVrfSigningKey,
  writeKesSigningKey,
  writeVerificationKey,
} from '../../src/all.js';
import { fileOf, folder } from '../support/files.js';
import { kesKey } from '../support/keys.js';

const secretReaders = { readKesSigningKey, readColdSigningKey, readVrfSigningKey };
const readers = {
  ...secretReaders,
  readVerificationKey: (path: string | URL) => readVerificationKey('kes', path),
  readCertificate,
  readCounter,
  inspectEnvelope,
};
/** A user who owns no file of the test. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Root may read every file. As root, this runs the action as another user, who owns the folder. */
function asOrdinaryUser(path: string, action: () => void): void {
  if (!isRoot) return action();
  chmodSync(dirname(path), 0o755);
  process.seteuid!(NOBODY);
  try {
    action();
  } finally {
    process.seteuid!(0);
  }
}

/** What no reader reads: how the file is made, and the reason. */
const refusedByAll: [what: string, reason: string, make: (path: string) => void][] = [
  ['a missing file', 'not-found', () => undefined],
  ['a directory', 'not-regular', (path) => mkdirSync(path, { mode: 0o700 })],
  ['a symbolic link to itself', 'symbolic-link', (path) => symlinkSync('file', path)],
  ['a huge file', 'too-large', (path) => (writeFileSync(path, '{'), truncateSync(path, 2 ** 40))],
  ['a closed file', 'no-permission', (path) => (writeFileSync(path, '{}'), chmodSync(path, 0))],
];

const makePipe = (path: string) => execFileSync('mkfifo', ['-m', '600', path]);

/** What no reader of a secret reads. It does not wait for the writer of a pipe. */
const refusedAsSecret: typeof refusedByAll = [
  ['a named pipe', 'not-regular', makePipe],
  ['a link to a pipe', 'not-regular', (path) => (makePipe(`${path}-`), symlinkSync('file-', path))],
  [
    'a link to a file that others may read',
    'readable-by-others',
    (path) => symlinkSync(fileOf('{}', 0o640), path),
  ],
];

function refuses(
  all: Record<string, (path: string) => unknown>,
  reason: string,
  make: (path: string) => void,
): void {
  const path = join(folder(), 'file');
  make(path);
  const expected = { code: 'ERR_EVOLOCK_IO_FILE', reason, path };
  const readAll = () => {
    for (const [name, read] of Object.entries(all))
      expect(
        errorOf(() => read(path)),
        name,
      ).toMatchObject(expected);
  };
  if (reason === 'no-permission') asOrdinaryUser(path, readAll);
  else readAll();
}

test.each(refusedByAll)('no reader reads %s', (_what, reason, make) => {
  refuses(readers, reason, make);
});

test.each(refusedAsSecret)('no reader of a secret reads %s', (_what, reason, make) => {
  refuses(secretReaders, reason, make);
});

test('a signing key is read through the links with which Kubernetes mounts a secret', () => {
  const mount = folder();
  mkdirSync(join(mount, '..2026_11_26'));
  writeKesSigningKey(join(mount, '..2026_11_26', 'kes.skey'), kesKey());
  symlinkSync('..2026_11_26', join(mount, '..data'));
  symlinkSync(join('..data', 'kes.skey'), join(mount, 'kes.skey'));
  const { signingKey, identity } = readKesSigningKey(pathToFileURL(join(mount, 'kes.skey')));
  onTestFinished(() => signingKey.release());
  expect(signingKey.period).toBe(0);
  // Writing there would replace the link only.
  for (const replace of [true, identity]) {
    const write = () => writeKesSigningKey(join(mount, 'kes.skey'), signingKey, { replace });
    expect(errorOf(write)).toMatchObject({ reason: 'symbolic-link' });
  }
});

describe('a public file is read', () => {
  const key = new Uint8Array(32).fill(7);

  function publicKey(): string {
    const path = join(folder(), 'kes.vkey');
    writeVerificationKey('kes', path, key);
    return path;
  }

  function isRead(path: string): void {
    expect(readVerificationKey('kes', path).verificationKey).toEqual(key);
  }

  test('through a symbolic link', () => {
    const path = join(folder(), 'link');
    symlinkSync(publicKey(), path);
    isRead(path);
    expect(inspectEnvelope(path).kind).toBe('kes-verification-key');
  });

  test('through a named pipe, after waiting for its writer', () => {
    const path = join(folder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const writer = spawn('cp', [publicKey(), path]);
    onTestFinished(() => void writer.kill());
    isRead(path);
  });

  test('and refused from a pipe without end or with a signing key', () => {
    const skey = join(folder(), 'kes.skey');
    writeKesSigningKey(skey, kesKey());
    for (const [source, expected] of [
      ['/dev/zero', { reason: 'too-large' }],
      [skey, { problem: 'wrong-type' }],
    ] as const) {
      const path = join(folder(), 'pipe');
      execFileSync('mkfifo', [path]);
      const writer = spawn('sh', ['-c', 'cat "$0" > "$1"', source, path]);
      onTestFinished(() => void writer.kill());
      expect(errorOf(() => readVerificationKey('kes', path))).toMatchObject(expected);
    }
  });
});

test('a signing key that others can read, and a path that names no file, are refused', () => {
  const path = join(folder(), 'kes.skey');
  writeKesSigningKey(path, kesKey());
  for (const mode of [0o640, 0o604, 0o620, 0o644]) {
    chmodSync(path, mode);
    expect(errorOf(() => readKesSigningKey(path))).toMatchObject({ reason: 'readable-by-others' });
  }
  chmodSync(path, 0o400);
  readKesSigningKey(path).signingKey.release();
  for (const wrong of [new URL('https://example.org/kes.skey'), 'a\0b'])
    expect(errorOf(() => readKesSigningKey(wrong))['code']).toBe('ERR_EVOLOCK_IO_FILE');
});
