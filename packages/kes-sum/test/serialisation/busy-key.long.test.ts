import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf, toyDsign } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { KeyBusyError, MLockedSeed, pooledAllocator, type KesSigningKey } from '../../src/index.js';
import { evolving, freshAlgorithm } from '../algorithms.js';

const message = Uint8Array.of(1, 2, 3);

describe.each(evolving)('$name', (algorithm) => {
  const blocks = 1 + 3 * algorithm.depth;

  /** Calls something at one block of a key's serialisation. */
  function during(key: KesSigningKey, at: number, run: () => void): void {
    let block = 0;
    key.directSerialise(() => {
      if (block++ === at) run();
    });
  }

  test('refuses an update during its own serialisation, at any block', () => {
    using key = keyOf(algorithm, seedOf(1));
    const bytes = serialised(key);
    for (let at = 0; at < blocks; at += 1) {
      expect(() => during(key, at, () => key.update())).toThrow(KeyBusyError);
      expect(codeOf(() => during(key, at, () => key.update()))).toBe('ERR_EVOLOCK_KES_BUSY');
      expect(key.period).toBe(0);
      expect(serialised(key)).toEqual(bytes);
    }
    key.update();
    expect(key.period).toBe(1);
  });

  test('lends blocks that take no properties', () => {
    using key = keyOf(algorithm, seedOf(1));
    using other = keyOf(algorithm, seedOf(2));
    const bytes = serialised(other);
    const seen: unknown[] = [];
    key.directSerialise((block) => {
      Reflect.defineProperty(block, 'set', { value: (source: unknown) => seen.push(source) });
    });
    expect(serialised(other)).toEqual(bytes);
    expect(seen).toEqual([]);
  });

  test('may be serialised, cloned and used for signing during its own serialisation', () => {
    using key = keyOf(algorithm, seedOf(1));
    const bytes = serialised(key);
    const signature = key.sign(message);
    during(key, 0, () => {
      expect(serialised(key)).toEqual(bytes);
      expect(key.sign(message)).toEqual(signature);
      using clone = key.clone();
      clone.update();
      expect(codeOf(() => key.update())).toBe('ERR_EVOLOCK_KES_BUSY');
    });
    expect(serialised(key)).toEqual(bytes);
  });

  test('is serialised and read correctly while other keys are, at any block, and no memory stays allocated', () => {
    using key = keyOf(algorithm, seedOf(1));
    using other = keyOf(algorithm, seedOf(2));
    const [bytes, otherBytes] = [serialised(key), serialised(other)];
    const before = pooledAllocator.usage().liveSlots;
    for (let at = 0; at < blocks; at += 1) {
      const written: Uint8Array[] = [];
      key.directSerialise((block) => {
        if (written.length === at) {
          expect(serialised(other)).toEqual(otherBytes);
          keyFrom(algorithm, otherBytes).release();
        }
        written.push(new Uint8Array(block));
      });
      expect(new Uint8Array(Buffer.concat(written)), `at block ${at}`).toEqual(bytes);
      let [pulled, offset] = [0, 0];
      using read = algorithm.directDeserialise((block) => {
        if (pulled++ === at) expect(serialised(other)).toEqual(otherBytes);
        block.set(bytes.subarray(offset, (offset += block.byteLength)));
      });
      expect(serialised(read)).toEqual(bytes);
    }
    expect(pooledAllocator.usage().liveSlots).toBe(before);
  });

  test('throws when it is released during its own serialisation, at any block but the last', () => {
    for (let at = 0; at < blocks - 1; at += 1) {
      const key = keyOf(algorithm, seedOf(1));
      const code = codeOf(() => during(key, at, () => key.release()));
      expect(code, `block ${at} of ${blocks}`).toBe('ERR_EVOLOCK_RELEASED');
      expect(key.released).toBe(true);
    }
  });

  test('released during its own serialisation, never lends the memory of the next owner', () => {
    for (let at = 0; at < blocks; at += 1) {
      const key = keyOf(algorithm, seedOf(1));
      let next: KesSigningKey | undefined;
      const foreign = Buffer.from(seedOf(99));
      let block = 0;
      codeOf(() =>
        key.directSerialise((memory) => {
          if (next !== undefined) expect(Buffer.from(memory).includes(foreign)).toBe(false);
          if (block++ !== at) return;
          key.release();
          next = keyOf(algorithm, seedOf(99));
        }),
      );
      next?.release();
    }
  });
});

test('a leaf scheme that uses a locked value ends the operation that called it: it throws, and nothing changes', () => {
  const hook = { run: () => {} };
  const algorithm = freshAlgorithm(
    'sum',
    2,
    toyDsign((operation) => {
      if (operation === 'generate') hook.run();
    }),
  );
  using key = keyOf(algorithm, seedOf(1));
  const bytes = serialised(key);
  hook.run = () => MLockedSeed.newRandom(32).release();
  const allocator = new RecordingAllocator(pooledAllocator);
  expect(codeOf(() => keyOf(algorithm, seedOf(1), { allocator }))).toBe('ERR_EVOLOCK_KES_BUSY');
  allocator.expectClean();
  expect(codeOf(() => key.update())).toBe('ERR_EVOLOCK_KES_BUSY');
  expect(serialised(key)).toEqual(bytes);
});
