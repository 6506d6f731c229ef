import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { errorOf, RecordingAllocator } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  FileError,
  directDeserialiseFromFile,
  directSerialiseToFile,
  eraseLeftovers,
  identityOfFile,
} from '../../src/index.js';
import { directory, fileName, namedPipe, opened } from '../support/files.js';
import { printedBy } from '../support/scripts.js';
import {
  broken,
  contentOf,
  failingValue,
  inBlocks,
  lockedCopy,
  pattern,
} from '../support/values.js';

const content = pattern(32);
const type = MLockedBytes.type(32);

describe('a new file', () => {
  test('has mode 0600 and contains the value', () => {
    const path = fileName();
    directSerialiseToFile(path, 32, inBlocks(content, [30, 2]));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(new Uint8Array(readFileSync(path))).toEqual(content);
    expect(readdirSync(dirname(path))).toEqual(['key']);
  });

  test('replaces no existing file', () => {
    const folder = directory();
    const file = join(folder, 'file');
    const link = join(folder, 'link');
    const inner = join(folder, 'folder');
    writeFileSync(file, 'old');
    symlinkSync(join(folder, 'nowhere'), link);
    mkdirSync(inner);
    for (const path of [file, link, inner]) {
      const error = errorOf(() => directSerialiseToFile(path, 32, lockedCopy(content)));
      expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE', reason: 'exists', path });
    }
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  test('is not created for a value that fails or has another size', () => {
    const path = fileName();
    const write = () => directSerialiseToFile(path, 32, failingValue(content, 1));
    expect(errorOf(write)).toBe(broken);
    for (const size of [31, 33]) {
      const error = errorOf(() => directSerialiseToFile(path, size, lockedCopy(content)));
      expect(error['code']).toBe('ERR_EVOLOCK_SIZE_CHECK');
    }
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});

describe('a replaced file', () => {
  const next = pattern(32).reverse();

  function written(): string {
    const path = fileName();
    directSerialiseToFile(path, 32, lockedCopy(content));
    return path;
  }

  test('contains the new value, and the old content is overwritten with zeros', () => {
    const path = written();
    const old = opened(path, 'r');
    directSerialiseToFile(path, 32, lockedCopy(next), { replace: true });
    expect(new Uint8Array(readFileSync(path))).toEqual(next);
    expect(new Uint8Array(readFileSync(old))).toEqual(new Uint8Array(32));
    expect(readdirSync(dirname(path))).toEqual(['key']);
  });

  test('is replaced by identity only if it did not change', () => {
    const path = written();
    const replace = identityOfFile(path);
    directSerialiseToFile(path, 32, lockedCopy(next), { replace });
    const error = errorOf(() => directSerialiseToFile(path, 32, lockedCopy(content), { replace }));
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE', reason: 'changed', path });
    expect(new Uint8Array(readFileSync(path))).toEqual(next);
    const link = fileName();
    symlinkSync(path, link);
    expect(errorOf(() => identityOfFile(link))).toMatchObject({ reason: 'symbolic-link' });
    expect(errorOf(() => identityOfFile(dirname(path)))).toMatchObject({ reason: 'not-regular' });
  });

  test.runIf(process.platform === 'linux')(
    'is unchanged when the disk becomes full, and no other file is left',
    async () => {
      const path = written();
      const script = `
        const value = { directSerialise: (push) => push(new Uint8Array(100_100).fill(7)) };
        let error;
        try {
          io.directSerialiseToFile(${JSON.stringify(path)}, 100_100, value, { replace: true });
        } catch (thrown) { error = thrown; }
        console.log(JSON.stringify({ ...error, message: error.message }));
      `;
      const limited = ['sh', '-c', 'ulimit -f 2; exec "$0" "$@"'];
      expect(await printedBy(script, { prefix: limited })).toMatchObject({
        code: 'ERR_EVOLOCK_IO_FILE',
        systemCode: 'EFBIG',
        path,
      });
      expect(new Uint8Array(readFileSync(path))).toEqual(content);
      expect(readdirSync(dirname(path))).toEqual(['key']);
    },
  );
});

describe('a file', () => {
  /** The error of reading. Checks that no locked memory is left. */
  function refused(path: string | URL): Record<string, unknown> {
    const allocator = new RecordingAllocator(pooledAllocator);
    const error = errorOf(() => directDeserialiseFromFile(path, 32, type, { allocator }));
    allocator.expectClean();
    return error;
  }

  function written(bytes: Uint8Array, mode = 0o600): string {
    const path = fileName();
    writeFileSync(path, bytes);
    chmodSync(path, mode);
    return path;
  }

  test.each([0o600, 0o400])('of mode %o is read', (mode) => {
    const path = written(content, mode);
    expect(contentOf(directDeserialiseFromFile(path, 32, type))).toEqual(content);
    expect(contentOf(directDeserialiseFromFile(pathToFileURL(path), 32, type))).toEqual(content);
  });

  test.each([0o640, 0o604, 0o620, 0o601, 0o666])(
    'of mode %o is read only with the option',
    (mode) => {
      const path = written(content, mode);
      const reason = 'readable-by-others';
      expect(refused(path)).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE', reason, path });
      const options = { readableByOthers: true };
      expect(contentOf(directDeserialiseFromFile(path, 32, type, options))).toEqual(content);
    },
  );

  test.each([0, 1, 31])('of %i bytes is too short', (actual) => {
    const code = 'ERR_EVOLOCK_IO_CLOSED_EARLY';
    const path = written(pattern(actual));
    const message = `${path}: it ended early: expected 32 bytes, actual ${String(actual)} bytes`;
    expect(refused(path)).toMatchObject({ code, expected: 32, actual, path, message });
  });

  test.each([33, 5_000])('of %i bytes is too long', (actual) => {
    const code = 'ERR_EVOLOCK_IO_SURPLUS';
    const path = written(pattern(actual));
    expect(refused(path)).toMatchObject({ code, expected: 32, actual, path });
  });

  test('is read through a symbolic link to a file of the user', () => {
    const link = fileName();
    symlinkSync(written(content), link);
    expect(contentOf(directDeserialiseFromFile(link, 32, type))).toEqual(content);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'is not read through a symbolic link to a file of another user (skipped when not root)',
    () => {
      const [link, target] = [fileName(), written(content)];
      chownSync(target, 65_534, 65_534);
      symlinkSync(target, link);
      expect(refused(link)).toMatchObject({ reason: 'foreign-link', path: link });
    },
  );

  test('is refused when it is a link to itself, a directory or a pipe', () => {
    const link = fileName();
    symlinkSync(link, link);
    const code = 'ERR_EVOLOCK_IO_FILE';
    expect(refused(link)).toMatchObject({ code, reason: 'symbolic-link', path: link });
    expect(refused(directory())).toMatchObject({ code, reason: 'not-regular' });
    expect(refused(namedPipe())).toMatchObject({ code, reason: 'not-regular' });
  });

  test('that is missing is refused, and the error names it', () => {
    const path = fileName();
    const code = 'ERR_EVOLOCK_IO_FILE';
    const message = `${path}: there is no such file`;
    expect(refused(path)).toMatchObject({ code, reason: 'not-found', path, message });
  });

  test.each([
    ['no-permission', 'EACCES', 'no permission: run as its owner'],
    ['no-permission', 'EROFS', 'its file system is read-only'],
    ['system', 'ENOSPC', 'the disk is full: free some space and try again'],
    ['system', 'EIO', 'the system refuses it (EIO)'],
    // The reason says more than the code.
    ['left-behind', 'ENOSPC', 'writing failed, and a temporary file beside it'],
  ] as const)('the reason %s by %s is in words that say what to do', (reason, code, words) => {
    const { message } = new FileError(reason, 'key', {
      cause: Object.assign(new Error(), { code }),
    });
    expect(message).toContain(`key: ${words}`);
  });

  test('a URL that names no file is refused', () => {
    const error = refused(new URL('https://example.org/key'));
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE', path: 'https://example.org/key' });
  });

  test('is refused when it grows or shrinks during the read', () => {
    const cases = [
      { change: pattern(33), code: 'ERR_EVOLOCK_IO_SURPLUS' },
      { change: pattern(31), code: 'ERR_EVOLOCK_IO_CLOSED_EARLY' },
    ];
    for (const { change, code } of cases) {
      const path = written(content);
      const allocator = new RecordingAllocator(pooledAllocator);
      const changing: typeof type = {
        directDeserialise(pull, options) {
          writeFileSync(path, change);
          return type.directDeserialise(pull, options);
        },
      };
      const read = () => directDeserialiseFromFile(path, 32, changing, { allocator });
      expect(errorOf(read)).toMatchObject({ code, path });
      allocator.expectClean();
    }
  });
});

test('the staging of a write that a time limit ended is given back when it is collected', async () => {
  const found = await printedBy(`
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext, runInThisContext } from 'node:vm';
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc');
    const allocator = new io.PooledAllocator();
    const value = {
      directSerialise(push) {
        push(new Uint8Array(32).fill(7));
        for (;;);
      },
    };
    globalThis.write = () => io.directSerialiseToFile('unwritten.key', 32, value, { allocator });
    let code;
    try {
      runInThisContext('write()', { timeout: 100 });
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

test('the lock of another user, which cannot be read, is kept, and nothing is written', () => {
  const path = fileName();
  const lock = join(dirname(path), '.key.evolock-lock');
  writeFileSync(lock, 'held', { mode: 0 });
  asOrdinaryUser([dirname(path)], () => {
    expect(errorOf(() => directSerialiseToFile(path, 32, lockedCopy(content)))).toMatchObject({
      reason: 'locked-elsewhere',
      path: lock,
      systemCode: 'EACCES',
    });
  });
  expect(readdirSync(dirname(path))).toEqual(['.key.evolock-lock']);
});

test('a folder in which no lock can be made is refused, and the error names the file', () => {
  const path = fileName();
  chmodSync(dirname(path), 0o555);
  asOrdinaryUser([], () => {
    const error = errorOf(() => directSerialiseToFile(path, 32, lockedCopy(content)));
    expect(error).toMatchObject({ reason: 'no-permission', path, systemCode: 'EACCES' });
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
