import {
  directDeserialiseBuf,
  directDeserialiseBufChecked,
  directDeserialiseFrom,
  directSerialiseBufChecked,
} from '@evolock/direct-serialise';
import fc from 'fast-check';
import { codeOf, RecordingAllocator } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { MLockedBytes, pooledAllocator } from '../../src/index.js';
import { unsoundMemory } from '../../src/unsound.js';
import { contentOf } from '../support/bytes.js';

const content = fc.uint8Array({ minLength: 1, maxLength: 3_000 });

test('locked bytes push one block, the memory itself, and are read from it', () => {
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
      using read = target.withBytes((view) =>
        directDeserialiseBufChecked(view, MLockedBytes.type(source.length)),
      );
      expect(contentOf(read)).toEqual([...source]);
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
