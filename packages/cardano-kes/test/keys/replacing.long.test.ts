/** Which files are replaced, and when another file at the path is kept. */
import type * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { leftoversOf } from '@evolock/direct-serialise-io/files';
import { errorOf } from '@evolock/test-support';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  readKesSigningKey,
  writeCounter,
  writeKesSigningKey,
  writeVerificationKey,
} from '../../src/all.js';
import { folder } from '../support/files.js';
import { faults } from '../support/faulty-fs.js';
import { kesKey } from '../support/keys.js';

vi.mock('node:fs', async (importOriginal) => {
  const { faulty } = await import('../support/faulty-fs.js');
  return faulty(await importOriginal<typeof fs>());
});

const real = await vi.importActual<typeof fs>('node:fs');

beforeEach(() => faults.reset());

/** A key that was read and evolved, and another key beside it. */
function world() {
  const path = join(folder(), 'kes.skey');
  const other = join(dirname(path), 'other.skey');
  writeKesSigningKey(path, kesKey());
  writeKesSigningKey(other, kesKey({ period: 9 }));
  const { signingKey, identity } = readKesSigningKey(path);
  signingKey.updateTo(5);
  const text = real.readFileSync(other, 'utf8');
  const write = (replace: boolean | typeof identity = identity) =>
    writeKesSigningKey(path, signingKey, { replace });
  faults.reset();
  return { path, other, text, identity, write, release: () => signingKey.release() };
}

describe('the file of a signing key', () => {
  test.each([
    ...['openSync', 'fchmodSync', 'writeSync', 'fsyncSync', 'lstatSync'].map(
      (call) => [call, undefined] as const,
    ),
    ['lstatSync', true],
  ] as const)(
    'is kept when another file takes its name before %s, replaced by identity or %s',
    (call, replace) => {
      const { path, other, text, write, release } = world();
      faults.meanwhile.set(call, () => real.renameSync(other, path));
      expect(errorOf(() => write(replace))).toMatchObject({ reason: 'changed', path });
      release();
      expect(real.readFileSync(path, 'utf8')).toBe(text);
      expect(leftoversOf(path)).toEqual([]);
    },
  );

  test('is not written when it was written to since it was read', () => {
    const { path, write, release } = world();
    const before = real.readFileSync(path);
    real.utimesSync(path, 1, 1);
    expect(errorOf(write)).toMatchObject({ reason: 'changed', path });
    release();
    expect(real.readFileSync(path)).toEqual(before);
  });

  test.each([true, false])('is not replaced when it has two names: identity %s', (byIdentity) => {
    const { path, identity, write, release } = world();
    const twin = join(folder(), 'twin.skey');
    real.linkSync(path, twin);
    const before = real.readFileSync(path);
    expect(errorOf(() => write(byIdentity ? identity : true))).toMatchObject({
      reason: 'several-names',
      path,
    });
    for (const name of [path, twin]) expect(real.readFileSync(name)).toEqual(before);
    real.unlinkSync(twin);
    write();
    release();
  });
});

describe('the mode of a replaced file', () => {
  const key = new Uint8Array(32).fill(7);
  const modeOf = (path: string): number => real.statSync(path).mode & 0o777;

  /** A counter, a verification key and a signing key, each with a function that replaces it. */
  function files(): [path: string, write: () => void][] {
    const [counter, vkey] = [join(folder(), 'cold.counter'), join(folder(), 'kes.vkey')];
    writeCounter(counter, { next: 1n, coldVerificationKey: key });
    writeVerificationKey('kes', vkey, key);
    const { path, write, release } = world();
    onTestFinished(release);
    const replace = { replace: true };
    return [
      [counter, () => writeCounter(counter, { next: 2n, coldVerificationKey: key }, replace)],
      [vkey, () => writeVerificationKey('kes', vkey, key, replace)],
      [path, write],
    ];
  }

  test.each(['600', '640', '664', '755'])('is kept for a public file: %s', (digits) => {
    const mode = Number.parseInt(digits, 8);
    for (const [path, write] of files().slice(0, 2)) {
      const { ino } = real.statSync(path);
      real.chmodSync(path, mode);
      write();
      expect(modeOf(path)).toBe(mode);
      expect(real.statSync(path).ino).not.toBe(ino);
    }
  });

  test('of a signing key is kept with an identity, and loses access for others without', () => {
    const { path, write, release } = world();
    onTestFinished(release);
    real.chmodSync(path, 0o640);
    write();
    expect(modeOf(path)).toBe(0o640);
    write(true);
    expect(modeOf(path)).toBe(0o600);
  });

  test('prevents replacing when the owner may not write, also for root', () => {
    for (const [path, write] of files()) {
      real.chmodSync(path, 0o400);
      const text = real.readFileSync(path);
      expect(errorOf(write)['reason']).toMatch(/^(read-only|no-permission)$/);
      expect(real.readFileSync(path)).toEqual(text);
      expect(real.readdirSync(dirname(path)).filter((name) => name.startsWith('.'))).toEqual([]);
    }
  });
});
