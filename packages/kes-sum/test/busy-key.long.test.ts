import { keyAt, keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf, toyDsign } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { KeyBusyError, pooledAllocator, type KesSigningKey } from '../src/index.js';
import { evolving, freshAlgorithm } from './algorithms.js';

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

  test('refuses an update during its own serialisation, at any block, and stays whole', () => {
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

  test('lends blocks to which a callback can do nothing that the next key would meet', () => {
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

  test('may be read, cloned and used for signing during its own serialisation', () => {
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

  test('comes out whole when other keys are written and read meanwhile, at any block, and keeps no memory for it', () => {
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

  test('says so when it was released during its own serialisation, at any block but the last', () => {
    for (let at = 0; at < blocks - 1; at += 1) {
      const key = keyOf(algorithm, seedOf(1));
      const code = codeOf(() => during(key, at, () => key.release()));
      expect(code, `block ${at} of ${blocks}`).toBe('ERR_EVOLOCK_RELEASED');
      expect(key.released).toBe(true);
    }
  });

  test('never hands the memory of the next owner to a serialisation that began before its release', () => {
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

describe.each(['sum', 'compact'] as const)('%s over a leaf scheme that calls back', (variant) => {
  test.each([
    ['updates the same key', (key: KesSigningKey) => key.update(), [1, 0]],
    ['updates another key', (_: KesSigningKey, other: KesSigningKey) => other.update(), [0, 1]],
    [
      'makes a key',
      ({ algorithm }: KesSigningKey) => keyOf(algorithm, seedOf(3)).release(),
      [0, 0],
    ],
  ] as const)('an update is refused when it %s: all keys are whole', (_, callBack, periods) => {
    let within: (() => void) | undefined;
    const algorithm = freshAlgorithm(
      variant,
      2,
      toyDsign((operation) => {
        if (operation !== 'generate') return;
        const now = within;
        within = undefined;
        now?.();
      }),
    );
    using key = keyOf(algorithm, seedOf(1));
    using other = keyOf(algorithm, seedOf(2));
    const roots = [key, other].map((each) => each.deriveVerificationKey());
    within = () => callBack(key, other);
    expect(codeOf(() => key.update())).toBe('ERR_EVOLOCK_KES_BUSY');
    expect([key.period, other.period]).toEqual(periods);
    for (const [number, each] of [key, other].entries()) {
      each.updateTo(2);
      expect(serialised(each)).toEqual(serialised(keyAt(algorithm, seedOf(number + 1), 2)));
      expect(algorithm.verify(roots[number]!, 2, message, each.sign(message))).toBe(true);
    }
  });

  test('a release from within ends the update, and nothing is written to the memory given back', () => {
    const hook = { run: () => {} };
    const algorithm = freshAlgorithm(
      variant,
      2,
      toyDsign((operation) => {
        if (operation === 'generate') hook.run();
      }),
    );
    const allocator = new RecordingAllocator(pooledAllocator);
    const key = keyOf(algorithm, seedOf(1), { allocator });
    hook.run = () => key.release();
    const code = codeOf(() => key.update());
    const isClean = allocator.slots[0]!.bytes.every((byte) => byte === 0);
    expect({ code, isClean }).toEqual({ code: 'ERR_EVOLOCK_KES_BUSY', isClean: true });
  });
});
