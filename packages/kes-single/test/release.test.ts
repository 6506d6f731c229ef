import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { LockedValue } from '../src/index.js';
import { algorithms } from './algorithms.js';
import { RecordingAllocator } from './recording-allocator.js';
import { codeOf, keyOf, seedOf } from './signing-keys.js';

/** What may be asked of a released key. */
const stillAnswers = new Set<PropertyKey>([
  'constructor',
  'algorithm',
  'released',
  'release',
  Symbol.dispose,
  'toString',
  'toJSON',
  inspect.custom,
  Symbol.toPrimitive,
  // Refused of a live value as well.
  'valueOf',
  'length',
  Symbol.asyncIterator,
  // The version by which two copies of a package know each other.
  Symbol.for('@evolock/mlocked-bytes/LockedValue'),
]);

/** Arguments that would be right. */
const right: Record<PropertyKey, unknown[]> = {
  sign: [Uint8Array.of(1)],
  directSerialise: [() => {}],
  updateTo: [0],
};

describe.each(algorithms)('a released key of $name', (algorithm) => {
  const prototype = Object.getPrototypeOf(keyOf(algorithm, seedOf(1))) as object;
  const members = [prototype, LockedValue.prototype].flatMap((one) => Reflect.ownKeys(one));

  test.each(members.filter((name) => !stillAnswers.has(name)))('refuses %s', (name) => {
    const key = keyOf(algorithm, seedOf(1));
    key.release();
    const use = () => {
      const member: unknown = Reflect.get(prototype, name, key);
      if (typeof member === 'function') Reflect.apply(member, key, right[name] ?? []);
    };
    expect(codeOf(use)).toBe('ERR_EVOLOCK_RELEASED');
  });

  test('was tried with every operation that matters', () => {
    expect(members).toEqual(
      expect.arrayContaining([
        'period',
        'sign',
        'update',
        'deriveVerificationKey',
        'clone',
        'directSerialise',
      ]),
    );
  });

  test('says so, still names its algorithm, and may be released again', () => {
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

  test('was overwritten before release returned', () => {
    const allocator = new RecordingAllocator();
    const key = keyOf(algorithm, seedOf(1), { allocator });
    const memory = allocator.slots[0]!.bytes;
    expect(new Uint8Array(memory.subarray(0, 32))).toEqual(seedOf(1));
    key.release();
    expect(memory.every((byte) => byte === 0)).toBe(true);
  });
});
