import {
  directDeserialiseBuf,
  directDeserialiseBufChecked,
  directDeserialiseFrom,
  directDeserialiseFromChecked,
  directSerialiseBuf,
  directSerialiseBufChecked,
  directSerialiseTo,
} from '@evolock/direct-serialise';
import fc from 'fast-check';
import { codeOf, errorOf, RecordingAllocator } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { MLockedBytes, pooledAllocator } from '../../src/index.js';
import { unsoundMemory } from '../../src/unsound.js';
import { contentOf } from '../support/bytes.js';

const content = fc.uint8Array({ minLength: 1, maxLength: 3_000 });

test('locked bytes push one block, the memory itself', () => {
  fc.assert(
    fc.property(content, (source) => {
      const bytes = MLockedBytes.fromBytes(new Uint8Array(source));
      const blocks: Uint8Array[] = [];
      directSerialiseTo((_offset, block) => blocks.push(block), source.length, bytes);
      expect(blocks).toHaveLength(1);
      expect(blocks[0]).toBe(unsoundMemory(bytes));
      const target = new Uint8Array(source.length);
      directSerialiseBufChecked(target, bytes);
      expect([...target]).toEqual([...source]);
      bytes.release();
    }),
  );
});

test('locked bytes are read through every helper, with the allocator of the options', () => {
  fc.assert(
    fc.property(content, (source) => {
      const size = source.length;
      const type = MLockedBytes.type(size);
      const allocator = new RecordingAllocator(pooledAllocator);
      const options = { allocator };
      const read = (offset: number, block: Uint8Array) => {
        block.set(source.subarray(offset, offset + block.byteLength));
      };
      const values = [
        directDeserialiseFrom(read, size, type, options)[0],
        directDeserialiseFromChecked(read, size, type, options),
        directDeserialiseBuf(source, type, options)[0],
        directDeserialiseBufChecked(source, type, options),
      ];
      expect(allocator.live).toBe(4);
      for (const value of values) {
        expect(contentOf(value)).toEqual([...source]);
        expect(value.size).toBe(size);
        value.release();
      }
      expect(allocator.live).toBe(0);
    }),
  );
});

test('a secret moves from locked to locked memory without ordinary memory', () => {
  const from = MLockedBytes.fromBytes(Uint8Array.of(1, 2, 3));
  const into = MLockedBytes.newZeroed(3);
  into.withBytes((view) => {
    directSerialiseBufChecked(view, from);
  });
  expect(contentOf(into)).toEqual([1, 2, 3]);
  from.release();
  into.release();
});

test('a read that fails, or is too short or too long, leaves no value alive', () => {
  const failure = new Error('broken pipe');
  const fail = () => {
    throw failure;
  };
  const asynchronous = (() => Promise.resolve()) as () => void;
  const type = MLockedBytes.type(32);
  const allocator = new RecordingAllocator(pooledAllocator);
  const options = { allocator };
  const size = 'ERR_EVOLOCK_SIZE_CHECK';
  expect(errorOf(() => directDeserialiseFrom(fail, 32, type, options))).toBe(failure);
  expect(errorOf(() => type.directDeserialise(fail, options))).toBe(failure);
  expect(codeOf(() => directDeserialiseBuf(new Uint8Array(31), type, options))).toBe(size);
  expect(codeOf(() => directDeserialiseBufChecked(Buffer.alloc(33), type, options))).toBe(size);
  expect(codeOf(() => directDeserialiseFrom(asynchronous, 32, type, options))).toBe(
    'ERR_EVOLOCK_PROTOCOL',
  );
  expect(allocator.slots).toHaveLength(5);
  expect(allocator.live).toBe(0);
});

test('a destination that is too small is not changed', () => {
  const bytes = MLockedBytes.fromBytes(new Uint8Array(32).fill(7));
  const target = new Uint8Array(31).fill(1);
  expect(codeOf(() => directSerialiseBuf(target, bytes))).toBe('ERR_EVOLOCK_SIZE_CHECK');
  expect(target.every((byte) => byte === 1)).toBe(true);
  bytes.release();
});
