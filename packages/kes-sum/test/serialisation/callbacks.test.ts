// What a callback that is lent the blocks of a key may do, and what becomes of the operation that called it.
import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf, toyDsign, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  KeyBusyError,
  pooledAllocator,
  rustSigningKeyType,
  type KesSigningKey,
  type Pull,
  type Push,
} from '../../src/all.js';
import { algorithms, evolving, freshAlgorithm } from '../algorithms.js';

const message = Uint8Array.of(1, 2, 3);
const BUSY = 'ERR_EVOLOCK_KES_BUSY';

/** Calls something at one block of a key's serialisation. */
function during(key: KesSigningKey, at: number, run: () => void): void {
  let block = 0;
  key.directSerialise(() => {
    if (block++ === at) run();
  });
}

describe.each(evolving)('a callback that is lent a block of a $name key', (algorithm) => {
  const blocks = Array.from({ length: 1 + 3 * algorithm.depth }, (_, at) => at);

  test('may sign and clone, at any block', () => {
    using key = keyOf(algorithm, seedOf(1));
    const bytes = serialised(key);
    const signature = key.sign(message);
    for (const at of blocks) {
      during(key, at, () => {
        expect(key.sign(message)).toEqual(signature);
        key.clone().release();
      });
    }
    expect(serialised(key)).toEqual(bytes);
  });

  test('that starts another operation has it done, and the serialisation throws', () => {
    using other = keyOf(algorithm, seedOf(2));
    const otherBytes = serialised(other);
    using undisturbed = keyOf(algorithm, seedOf(1));
    undisturbed.update();
    for (const at of blocks) {
      using key = keyOf(algorithm, seedOf(1));
      expect(() => during(key, at, () => key.update())).toThrow(KeyBusyError);
      expect(key.period).toBe(1);
      expect(serialised(key)).toEqual(serialised(undisturbed));
      const within = () => {
        expect(serialised(other)).toEqual(otherBytes);
        keyFrom(algorithm, otherBytes).release();
      };
      expect(codeOf(() => during(key, at, within))).toBe(BUSY);
      expect(serialised(key)).toEqual(serialised(undisturbed));
    }
  });

  test('that starts another operation while a key is read makes no key', () => {
    using key = keyOf(algorithm, seedOf(1));
    using other = keyOf(algorithm, seedOf(2));
    const bytes = serialised(key);
    for (const at of blocks) {
      const allocator = new RecordingAllocator(pooledAllocator);
      let [block, offset] = [0, 0];
      const pull = (memory: Uint8Array): void => {
        if (block++ === at) serialised(other);
        memory.set(bytes.subarray(offset, (offset += memory.byteLength)));
      };
      expect(codeOf(() => algorithm.directDeserialise(pull, { allocator }))).toBe(BUSY);
      allocator.expectClean();
    }
    keyFrom(algorithm, bytes).release();
  });

  test('that releases the key gets no later block, and nothing of the next owner', () => {
    const foreign = Buffer.from(seedOf(99));
    for (const at of blocks) {
      const key = keyOf(algorithm, seedOf(1));
      let next: KesSigningKey | undefined;
      let block = 0;
      const push = (memory: Uint8Array) => {
        if (next !== undefined) expect(Buffer.from(memory).includes(foreign)).toBe(false);
        if (block++ !== at) return;
        key.release();
        next = keyOf(algorithm, seedOf(99));
      };
      const expected = at === blocks.length - 1 ? BUSY : 'ERR_EVOLOCK_RELEASED';
      expect(codeOf(() => key.directSerialise(push))).toBe(expected);
      next?.release();
    }
  });
});

test('a leaf scheme that starts another operation ends the one that called it: nothing changes', () => {
  let within = (): unknown => undefined;
  const dsign = toyDsign((operation) => {
    if (operation === 'generate') within();
  });
  const algorithm = freshAlgorithm('sum', 2, dsign);
  using key = keyOf(algorithm, seedOf(1));
  const bytes = serialised(key);
  within = () => serialised(key);
  const allocator = new RecordingAllocator(pooledAllocator);
  expect(codeOf(() => keyOf(algorithm, seedOf(1), { allocator }))).toBe(BUSY);
  allocator.expectClean();
  expect(codeOf(() => key.update())).toBe(BUSY);
  expect(serialised(key)).toEqual(bytes);
});

test.each(algorithms)('no block of a $name key is lent to an async callback', (algorithm) => {
  const asynchronous: Push & Pull = wrongly(async () => {});
  const escape = 'ERR_EVOLOCK_VIEW_ESCAPE';
  using key = keyOf(algorithm, seedOf(7));
  expect(codeOf(() => key.directSerialise(asynchronous))).toBe(escape);
  const allocator = new RecordingAllocator(pooledAllocator);
  for (const type of [algorithm, rustSigningKeyType(algorithm)]) {
    const read = () => type.directDeserialise(asynchronous, { allocator });
    expect(codeOf(read)).toBe(escape);
  }
  allocator.expectClean();
});
