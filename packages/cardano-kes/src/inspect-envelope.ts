import { checkPath } from '@evolock/direct-serialise-io/files';
import { naming } from './envelope-error.js';
import type { EnvelopeKind } from './envelope-types.js';
import {
  parsePublicEnvelope,
  readEnvelope,
  type Envelope,
  type EnvelopeLabel,
} from './envelope.js';
import { withFileText } from './file-text.js';
import { publicText } from './read-options.js';

/** What can be said of any envelope without reading its CBOR. */
export interface EnvelopeFacts extends EnvelopeLabel {
  /** What its type says that it holds; nothing for types that are not known here. */
  readonly kind: EnvelopeKind | undefined;
  /** Bytes of its CBOR. */
  readonly cborSize: number;
}

/** The same of a file. */
export interface EnvelopeFileFacts extends EnvelopeFacts {
  /** Whether the mode of the file lets the group or others in. */
  readonly openToOthers: boolean;
}

/**
 * Says what a file is. Nothing of its content leaves locked memory, so it may be a signing key.
 *
 * @param path - Text or a `file:` URL: anything that can be read, a pipe or a symbolic link included.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { inspectEnvelope, writeKesVerificationKey } from '@evolock/cardano-kes';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * writeKesVerificationKey(join(folder, 'kes.vkey'), new Uint8Array(32));
 * const { kind, cborSize } = inspectEnvelope(join(folder, 'kes.vkey'));
 * assert.deepEqual([kind, cborSize], ['kes-verification-key', 34]);
 * rmSync(folder, { recursive: true });
 * ```
 */
export function inspectEnvelope(path: string | URL): EnvelopeFileFacts {
  const file = checkPath(path);
  return withFileText(file, publicText, ({ text, openToOthers }) =>
    naming(file, () => ({ ...factsOf(readEnvelope(text)), openToOthers })),
  );
}

/**
 * Says what the text of a public file is.
 *
 * @param text - At most 16,384 bytes; it is in ordinary memory, so it must not be a signing key.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { inspectEnvelopeText } from '@evolock/cardano-kes';
 *
 * const text = '{"type": "StakePoolVerificationKey_ed25519", "description": "", "cborHex": "5820"}';
 * assert.equal(inspectEnvelopeText(text).kind, 'cold-verification-key');
 * ```
 */
export function inspectEnvelopeText(text: string | Uint8Array): EnvelopeFacts {
  return factsOf(parsePublicEnvelope(text));
}

function factsOf({ type, description, kind, cbor }: Envelope): EnvelopeFacts {
  return { type, description, kind, cborSize: cbor.byteLength };
}
