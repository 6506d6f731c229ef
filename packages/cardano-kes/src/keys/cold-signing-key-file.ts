/**
 * Files of cold signing keys: the Ed25519 key of a pool or of a genesis delegate, which signs certificates.
 */
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { checkOptions, wrongValue } from '@evolock/direct-serialise/arguments';
import { checkPath, writeDurably } from '@evolock/direct-serialise-io/files';
import { checkLocked, ed25519, Ed25519SigningKey } from '@evolock/kes-sum';
import { ExtendedSigningKey } from '@evolock/vrf-praos';
import { contentOf } from '../envelope/byte-string.js';
import type { EnvelopeLabel } from '../envelope/envelope.js';
import { withSecretEnvelope } from '../envelope/text.js';
import { checkType, isExtendedType } from '../envelope/types.js';
import { EnvelopeError } from '../errors.js';
import { withEnvelopeFile } from '../files/envelope-file.js';
import {
  checkDescription,
  secretText,
  type KeyReadOptions,
  type KeyWriteOptions,
} from '../files/options.js';

/** A signing key that issues certificates: of a seed, or extended (BIP32). */
export type ColdSigningKey = Ed25519SigningKey | ExtendedSigningKey;

/** Checks a cold signing key. */
export function checkColdKey(value: unknown): ColdSigningKey {
  const expected = 'an Ed25519SigningKey or an ExtendedSigningKey';
  return value instanceof ExtendedSigningKey
    ? checkLocked('coldKey', value, ExtendedSigningKey, expected)
    : checkLocked('coldKey', value, Ed25519SigningKey, expected);
}

/** The content of the file of a cold signing key. */
export interface ColdSigningKeyFile extends EnvelopeLabel {
  /** The key, in locked memory. The caller releases it. */
  readonly signingKey: ColdSigningKey;
}

/** Bytes of the content of an extended key: kL ‖ kR, verification key, chain code. */
const EXTENDED_KEY_SIZE = 128;

/**
 * Reads a cold signing key from a file of `cardano-cli` straight into locked memory: 32 bytes, type
 * `StakePoolSigningKey_ed25519` or `GenesisDelegateSigningKey_ed25519`; or 128 bytes, an extended (BIP32) key, type
 * `StakePoolExtendedSigningKey_ed25519_bip32` or `GenesisDelegateExtendedSigningKey_ed25519_bip32`.
 *
 * @param path - Text or a `file:` URL: a regular file without access for group and others, or a symbolic link to such a file
 * of the user or of root.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `InconsistentVerificationKeyError` (of vrf-praos) `ERR_EVOLOCK_VRF_INCONSISTENT_KEY` when an extended key is
 * damaged.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function readColdSigningKey(
  path: string | URL,
  options?: KeyReadOptions,
): ColdSigningKeyFile {
  const { allocator } = checkOptions(options);
  return withEnvelopeFile(path, 'cold-signing-key', secretText(options), (envelope) => {
    const { type, description } = envelope;
    const isExtended = isExtendedType(type, 'SigningKey');
    const content = contentOf(envelope.cbor);
    const size = isExtended ? EXTENDED_KEY_SIZE : ed25519.signingKeySize;
    if (content.byteLength !== size) {
      throw new EnvelopeError('wrong-length', {
        found: `${String(content.byteLength)} bytes instead of ${String(size)}`,
      });
    }
    const signingKey: ColdSigningKey = isExtended
      ? directDeserialiseBufChecked(content, ExtendedSigningKey, { allocator })
      : directDeserialiseBufChecked(content, ed25519, { allocator });
    return { signingKey, type, description };
  });
}

/** Options of writing a cold signing key. */
export interface ColdKeyWriteOptions extends KeyWriteOptions {
  /** Whether the file gets mode 0400, so that its owner cannot write to it by accident. Not with `replace`. */
  readonly readOnly?: boolean | undefined;
}

/**
 * Writes a cold signing key to a file of mode 0600 as `cardano-cli` does. The digits are written in locked memory. With
 * `options.replace` the old content is overwritten: see {@link writeKesSigningKey}.
 *
 * @param path - Text or a `file:` URL.
 * @param signingKey - A live key. It is only read.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; `reason` states whether the new key is in place.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`, `LockLimitError` `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function writeColdSigningKey(
  path: string | URL,
  signingKey: Ed25519SigningKey,
  options?: ColdKeyWriteOptions,
): void {
  const file = checkPath(path);
  const { allocator, replace = false, readOnly = false, type, description } = checkOptions(options);
  if (replace && readOnly)
    throw wrongValue('options.readOnly', 'false with options.replace', 'true');
  const key = checkLocked('signingKey', signingKey, Ed25519SigningKey, 'an Ed25519SigningKey');
  const label = {
    type: checkType('cold-signing-key', type),
    description: checkDescription(description, 'Stake Pool Operator Signing Key'),
  };
  withSecretEnvelope(label, ed25519.signingKeySize, key, { allocator }, (text) =>
    writeDurably(file, text, { replace, secret: true, readOnly, allocator }),
  );
}
