import { RecordingAllocator } from '@evolock/test-support';
import { directDeserialiseBufChecked, type DirectDeserialise } from '@evolock/direct-serialise';
import { expect, test } from 'vitest';
import {
  MLockedBytes,
  type MLockedBytesOptions,
  MLockedSizedBytes,
  pooledAllocator,
  withMLockedBytes,
} from '../../src/index.js';

type Run = (options: MLockedBytesOptions) => { release(): void }[];

function read<T>(type: DirectDeserialise<T, MLockedBytesOptions>, options: MLockedBytesOptions): T {
  return directDeserialiseBufChecked(new Uint8Array(32), type, options);
}

const operations: Readonly<Record<string, Run>> = {
  newZeroed: (options) => [MLockedBytes.newZeroed(32, options)],
  fromBytes: (options) => [MLockedBytes.fromBytes(new Uint8Array(32), options)],
  'fromBytes of sized bytes': (options) => [
    MLockedSizedBytes.fromBytes(new Uint8Array(32), { ...options, size: 32 }),
  ],
  'two clones, one after the other': (options) => {
    using bytes = MLockedBytes.newZeroed(32, options);
    using clone = bytes.clone(options);
    return [clone.clone(options)];
  },
  'a clone of sized bytes': (options) => {
    using bytes = MLockedSizedBytes.newZeroed(32, options);
    return [bytes.clone(options)];
  },
  reading: (options) => [read(MLockedBytes.type(32), options)],
  'reading sized bytes': (options) => [read(MLockedSizedBytes.type(32), options)],
  'withMLockedBytes, within itself': (options) => {
    withMLockedBytes(32, () => withMLockedBytes(32, () => undefined, options), options);
    return [];
  },
};

function allocationsOf(run: Run): number {
  const allocator = new RecordingAllocator(pooledAllocator);
  for (const value of run({ allocator })) value.release();
  expect(allocator.live).toBe(0);
  return allocator.allocations;
}

test.each(Object.entries(operations))(
  '%s leaves no value alive when any of its allocations fails',
  (_name, run) => {
    const allocations = allocationsOf(run);
    expect(allocations).toBeGreaterThan(0);
    for (let refuse = 1; refuse <= allocations; refuse += 1) {
      const allocator = new RecordingAllocator(pooledAllocator).failFrom(refuse - 1);
      expect(() => run({ allocator })).toThrow(
        expect.objectContaining({ code: 'ERR_EVOLOCK_ALLOCATION_REFUSED' }),
      );
      expect(allocator.live).toBe(0);
    }
  },
);
