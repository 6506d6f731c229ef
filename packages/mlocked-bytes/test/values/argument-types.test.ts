import { errorOf, wrongly } from '@evolock/test-support';
import { afterAll, expect, test } from 'vitest';
import {
  ArgumentError,
  checkLocked,
  mappingAllocator,
  MLockedBytes,
  MLockedRegion,
  MLockedSizedBytes,
  PooledAllocator,
  withMLockedBytes,
} from '../../src/index.js';

const GIBIBYTE = 2 ** 30;
const bytes = MLockedBytes.newZeroed(32);
const sized = MLockedSizedBytes.newZeroed(32);
afterAll(() => {
  bytes.release();
  sized.release();
});

type Loose = (...given: unknown[]) => unknown;
const loose = (call: unknown) => call as Loose;

const takesSize: [string, Loose][] = [
  ['MLockedBytes.newZeroed', loose(MLockedBytes.newZeroed)],
  ['MLockedBytes.type', loose(MLockedBytes.type)],
  ['MLockedSizedBytes.newZeroed', loose(MLockedSizedBytes.newZeroed)],
  ['MLockedSizedBytes.type', loose(MLockedSizedBytes.type)],
  ['MLockedRegion.allocate', loose(MLockedRegion.allocate)],
  ['withMLockedBytes', (size) => withMLockedBytes(size as number, () => {})],
  ['PooledAllocator', (size) => new PooledAllocator().allocate(size as number)],
  ['mappingAllocator', (size) => mappingAllocator.allocate(size as number)],
];

test.each(takesSize)('%s takes a size from 1 byte to 1 GiB', (_name, make) => {
  for (const size of [0, -1, GIBIBYTE + 1, 2 ** 32, 2 ** 32 + 32, 2 ** 53]) {
    const error = errorOf(() => make(size));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_ARGUMENT_VALUE', argument: 'size' });
  }
  for (const size of [undefined, null, 1.5, NaN, Infinity, '32', 32n, [32], {}]) {
    expect(errorOf(() => make(size))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'size',
    });
  }
});

const takesAlignment: [string, Loose][] = [
  [
    'MLockedBytes.newZeroed',
    (alignment) => MLockedBytes.newZeroed(32, { alignment: alignment as number }),
  ],
  ['PooledAllocator', (alignment) => new PooledAllocator().allocate(32, alignment as number)],
  ['mappingAllocator', (alignment) => mappingAllocator.allocate(32, alignment as number)],
];

test.each(takesAlignment)('%s takes a power of two up to a page as alignment', (_name, make) => {
  for (const alignment of [0, -1, 3, 48, 8_192, 2 ** 32]) {
    expect(errorOf(() => make(alignment))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
      argument: 'alignment',
    });
  }
  for (const alignment of [null, 1.5, NaN, '32', 32n]) {
    expect(errorOf(() => make(alignment))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'alignment',
    });
  }
});

const takesOptions: [string, Loose][] = [
  ['newZeroed', (options) => MLockedBytes.newZeroed(32, options as object)],
  ['newZeroed (sized)', (options) => MLockedSizedBytes.newZeroed(32, options as object)],
  ['fromBytes', (options) => MLockedBytes.fromBytes(new Uint8Array(32), options as object)],
  ['fromBytes (sized)', (options) => loose(MLockedSizedBytes.fromBytes)(Buffer.alloc(32), options)],
  ['clone', (options) => bytes.clone(options as object)],
  ['clone (sized)', (options) => sized.clone(options as object)],
  ['type', (options) => MLockedBytes.type(32).directDeserialise(() => {}, options as object)],
  ['withMLockedBytes', (options) => withMLockedBytes(32, () => {}, options as object)],
];

test.each(takesOptions)('%s takes options with an allocator', (_name, make) => {
  for (const options of [null, 7, 'allocator', () => {}]) {
    expect(errorOf(() => make(options))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'options',
    });
  }
  for (const allocator of [null, 7, {}, { allocate: 7 }]) {
    expect(errorOf(() => make({ allocator }))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'allocator',
    });
  }
});

const takesBytes: [string, string, Loose][] = [
  ['copyFrom', 'source', (source) => bytes.copyFrom(wrongly(source))],
  ['equals', 'other', (other) => bytes.equals(wrongly(other))],
  ['copyAll', 'source', (source) => sized.copyAll(wrongly(source))],
  ['checkLocked', 'bytes', (given) => checkLocked('bytes', given, MLockedBytes, 'locked bytes')],
];

test.each(takesBytes)('%s takes locked bytes as %s', (_name, argument, use) => {
  const region = MLockedRegion.allocate(32);
  for (const wrong of [undefined, null, 7, 'text', {}, new Uint8Array(32), region]) {
    expect(errorOf(() => use(wrong))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument,
    });
  }
  region.release();
});

test('an object with the prototype of locked bytes is not reported as one of another copy', () => {
  const pretender = Object.create(MLockedBytes.prototype) as MLockedBytes;
  for (const wrong of [pretender, new Proxy(bytes, {})]) {
    expect(errorOf(() => bytes.equals(wrong))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'other',
    });
  }
});

const takesFunction: [string, string, Loose][] = [
  ['withMLockedBytes', 'use', (use) => withMLockedBytes(32, wrongly(use))],
  ['directSerialise', 'push', (push) => bytes.directSerialise(wrongly(push))],
  ['directDeserialise', 'pull', (pull) => MLockedBytes.type(32).directDeserialise(wrongly(pull))],
];

test.each(takesFunction)('%s takes a function as %s', (_name, argument, use) => {
  for (const wrong of [undefined, null, 7, 'text', {}]) {
    expect(errorOf(() => use(wrong))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument,
    });
  }
});

test('fromBytes takes unshared bytes, at least one', () => {
  const detached = new Uint8Array(8);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const shared = new Uint8Array(new SharedArrayBuffer(8));
  for (const make of [MLockedBytes, MLockedSizedBytes]) {
    const from = loose(make.fromBytes.bind(make));
    for (const wrong of [undefined, 'bytes', [1], new DataView(new ArrayBuffer(8)), shared]) {
      expect(errorOf(() => from(wrong))).toMatchObject({
        code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
        argument: 'bytes',
      });
    }
    expect(errorOf(() => from(detached))).toMatchObject({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE' });
    expect(errorOf(() => from(new Uint8Array(0)))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
    });
  }
});

test('fromBytes uses the real length of bytes that shadow it', () => {
  const given = new Uint8Array(40).fill(7).subarray(0, 8);
  Object.defineProperty(given, 'byteLength', { value: 40 });
  const made = MLockedBytes.fromBytes(given);
  expect(made.size).toBe(8);
  expect([...new Uint8Array(given.buffer)]).toEqual([...Array(8).fill(0), ...Array(32).fill(7)]);
  made.release();
});
