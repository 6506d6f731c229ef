import { errorOf, RecordingAllocator } from '@evolock/test-support';
import { afterAll, describe, expect, test } from 'vitest';
import {
  MLockedBytes,
  MLockedSizedBytes,
  pooledAllocator,
  withMLockedBytes,
  type MLockedAllocator,
  type MLockedSlot,
} from '../../src/index.js';

const original = MLockedBytes.newZeroed(32);
const sized = MLockedSizedBytes.newZeroed(32);
afterAll(() => {
  original.release();
  sized.release();
});

interface Options {
  allocator: MLockedAllocator;
  alignment?: number;
}

/** All functions that make 32 locked bytes. The test releases the result. */
const makers: [string, (options: Options) => unknown][] = [
  ['newZeroed', (options) => MLockedBytes.newZeroed(32, options)],
  ['fromBytes', (options) => MLockedBytes.fromBytes(new Uint8Array(32), options)],
  ['clone', (options) => original.clone(options)],
  ['type', (options) => MLockedBytes.type(32).directDeserialise(() => {}, options)],
  ['newZeroed (sized)', (options) => MLockedSizedBytes.newZeroed(32, options)],
  ['fromBytes (sized)', (options) => MLockedSizedBytes.fromBytes(new Uint8Array(32), options)],
  [
    'fromBytes (of a size)',
    (options) => MLockedSizedBytes.fromBytes(new Uint8Array(32), { size: 32, ...options }),
  ],
  ['clone (sized)', (options) => sized.clone(options)],
  ['type (sized)', (options) => MLockedSizedBytes.type(32).directDeserialise(() => {}, options)],
  ['withMLockedBytes', (options) => withMLockedBytes(32, () => undefined, options)],
];

function releaseAll(made: unknown): void {
  if (made instanceof MLockedBytes) made.release();
}

/** Slots that every locked value refuses. */
const ordinary = () => new Uint8Array(32);
const release = () => {};
const refused: [string, () => unknown][] = [
  ['nothing', () => undefined],
  ['null', () => null],
  ['a number', () => 7],
  ['bytes', () => ordinary()],
  ['an empty object', () => ({})],
  ['a slot without memory', () => ({ release })],
  ['ordinary memory', () => ({ unsoundBytes: ordinary(), release })],
  ['a Buffer', () => ({ unsoundBytes: Buffer.alloc(32), release })],
  ['a DataView', () => ({ unsoundBytes: new DataView(new ArrayBuffer(32)), release })],
  ['an array', () => ({ unsoundBytes: Array(32).fill(0), release })],
];

/** Locked memory of the wrong size. */
const wrongSizes: [string, (slot: MLockedSlot) => Uint8Array][] = [
  ['too little memory', ({ unsoundBytes }) => unsoundBytes.subarray(0, 31)],
  ['too much memory', ({ unsoundBytes }) => new Uint8Array(unsoundBytes.buffer, 0, 64)],
];

/** Memory with own properties like those of locked memory of the right size. */
const shadowed: [string, (slot: MLockedSlot) => Uint8Array][] = [
  [
    'ordinary memory that shadows its buffer',
    ({ unsoundBytes }) =>
      Object.defineProperty(ordinary(), 'buffer', { value: unsoundBytes.buffer }),
  ],
  [
    'too little memory that shadows its length',
    ({ unsoundBytes }) =>
      Object.defineProperty(unsoundBytes.subarray(0, 8), 'byteLength', { value: 32 }),
  ],
];

/** An allocator whose slots have other memory, and how many were given back. */
function substituting(memoryOf: (slot: MLockedSlot) => Uint8Array) {
  const recording = new RecordingAllocator(pooledAllocator);
  const substitute = {
    recording,
    releases: 0,
    allocate(size: number) {
      const slot = recording.allocate(size);
      return {
        unsoundBytes: memoryOf(slot),
        release() {
          substitute.releases += 1;
          slot.release();
        },
      };
    },
  };
  return substitute;
}

describe.each(makers)('%s', (_name, make) => {
  test('takes all of its memory from the given allocator', () => {
    const allocator = new RecordingAllocator(new RecordingAllocator(pooledAllocator));
    const before = pooledAllocator.usage().liveSlots;
    const made = make({ allocator });
    expect(allocator.slots).toMatchObject([{ size: 32, alignment: 32 }]);
    expect(pooledAllocator.usage().liveSlots).toBe(before + allocator.live);
    releaseAll(made);
    expect(allocator.live).toBe(0);
    expect(pooledAllocator.usage().liveSlots).toBe(before);
  });

  test('passes the given alignment to the allocator', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    releaseAll(make({ allocator, alignment: 64 }));
    expect(allocator.slots).toMatchObject([{ size: 32, alignment: 64 }]);
  });

  test('throws the error of an allocator that fails', () => {
    const allocator = new RecordingAllocator(pooledAllocator).failFrom(0);
    expect(errorOf(() => make({ allocator }))).toBe(allocator.refusal);
    expect(allocator.live).toBe(0);
  });

  test.each(refused)('refuses an allocator that hands out %s', (_what, slotOf) => {
    const slot = slotOf();
    const allocator = { allocate: () => slot as MLockedSlot };
    expect(errorOf(() => make({ allocator }))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'slot',
    });
  });

  test.each(wrongSizes)('refuses %s and gives it back once', (_what, memoryOf) => {
    const allocator = substituting(memoryOf);
    expect(errorOf(() => make({ allocator }))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'slot',
    });
    expect(allocator.releases).toBe(1);
    expect(allocator.recording.live).toBe(0);
  });
});

test.each(shadowed)('%s is refused and given back once', (_what, memoryOf) => {
  const allocator = substituting(memoryOf);
  const make = () => MLockedBytes.newZeroed(32, { allocator }).release();
  expect(errorOf(make)).toMatchObject({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument: 'slot' });
  expect(allocator.releases).toBe(1);
  expect(allocator.recording.live).toBe(0);
});

test('a slot whose memory changes later is read once', () => {
  const slot = pooledAllocator.allocate(32);
  const other = ordinary();
  let looks = 0;
  const allocator = {
    allocate: () => ({
      get unsoundBytes() {
        looks += 1;
        return looks === 1 ? slot.unsoundBytes : other;
      },
      release: () => slot.release(),
    }),
  };
  const bytes = MLockedBytes.newZeroed(32, { allocator });
  bytes.withBytes((view) => {
    view.fill(7);
  });
  bytes.release();
  expect(other.every((byte) => byte === 0)).toBe(true);
});

test('a slot without a release is refused', () => {
  const slot = pooledAllocator.allocate(32);
  const allocator = { allocate: () => ({ unsoundBytes: slot.unsoundBytes }) as MLockedSlot };
  expect(errorOf(() => MLockedBytes.newZeroed(32, { allocator }))).toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
    argument: 'slot',
  });
  slot.release();
});

test('fromBytes does not change the given bytes when there is no memory for them', () => {
  for (const make of [MLockedBytes, MLockedSizedBytes]) {
    const given = new Uint8Array(32).fill(7);
    errorOf(() =>
      make.fromBytes(given, { allocator: new RecordingAllocator(pooledAllocator).failFrom(0) }),
    );
    expect(given).toEqual(new Uint8Array(32).fill(7));
  }
});
