/**
 * Files of text envelopes: read as one kind, or inspected.
 */
import type { DirectSerialise } from '@evolock/direct-serialise';
import {
  checkPath,
  writeDurably,
  type DurableOptions,
  type FileIdentity,
} from '@evolock/direct-serialise-io/files';
import { encodeItem, type CborItem } from '../cbor/encode.js';
import {
  checkKind,
  parsePublicEnvelope,
  readEnvelope,
  type Envelope,
  type EnvelopeLabel,
} from '../envelope/envelope.js';
import { publicEnvelopeText, withSecretEnvelope } from '../envelope/text.js';
import type { EnvelopeKind } from '../envelope/types.js';
import { EnvelopeError } from '../errors.js';
import { publicText } from './options.js';
import { withFileText, type TextOptions } from './text.js';

/**
 * Lends the envelope of a file of one kind for the duration of a call. Each file is read into locked memory, since a
 * caller may name the file of a signing key where a public file is expected.
 */
export function withEnvelopeFile<Result>(
  path: string | URL,
  kind: EnvelopeKind,
  options: TextOptions,
  use: (envelope: Envelope, identity: FileIdentity) => Result,
): Result {
  const file = checkPath(path);
  return withFileText(file, options, ({ text, identity }) =>
    naming(file, () => use(checkKind(readEnvelope(text), kind), identity)),
  );
}

/** Writes the file of an envelope of a public item. */
export function writePublicEnvelope(
  file: string,
  label: EnvelopeLabel,
  item: CborItem,
  options: Omit<DurableOptions, 'secret'>,
): void {
  writeDurably(file, publicEnvelopeText(label, encodeItem(item)), { ...options, secret: false });
}

/** Writes the file of an envelope of a secret of `size` bytes, whose text is in locked memory. */
export function writeSecretEnvelope(
  file: string,
  label: EnvelopeLabel,
  size: number,
  value: DirectSerialise,
  options: Omit<DurableOptions, 'secret'>,
): void {
  withSecretEnvelope(label, size, value, { allocator: options.allocator }, (text) =>
    writeDurably(file, text, { ...options, secret: true }),
  );
}

/** Adds the path of the file to an error of its text. */
function naming<Result>(path: string, call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof EnvelopeError) || error.path !== undefined) throw error;
    const { problem, found, offset } = error;
    throw new EnvelopeError(problem, { path, found, offset, cause: error });
  }
}

/** Facts of an envelope. Its CBOR is not read. */
export interface EnvelopeFacts extends EnvelopeLabel {
  /** What the type states; `undefined` for an unknown type. */
  readonly kind: EnvelopeKind | undefined;
  /** Bytes of the CBOR. */
  readonly cborSize: number;
}

/** Facts of the file of an envelope. */
export interface EnvelopeFileFacts extends EnvelopeFacts {
  /** Whether the mode of the file gives the group or others access. */
  readonly openToOthers: boolean;
}

/**
 * States what a file contains. Its CBOR does not leave locked memory, so the file may be a signing key.
 *
 * @param path - Text or a `file:` URL: any readable file, also a pipe or a symbolic link.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function inspectEnvelope(path: string | URL): EnvelopeFileFacts {
  const file = checkPath(path);
  return withFileText(file, publicText, ({ text, openToOthers }) =>
    naming(file, () => ({ ...factsOf(readEnvelope(text)), openToOthers })),
  );
}

/**
 * States what the text of a public file contains.
 *
 * @param text - At most 16,384 bytes, in ordinary memory: not a signing key.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function inspectEnvelopeText(text: string | Uint8Array): EnvelopeFacts {
  return factsOf(parsePublicEnvelope(text));
}

function factsOf({ type, description, kind, cbor }: Envelope): EnvelopeFacts {
  return { type, description, kind, cborSize: cbor.byteLength };
}
