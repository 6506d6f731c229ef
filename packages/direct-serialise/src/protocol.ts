/**
 * Takes one block of a value: the memory itself, lent for the duration of the call.
 *
 * Copy the block to where it belongs and return; a block that is kept shows whatever that memory holds next.
 */
export type Push = (block: Uint8Array) => void;

/** Fills one block of a value: the memory itself, lent for the duration of the call. Every byte must be written. */
export type Pull = (block: Uint8Array) => void;

/**
 * A value that can be written straight from the memory in which it lives.
 *
 * `directSerialise` calls `push` once per block, in the order of the layout, synchronously, and hands out the memory
 * itself: a secret goes from locked memory to its destination without a copy in between.
 */
export interface DirectSerialise {
  directSerialise(push: Push): void;
}

/**
 * A type of value that can be read straight into the memory in which it will live.
 *
 * `directDeserialise` calls `pull` once per block, in the order of the layout, synchronously, with the memory to fill.
 * When it throws, everything that it had read is wiped. `options` are those that a helper was given: the allocator
 * travels so.
 */
export interface DirectDeserialise<T, Options extends object = object> {
  directDeserialise(pull: Pull, options?: Options): T;
}

/** The largest number of bytes that a helper moves in one go: 2^31 − 1, the most that every native binding can count. */
export const MAX_SIZE = 2_147_483_647;
