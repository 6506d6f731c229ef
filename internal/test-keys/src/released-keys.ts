import { RecordingAllocator, refusalsOf, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { keyOf } from './signing-keys.js';
import type { KeyMaker, TestedKey } from './tested-algorithm.js';

/** An algorithm whose keys have `released`. */
type ReleasingAlgorithm = KeyMaker<TestedKey & { readonly released: boolean }, object> & {
  readonly name: string;
};

/** Valid arguments. */
const right = { sign: [Uint8Array.of(1)], directSerialise: [() => {}], updateTo: [0] };

/** Tests of released keys, for any key evolving scheme. */
export function describeReleasedKeys(
  algorithms: readonly ReleasingAlgorithm[],
  pool: ConstructorParameters<typeof RecordingAllocator>[0],
): void {
  describe.each(algorithms)('a released key of $name', (algorithm) => {
    test('refuses every member except those of every released value and its algorithm', () => {
      const key = keyOf(algorithm, seedOf(1));
      key.release();
      const refusals = refusalsOf(key, right, ['algorithm']);
      expect([...refusals.keys()]).toEqual(
        expect.arrayContaining([
          'period',
          'sign',
          'update',
          'updateTo',
          'deriveVerificationKey',
          'clone',
          'directSerialise',
        ]),
      );
      expect([...refusals].filter(([, code]) => code !== 'ERR_EVOLOCK_RELEASED')).toEqual([]);
    });

    test('reports that it is released, still has its algorithm, and can be released again', () => {
      const key = keyOf(algorithm, seedOf(1));
      key.release();
      expect(key.released).toBe(true);
      expect(key.algorithm).toBe(algorithm);
      using next = keyOf(algorithm, seedOf(1));
      const signature = next.sign(Uint8Array.of(1));
      key.release();
      key[Symbol.dispose]();
      expect(next.sign(Uint8Array.of(1))).toEqual(signature);
    });

    test('is overwritten before release returns', () => {
      const allocator = new RecordingAllocator(pool);
      const key = keyOf(algorithm, seedOf(1), { allocator });
      const memory = allocator.slots[0]!.bytes;
      expect(memory.some((byte) => byte !== 0)).toBe(true);
      key.release();
      expect(memory.every((byte) => byte === 0)).toBe(true);
    });
  });
}
