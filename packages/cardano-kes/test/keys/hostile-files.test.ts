import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, symlinkSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorOf, wrongly } from '@evolock/test-support';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  inspectEnvelope,
  readCertificate,
  readColdSigningKey,
  readColdVerificationKey,
  readCounter,
  readKesSigningKey,
  readKesVerificationKey,
  readVrfSigningKey,
  readVrfVerificationKey,
  writeKesSigningKey,
  writeKesVerificationKey,
} from '../../src/index.js';
import { fileOf, folder } from '../support/files.js';
import { kesKey } from '../support/keys.js';

const secretReaders = { readKesSigningKey, readColdSigningKey, readVrfSigningKey };
const readers = {
  ...secretReaders,
  readKesVerificationKey,
  readColdVerificationKey,
  readVrfVerificationKey,
  readCertificate,
  readCounter,
  inspectEnvelope,
};
/** A user who owns no file of the test. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Root may read every file. As root, this runs the action as another user, who has access to the folder. */
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

function refusesBy(read: (path: string) => unknown): (path: string, reason: string) => void {
  return (path, reason) => {
    const code = 'ERR_EVOLOCK_IO_FILE';
    expect(errorOf(() => read(path))).toMatchObject({ code, reason, path });
  };
}

describe.each(Object.entries(readers))('%s refuses', (_name, read) => {
  const refuses = refusesBy(read);

  test('a missing file', () => refuses(join(folder(), 'nothing'), 'not-found'));

  test('a directory', () => {
    const path = join(folder(), 'inner');
    mkdirSync(path, { mode: 0o700 });
    refuses(path, 'not-regular');
  });

  test('a symbolic link to itself', () => {
    const path = join(folder(), 'link');
    symlinkSync('link', path);
    refuses(path, 'symbolic-link');
  });

  test('a huge file before it is read', () => {
    const path = fileOf('{');
    truncateSync(path, 2 ** 40);
    refuses(path, 'too-large');
  });

  test('a file without permission to read', () => {
    const path = fileOf('{}');
    chmodSync(path, 0);
    asOrdinaryUser(path, () => refuses(path, 'no-permission'));
  });

  test('a wrong path', () => {
    expect(errorOf(() => read(wrongly(7)))['code']).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    expect(errorOf(() => read(new URL('https://example.org/kes.skey')))['code']).toBe(
      'ERR_EVOLOCK_IO_FILE',
    );
    expect(errorOf(() => read('a\0b'))['code']).toBe('ERR_EVOLOCK_IO_FILE');
  });
});

describe.each(Object.entries(secretReaders))('%s refuses', (_name, read) => {
  const refuses = refusesBy(read);

  test('a named pipe without waiting for its writer', () => {
    const path = join(folder(), 'pipe');
    execFileSync('mkfifo', ['-m', '600', path]);
    refuses(path, 'not-regular');
    symlinkSync(path, `${path}-link`);
    refuses(`${path}-link`, 'not-regular');
  });

  test('a symbolic link to a file that others may read', () => {
    const path = join(folder(), 'link');
    symlinkSync(fileOf('{}', 0o640), path);
    refuses(path, 'readable-by-others');
  });

  test.skipIf(!isRoot)('a symbolic link to a file of another user (skipped when not root)', () => {
    const [target, path] = [fileOf('{}'), join(folder(), 'link')];
    chownSync(target, NOBODY, NOBODY);
    symlinkSync(target, path);
    refuses(path, 'foreign-link');
  });
});

test('a signing key is read through the links with which Kubernetes mounts a secret', () => {
  const mount = folder();
  mkdirSync(join(mount, '..2026_11_26'));
  writeKesSigningKey(join(mount, '..2026_11_26', 'kes.skey'), kesKey());
  symlinkSync('..2026_11_26', join(mount, '..data'));
  symlinkSync(join('..data', 'kes.skey'), join(mount, 'kes.skey'));
  const { signingKey, identity } = readKesSigningKey(join(mount, 'kes.skey'));
  onTestFinished(() => signingKey.release());
  expect(signingKey.period).toBe(0);
  // Writing there would replace the link only.
  for (const replace of [true, identity]) {
    const write = () => writeKesSigningKey(join(mount, 'kes.skey'), signingKey, { replace });
    expect(errorOf(write)).toMatchObject({ reason: 'symbolic-link' });
  }
});

test.skipIf(!isRoot)('a link to a file of the user is followed (skipped when not root)', () => {
  const [target, path] = [join(folder(), 'kes.skey'), join(folder(), 'link')];
  writeKesSigningKey(target, kesKey());
  chownSync(target, NOBODY, NOBODY);
  symlinkSync(target, path);
  for (const each of [target, path]) chmodSync(dirname(each), 0o755);
  asOrdinaryUser(path, () => readKesSigningKey(path).signingKey.release());
});

describe('a public file is read', () => {
  const key = new Uint8Array(32).fill(7);

  function publicKey(): string {
    const path = join(folder(), 'kes.vkey');
    writeKesVerificationKey(path, key);
    return path;
  }

  function isRead(path: string): void {
    expect(readKesVerificationKey(path).verificationKey).toEqual(key);
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
      expect(errorOf(() => readKesVerificationKey(path))).toMatchObject(expected);
    }
  });
});

test('a signing key that others can read is refused, unless an option accepts it', () => {
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

test('a property of Object.prototype is not used as an option', () => {
  const [open, vkey] = [join(folder(), 'kes.skey'), join(folder(), 'kes.vkey')];
  const key = new Uint8Array(32);
  writeKesSigningKey(open, kesKey());
  chmodSync(open, 0o644);
  writeKesVerificationKey(vkey, key);
  const polluted = Object.prototype as Record<string, unknown>;
  Object.assign(polluted, { readableByOthers: true, replace: true });
  try {
    for (const options of [undefined, {}]) {
      const reason = 'readable-by-others';
      expect(errorOf(() => readKesSigningKey(open, options))).toMatchObject({ reason });
      const write = () => writeKesVerificationKey(vkey, key, options);
      expect(errorOf(write)).toMatchObject({ reason: 'exists' });
    }
  } finally {
    delete polluted['readableByOthers'];
    delete polluted['replace'];
  }
});
