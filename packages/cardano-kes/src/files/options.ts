import { checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import type { AllocationOptions } from '@evolock/kes-sum';
import type { TextOptions } from './text.js';

/** Options of reading a signing key. */
export interface KeyReadOptions extends AllocationOptions {
  /** Whether to read a file although its mode gives the group or others access. */
  readonly readableByOthers?: boolean | undefined;
}

/** Options of writing a file. */
export interface WriteOptions {
  /** Whether an existing file is replaced. Otherwise an existing file is an error and nothing is written. */
  readonly replace?: boolean | undefined;
  /** The note for people in the file; when absent, the note that `cardano-cli` writes. */
  readonly description?: string | undefined;
}

/** Options of writing a signing key. */
export interface KeyWriteOptions extends WriteOptions, AllocationOptions {
  /** The type in the file; the usual type when absent. */
  readonly type?: string | undefined;
}

/** How to read the file of a secret. */
export function secretText(options: KeyReadOptions | undefined): TextOptions {
  const { allocator, readableByOthers = false } = checkOptions(options);
  return { allocator, access: 'secret', closedToOthers: !readableByOthers };
}

/** How to read a public file: also into locked memory, since a caller may name the file of a signing key instead. */
export const publicText: TextOptions = Object.freeze({ access: 'public', closedToOthers: false });

/** How to read a file that will be replaced. */
export const replacedText: TextOptions = Object.freeze({
  access: 'replaced',
  closedToOthers: false,
});

/** The description to write; `usual` when none was given. */
export function checkDescription(description: unknown, usual: string): string {
  if (description === undefined) return usual;
  if (typeof description !== 'string')
    throw wrongType('options.description', 'a string', description);
  return description;
}
