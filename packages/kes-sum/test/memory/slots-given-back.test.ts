import { codeOf, seedOf } from '@evolock/test-support';
import { keyOf } from '@evolock/test-keys';
import { expect, test } from 'vitest';
import {
  ed25519,
  mappingAllocator,
  MLockedBytes,
  PooledAllocator,
  type MLockedAllocator,
  type MLockedSlot,
  type Pull,
} from '../../src/index.js';
import { algorithms } from '../algorithms.js';

/** What reads a key, and the blocks of one. */
interface Read {
  readonly blocks: readonly Uint8Array[];
  read(pull: Pull, allocator: MLockedAllocator): unknown;
}

const reads: readonly (readonly [string, () => Read])[] = [
  ...algorithms.map((algorithm) => {
    const make = (): Read => {
      using key = keyOf(algorithm, seedOf(1));
      const blocks: Uint8Array[] = [];
      key.directSerialise((block) => void blocks.push(new Uint8Array(block)));
      const read: Read['read'] = (pull, allocator) =>
        algorithm.directDeserialise(pull, { allocator });
      return { blocks, read };
    };
    return [algorithm.name, make] as const;
  }),
  [
    'an Ed25519 key',
    () => ({
      blocks: [seedOf(1)],
      read: (pull, allocator) => ed25519.directDeserialise(pull, { allocator }),
    }),
  ],
];

/** An allocator that gives the first slot back on request. */
class GivesBack implements MLockedAllocator {
  readonly #source: MLockedAllocator;
  readonly #at: number;
  readonly #slots: MLockedSlot[] = [];

  constructor(source: MLockedAllocator, at: number) {
    this.#source = source;
    this.#at = at;
  }

  allocate(size: number, alignment?: number): MLockedSlot {
    if (this.#slots.length === this.#at) this.giveBack();
    const slot = this.#source.allocate(size, alignment);
    this.#slots.push(slot);
    return slot;
  }

  giveBack(): void {
    this.#slots[0]?.release();
  }
}

test.each(reads)(
  '%s is not read into a slot that was given back in the callback',
  (_name, make) => {
    const { blocks, read } = make();
    for (const source of [new PooledAllocator(), mappingAllocator]) {
      const allocator = new GivesBack(source, Infinity);
      let index = 0;
      const pull: Pull = (block) => {
        allocator.giveBack();
        block.set(blocks[index]!);
        index += 1;
      };
      expect(codeOf(() => read(pull, allocator))).toBe('ERR_EVOLOCK_RELEASED');
      expectZero(source);
    }
  },
);

test('an Ed25519 key is not read into a slot that was given back at the next allocation', () => {
  for (const source of [new PooledAllocator(), mappingAllocator]) {
    const read = () =>
      ed25519.directDeserialise((block) => void block.fill(5), {
        allocator: new GivesBack(source, 1),
      });
    expect(codeOf(read)).toBe('ERR_EVOLOCK_RELEASED');
    expectZero(source);
  }
});

/** The next owners of the slots get zeros. */
function expectZero(allocator: MLockedAllocator): void {
  for (const size of [32, 64, 128, 256, 512]) {
    using bytes = MLockedBytes.newZeroed(size, { allocator });
    expect(bytes.withBytes((view) => view.every((byte) => byte === 0))).toBe(true);
  }
}
