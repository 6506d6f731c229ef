import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { errorOf, RecordingAllocator } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { directDeserialiseFromFile, directSerialiseToNewFile } from '../src/index.js';
import { directory, fileName, namedPipe } from './support/files.js';
import { printedBy } from './support/scripts.js';
import {
  broken,
  contentOf,
  failingValue,
  inBlocks,
  lockedCopy,
  pattern,
  refusingType,
} from './support/values.js';

const content = pattern(32);
const type = MLockedBytes.type(32);

describe('a new file', () => {
  test('is its owner’s alone and holds the value', () => {
    const path = fileName();
    directSerialiseToNewFile(path, 32, inBlocks(content, [30, 2]));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(new Uint8Array(readFileSync(path))).toEqual(content);
  });

  test('never replaces anything', () => {
    const folder = directory();
    const file = join(folder, 'file');
    const link = join(folder, 'link');
    const inner = join(folder, 'folder');
    writeFileSync(file, 'old');
    symlinkSync(join(folder, 'nowhere'), link);
    mkdirSync(inner);
    for (const path of [file, link, inner]) {
      const error = errorOf(() => directSerialiseToNewFile(path, 32, lockedCopy(content)));
      expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE', reason: 'exists', path });
      expect(error.cause).toMatchObject({ code: 'EEXIST' });
    }
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  test('is not left behind by a value that fails, in either pass, or has another size', () => {
    for (const pass of [1, 2]) {
      const path = fileName();
      const write = () => directSerialiseToNewFile(path, 32, failingValue(content, pass));
      expect(errorOf(write)).toBe(broken);
      expect(existsSync(path)).toBe(false);
    }
    for (const size of [31, 33]) {
      const path = fileName();
      const error = errorOf(() => directSerialiseToNewFile(path, size, lockedCopy(content)));
      expect(error['code']).toBe('ERR_EVOLOCK_SIZE_CHECK');
      expect(existsSync(path)).toBe(false);
    }
  });

  test.runIf(process.platform === 'linux')(
    'is overwritten with zeros and removed when the disk is full half way',
    async () => {
      // A second name of the file shows what is in it after it was removed.
      const script = `
        const path = ${JSON.stringify(fileName())};
        const value = { passes: 0, directSerialise(push) {
          this.passes += 1;
          push(new Uint8Array(100).fill(7));
          if (this.passes === 2) fs.linkSync(path, path + '.kept');
          push(new Uint8Array(100_000).fill(7));
        } };
        let error;
        try { io.directSerialiseToNewFile(path, 100_100, value); } catch (thrown) { error = thrown; }
        const kept = fs.readFileSync(path + '.kept');
        console.log(JSON.stringify({
          code: error.code,
          systemCode: error.systemCode,
          exists: fs.existsSync(path),
          partial: kept.length > 100 && kept.length < 100_100,
          zeros: kept.every((byte) => byte === 0),
        }));
      `;
      const limited = ['sh', '-c', 'ulimit -f 2; exec "$0" "$@"'];
      expect(await printedBy(script, { prefix: limited })).toEqual({
        code: 'ERR_EVOLOCK_IO_STREAM',
        systemCode: 'EFBIG',
        exists: false,
        partial: true,
        zeros: true,
      });
    },
  );

  test('says so when it could not be removed', () => {
    const path = fileName();
    const value = {
      passes: 0,
      directSerialise(push: (block: Uint8Array) => void) {
        push(content);
        this.passes += 1;
        if (this.passes === 1) return;
        unlinkSync(path);
        throw broken;
      },
    };
    const error = errorOf(() => directSerialiseToNewFile(path, 32, value));
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE', reason: 'left-behind' });
    expect((error.cause as AggregateError).errors).toMatchObject([broken, { code: 'ENOENT' }]);
  });

  test('in a directory that is not there is an error of the system', () => {
    const path = join(fileName(), 'key');
    const error = errorOf(() => directSerialiseToNewFile(path, 32, lockedCopy(content)));
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_STREAM', systemCode: 'ENOENT' });
  });
});

describe('a file', () => {
  /** What reading it fails with; nothing may be left. */
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

  test.each([0o640, 0o604, 0o620, 0o601, 0o666])('of mode %o only on request', (mode) => {
    const path = written(content, mode);
    const reason = 'readable-by-others';
    expect(refused(path)).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE', reason, path });
    const options = { readableByOthers: true };
    expect(contentOf(directDeserialiseFromFile(path, 32, type, options))).toEqual(content);
  });

  test.each([0, 1, 31])('of %i bytes is too short', (actual) => {
    const code = 'ERR_EVOLOCK_IO_CLOSED_EARLY';
    expect(refused(written(pattern(actual)))).toMatchObject({ code, expected: 32, actual });
  });

  test.each([33, 5_000])('of %i bytes is too long', (actual) => {
    const code = 'ERR_EVOLOCK_IO_SURPLUS';
    expect(refused(written(pattern(actual)))).toMatchObject({ code, expected: 32, actual });
  });

  test('that is a link, a directory or a pipe is refused', () => {
    const link = fileName();
    symlinkSync(written(content), link);
    const code = 'ERR_EVOLOCK_IO_FILE';
    expect(refused(link)).toMatchObject({ code, reason: 'symbolic-link', path: link });
    expect(refused(directory())).toMatchObject({ code, reason: 'not-regular' });
    expect(refused(namedPipe())).toMatchObject({ code, reason: 'not-regular' });
  });

  test('that is not there is an error of the system', () => {
    const system = { code: 'ERR_EVOLOCK_IO_STREAM', systemCode: 'ENOENT' };
    expect(refused(fileName())).toMatchObject(system);
  });

  test('a URL that names no file is refused', () => {
    const error = refused(new URL('https://example.org/key'));
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_STREAM' });
  });

  test('that grows or shrinks while it is read is refused', () => {
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
      expect(errorOf(read)['code']).toBe(code);
      allocator.expectClean();
    }
  });

  test('refuses options that are inherited, so that none is ignored silently', () => {
    const options = Object.create({ allocator: pooledAllocator }) as object;
    const read = () => directDeserialiseFromFile(written(content), 32, type, options);
    expect(errorOf(read)).toMatchObject({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument: 'options' });
  });

  test('is refused for its mode whatever a polluted Object.prototype says', () => {
    const path = written(content);
    chmodSync(path, 0o644);
    const pollution = Object.prototype as { readableByOthers?: boolean };
    pollution.readableByOthers = true;
    try {
      for (const options of [undefined, {}]) {
        const error = errorOf(() => directDeserialiseFromFile(path, 32, type, options));
        expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE', reason: 'readable-by-others' });
      }
    } finally {
      delete pollution.readableByOthers;
    }
  });

  test('a type that refuses it passes its error on', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const path = written(content);
    const read = () => directDeserialiseFromFile(path, 32, refusingType(32), { allocator });
    expect(errorOf(read)).toBe(broken);
    allocator.expectClean();
  });
});
