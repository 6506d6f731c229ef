/**
 * Native code is told the buffer of a view, where in it the view begins, and how long it is. An engine calls a function
 * to find out each of them, which together takes half as long as a hash of 32 bytes.
 */

/**
 * Writes down in a view what native code asks of it, for views that are hashed again and again. Only for memory that
 * nobody else can reach, and that lives as long as the view: of memory that was detached meanwhile, native code would
 * still be told where it was, and the process would end.
 *
 * @param view - A view that is kept; native code reads it and writes to it.
 * @returns The same view.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { placedView } from '@evolock/mlocked-bytes/unsound';
 *
 * const view = placedView(new Uint8Array(128).subarray(64));
 * assert.equal(view.byteOffset, 64);
 * assert.ok(Object.hasOwn(view, 'byteOffset'));
 * ```
 */
export function placedView(view: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = view;
  return Object.defineProperties(view, {
    buffer: { value: buffer },
    byteOffset: { value: byteOffset },
    byteLength: { value: byteLength },
  });
}
