import {
  directDeserialiseBuf,
  directDeserialiseBufChecked,
  directDeserialiseFrom,
  directDeserialiseFromChecked,
  directSerialiseBufChecked,
} from '@evolock/direct-serialise';
import fc from 'fast-check';
import { codeOf, RecordingAllocator } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { MLockedBytes, pooledAllocator } from '../../src/index.js';
import { unsoundMemory } from '../../src/unsound.js';
import { contentOf } from '../support/bytes.js';

const content = fc.uint8Array({ minLength: 1, maxLength: 3_000 });

test('locked bytes push one block, the memory itself', () => {
  fc.assert(
    fc.property(content, (source) => {
      using bytes = MLockedBytes.fromBytes(new Uint8Array(source));
      const blocks: Uint8Array[] = [];
      bytes.directSerialise((block) => blocks.push(block));
      expect(blocks).toHaveLength(1);
      expect(blocks[0]).toBe(unsoundMemory(bytes));
      using target = MLockedBytes.newZeroed(source.length);
      // From locked to locked memory.
      target.withBytes((view) => directSerialiseBufChecked(view, bytes));
      expect(contentOf(target)).toEqual([...source]);
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
        value.release();
      }
      allocator.expectClean();
    }),
  );
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
  for (const [read, expected] of [
    [() => directDeserialiseFrom(fail, 32, type, options), failure],
    [() => type.directDeserialise(fail, options), failure],
    [() => directDeserialiseBuf(new Uint8Array(31), type, options), size],
    [() => directDeserialiseBufChecked(Buffer.alloc(33), type, options), size],
    [() => directDeserialiseFrom(asynchronous, 32, type, options), 'ERR_EVOLOCK_PROTOCOL'],
  ] as const) {
    expect(codeOf(read)).toBe(expected);
  }
  expect(allocator.slots).toHaveLength(5);
  allocator.expectClean();
});
