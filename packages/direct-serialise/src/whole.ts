/**
 * Blocks that lie side by side may be moved in one copy, when what they are moved to or from is a buffer: to the last
 * byte the same as block by block, and several times as fast for a key of many small blocks.
 */
import { checkFunction, sizeOfBytes } from './arguments.js';
import type { Pull, Push } from './protocol.js';

/** A pass over a buffer, which can take many blocks at once. */
export interface WholePass {
  /** The callback that went to the value. */
  readonly block: Push | Pull;
  /** Moves bytes that fit; does nothing when they do not, or when the pass is not ready for them. */
  moveWhole(image: Uint8Array): boolean;
}

/** The innermost pass over a buffer that is in progress. */
let current: WholePass | undefined;

/**
 * Begins a pass over a buffer: from now on {@link pushWhole} and {@link pullWhole} know it.
 *
 * @returns The pass that goes on afterwards: for {@link endPass}, in a `finally`.
 *
 * @internal
 */
export function beginPass(pass: WholePass): WholePass | undefined {
  const outer = current;
  current = pass;
  return outer;
}

/**
 * Ends the innermost pass.
 *
 * @internal
 */
export function endPass(outer: WholePass | undefined): void {
  current = outer;
}

/**
 * Pushes all blocks at once, if the push writes into a buffer. For values whose blocks lie side by side.
 *
 * @param push - What `directSerialise` was given.
 * @param image - All blocks that the value would push, in order and side by side; not kept.
 * @returns Whether they were pushed. When not, nothing has happened: push block by block.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directSerialiseBuf, pushWhole, type DirectSerialise } from '@evolock/direct-serialise';
 *
 * const image = Uint8Array.of(1, 2, 3, 4);
 * const pair: DirectSerialise = {
 *   directSerialise(push) {
 *     if (pushWhole(push, image)) return;
 *     push(image.subarray(0, 2));
 *     push(image.subarray(2));
 *   },
 * };
 * const buffer = new Uint8Array(4);
 * assert.equal(directSerialiseBuf(buffer, pair), 4);
 * assert.deepEqual(buffer, image);
 * ```
 */
export function pushWhole(push: Push, image: Uint8Array): boolean {
  return moveWhole('push', push, image);
}

/**
 * Pulls all blocks at once, if the pull reads from a buffer. For values whose blocks lie side by side.
 *
 * @param pull - What `directDeserialise` was given.
 * @param image - Room for all blocks that the value would pull, in order and side by side; not kept.
 * @returns Whether it was filled. When not, nothing has happened: pull block by block.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directDeserialiseBuf, pullWhole, type DirectDeserialise } from '@evolock/direct-serialise';
 *
 * const pair: DirectDeserialise<Uint8Array> = {
 *   directDeserialise(pull) {
 *     const image = new Uint8Array(4);
 *     if (!pullWhole(pull, image)) {
 *       pull(image.subarray(0, 2));
 *       pull(image.subarray(2));
 *     }
 *     return image;
 *   },
 * };
 * const [value] = directDeserialiseBuf(Uint8Array.of(1, 2, 3, 4), pair);
 * assert.deepEqual(value, Uint8Array.of(1, 2, 3, 4));
 * ```
 */
export function pullWhole(pull: Pull, image: Uint8Array): boolean {
  return moveWhole('pull', pull, image);
}

function moveWhole(name: string, callback: Push | Pull, image: Uint8Array): boolean {
  checkFunction(name, callback);
  if (current?.block === callback) return current.moveWhole(image);
  sizeOfBytes('image', image);
  return false;
}
