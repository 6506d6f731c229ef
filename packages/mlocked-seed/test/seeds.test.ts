import {
  directDeserialiseBufChecked,
  directDeserialiseFrom,
  directSerialiseBufChecked,
  directSerialiseTo,
} from '@evolock/direct-serialise';
import { codeOf, errorOf, wrongly } from '@evolock/test-support';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_SEED_SIZE, MIN_SEED_SIZE, MLockedSeed } from '../src/index.js';
import { unsoundMemory } from '../src/unsound.js';
import { contentOf, seedBytes } from './support/seeds.js';

const sizes = Array.from({ length: 49 }, (_, index) => index + 16);

type Loose = (size: unknown) => { release?(): void };
const makers: [string, Loose][] = [
  ['newZeroed', (size) => MLockedSeed.newZeroed(size as number)],
  ['newRandom', (size) => MLockedSeed.newRandom(size as number)],
  ['type', (size) => MLockedSeed.type(size as number) as object],
];

test.each(makers)('%s takes 16 to 64 bytes', (_name, make) => {
  expect([MIN_SEED_SIZE, MAX_SEED_SIZE]).toEqual([16, 64]);
  for (const size of sizes) make(size).release?.();
  for (const size of [-1, 0, 1, 15, 65, 2 ** 32 + 32]) {
    expect(errorOf(() => make(size))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
      argument: 'size',
    });
  }
  for (const size of [undefined, null, 32.5, NaN, '32', 32n, {}]) {
    expect(errorOf(() => make(size))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'size',
    });
  }
});

test('fromBytes takes 16 to 64 bytes, and zeroes them', () => {
  fc.assert(
    fc.property(seedBytes, (bytes) => {
      const given = new Uint8Array(bytes);
      const seed = MLockedSeed.fromBytes(given);
      expect(seed.size).toBe(bytes.length);
      expect(contentOf(seed)).toEqual(new Uint8Array(bytes));
      expect(given.every((byte) => byte === 0)).toBe(true);
      seed.release();
    }),
  );
  for (const size of [0, 1, 15, 65, 100]) {
    const given = new Uint8Array(size).fill(7);
    expect(errorOf(() => MLockedSeed.fromBytes(given))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
      argument: 'bytes.byteLength',
    });
    expect(given.every((byte) => byte === 7)).toBe(true);
  }
  for (const wrong of [undefined, null, 'bytes', [1], new DataView(new ArrayBuffer(32))]) {
    expect(errorOf(() => MLockedSeed.fromBytes(wrongly(wrong)))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'bytes',
    });
  }
});

test('a new seed is zero, a random one is not, and two random ones differ', () => {
  for (const size of sizes) {
    const zero = MLockedSeed.newZeroed(size);
    const first = MLockedSeed.newRandom(size);
    const second = MLockedSeed.newRandom(size);
    expect(contentOf(zero)).toEqual(new Uint8Array(size));
    // The chance that 16 bytes are equal is 1 in 2^128.
    expect(first.equals(zero)).toBe(false);
    expect(first.equals(second)).toBe(false);
    // The last byte is random too: the chance that sixteen draws end in zero is 1 in 2^128.
    const ends = Array.from({ length: 16 }, () => {
      using drawn = MLockedSeed.newRandom(size);
      return contentOf(drawn).at(-1);
    });
    expect(ends.some((byte) => byte !== 0)).toBe(true);
    for (const seed of [zero, first, second]) seed.release();
  }
});

test('newRandom fills the whole seed', () => {
  using seed = MLockedSeed.newRandom(64);
  const halves = [contentOf(seed).subarray(0, 32), contentOf(seed).subarray(32)];
  for (const half of halves) expect(half.some((byte) => byte !== 0)).toBe(true);
});

test('a clone has the same content and its own memory', () => {
  fc.assert(
    fc.property(seedBytes, (bytes) => {
      const seed = MLockedSeed.fromBytes(new Uint8Array(bytes));
      const clone = seed.clone();
      expect(clone.size).toBe(seed.size);
      expect(clone.equals(seed)).toBe(true);
      seed.withBytes((view) => {
        view.fill(0);
      });
      seed.release();
      expect(contentOf(clone)).toEqual(new Uint8Array(bytes));
      clone.release();
    }),
  );
});

test('equals agrees with a plain comparison', () => {
  const pairs = fc.oneof(
    fc.tuple(seedBytes, seedBytes),
    fc.tuple(seedBytes, fc.nat(), fc.nat(255)).map(([bytes, where, flip]) => {
      const other = new Uint8Array(bytes);
      other[where % other.length]! ^= flip;
      return [bytes, other] as const;
    }),
  );
  fc.assert(
    fc.property(pairs, ([first, second]) => {
      const left = MLockedSeed.fromBytes(new Uint8Array(first));
      const right = MLockedSeed.fromBytes(new Uint8Array(second));
      expect(left.equals(right)).toBe(Buffer.compare(first, second) === 0);
      expect(left.equals(left)).toBe(true);
      left.release();
      right.release();
    }),
  );
});

test('a seed is written in one block, the memory itself, and read back', () => {
  fc.assert(
    fc.property(seedBytes, (bytes) => {
      const seed = MLockedSeed.fromBytes(new Uint8Array(bytes));
      const blocks: Uint8Array[] = [];
      directSerialiseTo((_offset, block) => blocks.push(block), bytes.length, seed);
      expect(blocks).toEqual([unsoundMemory(seed)]);
      expect(blocks[0]).toBe(unsoundMemory(seed));
      const buffer = new Uint8Array(bytes.length);
      directSerialiseBufChecked(buffer, seed);
      expect(buffer).toEqual(new Uint8Array(bytes));
      const type = MLockedSeed.type(bytes.length);
      const back = directDeserialiseBufChecked(buffer, type);
      const read = (offset: number, block: Uint8Array) => {
        block.set(buffer.subarray(offset, offset + block.length));
      };
      const [again, count] = directDeserialiseFrom(read, 64, type);
      expect(count).toBe(bytes.length);
      for (const each of [back, again]) {
        expect(each).toBeInstanceOf(MLockedSeed);
        expect(each.equals(seed)).toBe(true);
        each.release();
      }
      seed.release();
    }),
  );
});

test('push and pull are functions', () => {
  const seed = MLockedSeed.newZeroed(32);
  for (const wrong of [undefined, null, 7, {}]) {
    const type = 'ERR_EVOLOCK_ARGUMENT_TYPE';
    expect(errorOf(() => seed.directSerialise(wrongly(wrong)))).toMatchObject({
      code: type,
      argument: 'push',
    });
    expect(errorOf(() => MLockedSeed.type(32).directDeserialise(wrongly(wrong)))).toMatchObject({
      code: type,
      argument: 'pull',
    });
  }
  seed.release();
});

test('a callback cannot return the bytes of a seed', () => {
  const seed = MLockedSeed.newZeroed(32);
  const escapes: ((view: Uint8Array) => unknown)[] = [
    (view) => view,
    (view) => view.buffer,
    (view) => new DataView(view.buffer),
    (view) => Promise.resolve(view[0]),
  ];
  for (const escape of escapes) {
    expect(codeOf(() => seed.withBytes(escape))).toBe('ERR_EVOLOCK_VIEW_ESCAPE');
  }
  expect(seed.withBytes((view) => view.byteLength)).toBe(32);
  expect(codeOf(() => seed.withBytes(wrongly(7)))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  seed.release();
});
