import { checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import type { AllocationOptions } from '@evolock/kes-sum';
import type { TextOptions } from './file-text.js';

/** Options of reading a signing key. */
export interface KeyReadOptions extends AllocationOptions {
  /** Whether a file may be read although its mode lets the group or others in. */
  readonly readableByOthers?: boolean | undefined;
}

/** Options of writing a file. */
export interface WriteOptions {
  /** Whether a file of that name may be replaced; when it may not and there is one, nothing is written. */
  readonly replace?: boolean | undefined;
  /** The note for people in the file; the one that `cardano-cli` writes when absent. */
  readonly description?: string | undefined;
}

/** Options of writing a signing key. */
export interface KeyWriteOptions extends WriteOptions, AllocationOptions {
  /** The type that the file states; the usual one when absent. */
  readonly type?: string | undefined;
}

/**
 * How the file of a secret is read.
 *
 * @internal
 */
export function secretText(options: KeyReadOptions | undefined): TextOptions {
  const { allocator, readableByOthers = false } = checkOptions(options);
  return { allocator, access: 'secret', closedToOthers: !readableByOthers };
}

/** How the file of something public is read: into locked memory too, since it may be a signing key by mistake. */
export const publicText: TextOptions = Object.freeze({ access: 'public', closedToOthers: false });

/** How a file is read that will be replaced. */
export const replacedText: TextOptions = Object.freeze({
  access: 'replaced',
  closedToOthers: false,
});

/**
 * The description to write.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @internal
 */
export function checkDescription(description: unknown, usual: string): string {
  if (description === undefined) return usual;
  if (typeof description !== 'string')
    throw wrongType('options.description', 'a string', description);
  return description;
}
