/** The protocol: values push their blocks, types pull them. */

/**
 * Takes one block of a value: the memory itself, lent for the duration of the call. Copy the block and return: one that is
 * kept shows the next content of that memory.
 */
export type Push = (block: Uint8Array) => void;

/** Fills one block of a value: the memory itself, lent for the duration of the call. Every byte must be written. */
export type Pull = (block: Uint8Array) => void;

/**
 * A value that can be written directly from its own memory. A secret goes from locked memory to its destination without a
 * copy in between.
 */
export interface DirectSerialise {
  /** Calls `push` synchronously, once per block, in the order of the layout, with the memory itself. */
  directSerialise(push: Push): void;
}

/** A signing key whose period only increases. Every KES signing key is one. */
export interface EvolvingKey extends DirectSerialise {
  readonly algorithm: { readonly name: string; readonly signingKeySize: number };
  readonly period: number;
  /** Evolves the key in place, and wipes what could sign at earlier periods. When it throws, the key is unchanged. */
  updateTo(period: number): void;
  /** The verification key, the same in every period. */
  deriveVerificationKey(): Uint8Array;
  /** Wipes the key. */
  release(): void;
}

/** A type of value that can be read directly into its own memory. */
export interface DirectDeserialise<T, Options extends object = object> {
  /**
   * Calls `pull` synchronously, once per block, in the order of the layout, with the memory to fill. When it throws, it has
   * wiped everything that it read. A helper passes its `options` on, which contain the allocator.
   */
  directDeserialise(pull: Pull, options?: Options): T;
  /**
   * The names of its options. Where they are stated, a function that has options of its own refuses all other names before it
   * begins.
   */
  readonly optionNames?: readonly string[] | undefined;
}

/** A type whose values all have one size. */
export interface SizedType<T, Options extends object = object> extends DirectDeserialise<
  T,
  Options
> {
  /** Bytes of a value. */
  readonly size: number;
}

/** The most bytes that a helper moves: 2^31 − 1, the largest size that every native binding can represent. */
export const MAX_SIZE = 2_147_483_647;
