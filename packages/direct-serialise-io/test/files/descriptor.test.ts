import { closeSync, constants, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { errorOf, RecordingAllocator } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  directDeserialiseFromDescriptor,
  directSerialiseToDescriptor,
  MAX_IO_SIZE,
} from '../../src/index.js';
import { fileName, namedPipe, opened } from '../support/files.js';
import { exitOf, firstWordOf, runScript } from '../support/scripts.js';
import {
  broken,
  contentOf,
  failingValue,
  inBlocks,
  lockedCopy,
  pattern,
  refusingType,
} from '../support/values.js';

const content = pattern(32);
const type = MLockedBytes.type(32);

/** A descriptor that reads a given content. */
function source(bytes: Uint8Array): number {
  const path = fileName();
  writeFileSync(path, bytes);
  return opened(path, 'r');
}

describe('writing', () => {
  test('starts at the position of the file, block by block', () => {
    const path = fileName();
    const fd = opened(path, 'w');
    writeSync(fd, 'before');
    directSerialiseToDescriptor(fd, inBlocks(content, [1, 0, 20, 11]));
    directSerialiseToDescriptor(fd, lockedCopy(content));
    writeSync(fd, 'after');
    const expected = Buffer.concat([Buffer.from('before'), content, content, Buffer.from('after')]);
    expect(readFileSync(path).equals(expected)).toBe(true);
  });

  test('a value that fails, is empty or too large writes nothing', () => {
    const path = fileName();
    const fd = opened(path, 'w');
    const write = () => directSerialiseToDescriptor(fd, failingValue(content));
    expect(errorOf(write)).toBe(broken);
    for (const size of [0, MAX_IO_SIZE + 1]) {
      const value = inBlocks(pattern(size), [size]);
      const error = errorOf(() => directSerialiseToDescriptor(fd, value));
      expect(error['code']).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
    }
    expect(readFileSync(path)).toHaveLength(0);
  });

  test.each([
    ...(process.platform === 'linux'
      ? [['a full disk', 'ENOSPC', () => opened('/dev/full', 'w')] as const]
      : []),
    ['a full pipe', 'EAGAIN', () => opened(namedPipe(), constants.O_RDWR | constants.O_NONBLOCK)],
    [
      'a closed descriptor',
      'EBADF',
      () => {
        const fd = opened(fileName(), 'w');
        closeSync(fd);
        return fd;
      },
    ],
  ] as const)('to %s throws StreamError: %s', (_, code, open) => {
    const fd = open();
    const large = lockedCopy(pattern(MAX_IO_SIZE));
    const error = errorOf(() => directSerialiseToDescriptor(fd, large));
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_STREAM', systemCode: code });
    expect(error.cause).toMatchObject({ code });
  });

  test('waits for the reader of a full pipe', async () => {
    const path = namedPipe();
    // An open end in this process keeps the open of the other end from waiting for a failed script.
    const bothEnds = opened(path, constants.O_RDWR);
    const reader = runScript(`
      const fd = fs.openSync(${JSON.stringify(path)}, 'r');
      fs.writeSync(1, 'open');
      const bytes = fs.readFileSync(fd);
      const right = bytes.every((byte, i) => byte === ((i * 7 + 1) % 255) + 1);
      process.exit(bytes.length === ${MAX_IO_SIZE} && right ? 7 : 8);
    `);
    const exit = exitOf(reader);
    await firstWordOf(reader);
    const fd = opened(path, 'w');
    closeSync(bothEnds);
    directSerialiseToDescriptor(fd, lockedCopy(pattern(MAX_IO_SIZE)));
    closeSync(fd);
    expect(await exit).toBe(7);
  });
});

describe('reading', () => {
  test('takes exactly the size and leaves the rest', () => {
    const fd = source(pattern(70));
    const first = directDeserialiseFromDescriptor(fd, type);
    const second = directDeserialiseFromDescriptor(fd, type);
    const third = directDeserialiseFromDescriptor(fd, MLockedBytes.type(6), { last: true });
    const all = Buffer.concat([first, second, third].map((bytes) => contentOf(bytes)));
    expect(all.equals(pattern(70))).toBe(true);
  });

  test.each([0, 1, 16, 31])('a source that ends at byte %i leaves no locked memory', (length) => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const fd = source(content.subarray(0, length));
    const error = errorOf(() => directDeserialiseFromDescriptor(fd, type, { allocator }));
    expect(error).toMatchObject({
      code: 'ERR_EVOLOCK_IO_CLOSED_EARLY',
      expected: 32,
      actual: length,
    });
    expect(allocator.allocations).toBe(1);
    allocator.expectClean();
  });

  test('the last value of a file or a pipe with more bytes leaves no locked memory', () => {
    const pipe = opened(namedPipe(), constants.O_RDWR);
    writeSync(pipe, pattern(34));
    for (const fd of [source(pattern(34)), pipe]) {
      const allocator = new RecordingAllocator(pooledAllocator);
      const options = { allocator, last: true };
      const error = errorOf(() => directDeserialiseFromDescriptor(fd, type, options));
      expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_SURPLUS', expected: 32, actual: 33 });
      // The value, and the byte after it.
      expect(allocator.allocations).toBe(2);
      allocator.expectClean();
    }
  });

  test('a type that fails or has another size leaves no locked memory', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const fd = source(pattern(96));
    const read = () => directDeserialiseFromDescriptor(fd, refusingType(32), { allocator });
    expect(errorOf(read)).toBe(broken);
    for (const size of [31, 33]) {
      const wrong = { ...MLockedBytes.type(size), size: 32 };
      const error = errorOf(() => directDeserialiseFromDescriptor(fd, wrong, { allocator }));
      expect(error['code']).toBe('ERR_EVOLOCK_SIZE_CHECK');
    }
    allocator.expectClean();
  });

  test('from an empty non-blocking pipe throws EAGAIN, and from an ended pipe ClosedEarlyError', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const path = namedPipe();
    const reader = opened(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = opened(path, 'w');
    const read = () => directDeserialiseFromDescriptor(reader, type, { allocator });
    writeSync(writer, content.subarray(0, 5));
    const error = errorOf(read);
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_STREAM', systemCode: 'EAGAIN' });
    writeSync(writer, content.subarray(5, 9));
    closeSync(writer);
    expect(errorOf(read)).toMatchObject({ code: 'ERR_EVOLOCK_IO_CLOSED_EARLY', actual: 4 });
    allocator.expectClean();
  });

  test('waits for a slow writer, and for its end', async () => {
    const path = namedPipe();
    const bothEnds = opened(path, constants.O_RDWR);
    const writer = runScript(`
      const fd = fs.openSync(${JSON.stringify(path)}, 'w');
      fs.writeSync(1, 'open');
      for (let i = 0; i < 32; i++) fs.writeSync(fd, Uint8Array.of(((i * 7 + 1) % 255) + 1));
    `);
    const exit = exitOf(writer);
    await firstWordOf(writer);
    const fd = opened(path, 'r');
    closeSync(bothEnds);
    const bytes = directDeserialiseFromDescriptor(fd, type, { last: true });
    expect(contentOf(bytes)).toEqual(content);
    expect(await exit).toBe(0);
  });
});
