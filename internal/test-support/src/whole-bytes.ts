/**
 * Compares bytes as a whole in all tests. vitest compares them one by one, as entries of an object, which takes milliseconds
 * for a key.
 */
import { expect } from 'vitest';

const isDone = Symbol.for('evolock: bytes are compared as a whole');

// Files that share a process share the testers.
if (!Reflect.has(globalThis, isDone)) {
  Reflect.set(globalThis, isDone, true);
  expect.addEqualityTesters([
    (left: unknown, right: unknown) =>
      left instanceof Uint8Array &&
      right instanceof Uint8Array &&
      left.constructor === right.constructor
        ? Buffer.compare(left, right) === 0
        : undefined,
  ]);
}
