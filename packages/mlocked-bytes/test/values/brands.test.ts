import { inspect } from 'node:util';
import { codeOf, errorOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import * as main from '../../src/index.js';
import {
  allocateSlot,
  checkLocked,
  LockedValue,
  MLockedBytes,
  MLockedChunk,
  MLockedRegion,
  MLockedSizedBytes,
} from '../../src/index.js';
import { unsoundMemory } from '../../src/unsound.js';

/** A locked type, as an author would write it. */
class Key extends LockedValue {
  constructor() {
    super(allocateSlot(32), 32);
    unsoundMemory(this).fill(7);
  }
}

const SECRET = new Array(32).fill(7);

test('no method of locked bytes or of a region works on a key', () => {
  using key = new Key();
  using source = MLockedBytes.newZeroed(32);
  for (const { prototype } of [MLockedRegion, MLockedBytes, MLockedSizedBytes]) {
    const methods: Record<string, unknown[]> = {
      withBytes: [() => undefined],
      zero: [],
      chunk: [0, 32],
      clone: [],
      copyFrom: [source],
      copyAll: [source],
      equals: [source],
      directSerialise: [() => undefined],
    };
    for (const [name, given] of Object.entries(methods)) {
      const method: unknown = Reflect.get(prototype, name);
      if (typeof method !== 'function') continue;
      expect(() => Reflect.apply(method, key, given) as unknown, name).toThrow(TypeError);
    }
  }
  expect([...unsoundMemory(key)]).toEqual(SECRET);
});

test('only locked bytes have chunks', () => {
  using key = new Key();
  const Chunk = MLockedChunk as unknown as new (...given: unknown[]) => MLockedChunk;
  for (const given of [
    [key, 0, 32],
    [Symbol('MLockedChunk'), key, 0, 32],
  ]) {
    expect(errorOf(() => new Chunk(...given))).toMatchObject({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE' });
  }
});

test('a key with a replaced prototype is still a key', () => {
  using key = new Key();
  using bytes = MLockedBytes.newZeroed(32);
  Object.setPrototypeOf(key, MLockedBytes.prototype);
  expect(codeOf(() => checkLocked('bytes', key, MLockedBytes, 'locked bytes'))).toBe(
    'ERR_EVOLOCK_ARGUMENT_TYPE',
  );
  expect(codeOf(() => bytes.copyFrom(wrongly(key)))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  expect(codeOf(() => bytes.equals(wrongly(key)))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  expect(inspect(key)).toBe('[Key: 32 bytes locked]');
});

test('the main entry has no function that lends the memory of a key', () => {
  expect(Object.keys(main)).not.toContain('filled');
});

/** A value that pretends not to be released. */
class Pretender extends Key {
  override get released(): boolean {
    return false;
  }
}

describe.each<[string, () => Key]>([
  [
    'an own property',
    () => {
      const key = new Key();
      Object.defineProperty(key, 'released', { value: false });
      return key;
    },
  ],
  ['a subclass', () => new Pretender()],
])('%s that says `released` is false', (_name, make) => {
  test('cannot be used after its release', () => {
    const key = make();
    const memory = unsoundMemory(key);
    key.release();
    expect(key.released).toBe(false);
    using next = MLockedBytes.newZeroed(32);
    for (const use of [
      () => unsoundMemory(key),
      () => checkLocked('key', key, LockedValue, 'a key'),
    ]) {
      expect(codeOf(use)).toBe('ERR_EVOLOCK_RELEASED');
    }
    expect(String(key)).toContain('released');
    expect([...memory]).toEqual(new Array(32).fill(0));
    expect(next.released).toBe(false);
  });
});
