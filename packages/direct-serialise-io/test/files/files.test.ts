import {
  chmodSync,
  chownSync,
  closeSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errorOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { openSecret, writeDurably } from '../../src/files/index.js';
import { eraseLeftovers, FileError, identityOfFile } from '../../src/index.js';
import { fileName, opened } from '../support/files.js';
import { printedBy } from '../support/scripts.js';
import { pattern } from '../support/values.js';

const secret = { secret: true };

test('a secret is written to a new file of mode 0600, which is replaced by its identity only if it did not change', () => {
  const path = fileName();
  writeDurably(path, pattern(32), secret);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(new Uint8Array(readFileSync(path))).toEqual(pattern(32));
  const expected = identityOfFile(path);
  const replace = () => writeDurably(path, pattern(33), { ...secret, replace: true, expected });
  replace();
  expect(errorOf(replace)).toMatchObject({ reason: 'changed', path });
  expect(new Uint8Array(readFileSync(path))).toEqual(pattern(33));
  expect(readdirSync(dirname(path))).toEqual(['key']);
  const link = fileName();
  symlinkSync(path, link);
  expect(errorOf(() => identityOfFile(link))).toMatchObject({ reason: 'symbolic-link' });
  expect(errorOf(() => identityOfFile(dirname(path)))).toMatchObject({ reason: 'not-regular' });
});

test.skipIf(process.getuid?.() !== 0)(
  'the file of a secret is not opened through a symbolic link to a file of another user (skipped when not root)',
  () => {
    const [link, target] = [fileName(), fileName()];
    writeFileSync(target, pattern(32));
    symlinkSync(target, link);
    const { fd } = openSecret(link);
    expect(new Uint8Array(readFileSync(fd))).toEqual(pattern(32));
    closeSync(fd);
    chownSync(target, 65_534, 65_534);
    expect(errorOf(() => openSecret(link))).toMatchObject({ reason: 'foreign-link', path: link });
  },
);

test.each([
  ['no-permission', 'EACCES', 'no permission: run as its owner'],
  ['no-permission', 'EROFS', 'its file system is read-only'],
  ['system', 'ENOSPC', 'the disk is full: free some space and try again'],
  ['system', 'EIO', 'the system refuses it (EIO)'],
  // The reason says more than the code.
  ['left-behind', 'ENOSPC', 'writing failed, and a temporary file beside it'],
] as const)('the reason %s by %s is in words that say what to do', (reason, code, words) => {
  const cause = Object.assign(new Error(), { code });
  expect(new FileError(reason, 'key', { cause }).message).toContain(`key: ${words}`);
});

test('locked memory of a call that a time limit ended is given back when it is collected', async () => {
  const found = await printedBy(`
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext, runInThisContext } from 'node:vm';
    const { withLockedMemory } = await import('@evolock/direct-serialise-io/files');
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    const allocator = new io.PooledAllocator();
    globalThis.use = () => withLockedMemory(32, { allocator }, () => { for (;;); });
    let code;
    try {
      runInThisContext('use()', { timeout: 100 });
    } catch (error) {
      ({ code } = error);
    }
    for (let turn = 0; turn < 50 && allocator.usage().liveSlots > 0; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    console.log(JSON.stringify({ code, left: allocator.usage().liveSlots }));
  `);
  expect(found).toEqual({ code: 'ERR_SCRIPT_EXECUTION_TIMEOUT', left: 0 });
});

test('an unfinished file of mode 0400 is erased, by a user who is not root', () => {
  const path = fileName();
  const left = join(dirname(path), '.key.0123456789ab.evolock-new');
  writeFileSync(left, 'a secret', { mode: 0o400 });
  const descriptor = opened(left, 'r');
  asOrdinaryUser([dirname(path), left], () => expect(eraseLeftovers(path)).toEqual([left]));
  expect(readdirSync(dirname(path))).toEqual([]);
  expect(readFileSync(descriptor)).toEqual(Buffer.alloc(8));
});

test('without a lock nothing is written: that of another user is kept, and a folder in which none can be made is named', () => {
  const path = fileName();
  const lock = join(dirname(path), '.key.evolock-lock');
  writeFileSync(lock, 'held', { mode: 0 });
  asOrdinaryUser([dirname(path)], () => {
    const error = errorOf(() => writeDurably(path, pattern(32), secret));
    expect(error).toMatchObject({ reason: 'locked-elsewhere', path: lock, systemCode: 'EACCES' });
  });
  expect(readdirSync(dirname(path))).toEqual(['.key.evolock-lock']);
  const other = fileName();
  chmodSync(dirname(other), 0o555);
  asOrdinaryUser([], () => {
    const error = errorOf(() => writeDurably(other, pattern(32), secret));
    expect(error).toMatchObject({ reason: 'no-permission', path: other, systemCode: 'EACCES' });
  });
});

/** Gives files to a user who is not root, and does something as this user. */
function asOrdinaryUser(paths: readonly string[], work: () => void): void {
  if (process.geteuid?.() !== 0) {
    work();
    return;
  }
  for (const path of paths) chownSync(path, 65_534, 65_534);
  process.seteuid?.(65_534);
  try {
    work();
  } finally {
    process.seteuid?.(0);
  }
}
