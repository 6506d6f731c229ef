/**
 * Files of signing keys of the VRF: seed and verification key, 64 bytes.
 */
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import { checkPath, writeDurably } from '@evolock/direct-serialise-io/files';
import { checkLocked } from '@evolock/kes-sum';
import { praosVrf, VrfSigningKey } from '@evolock/vrf-praos';
import { contentOf } from '../envelope/byte-string.js';
import type { EnvelopeLabel } from '../envelope/envelope.js';
import { withSecretEnvelope } from '../envelope/text.js';
import { checkType } from '../envelope/types.js';
import { EnvelopeError } from '../errors.js';
import { withEnvelopeFile } from '../files/envelope-file.js';
import {
  checkDescription,
  secretText,
  type KeyReadOptions,
  type KeyWriteOptions,
} from '../files/options.js';

/** The content of the file of a signing key of the VRF. */
export interface VrfSigningKeyFile extends EnvelopeLabel {
  /** The key, in locked memory. The caller releases it. */
  readonly signingKey: VrfSigningKey;
}

/**
 * Reads a signing key of the VRF from a file of `cardano-cli` straight into locked memory: 64 bytes, type
 * `VrfSigningKey_PraosVRF`. Checks that its verification key follows from its seed.
 *
 * @param path - Text or a `file:` URL: a regular file without access for group and others, or a symbolic link to such a file
 * of the user or of root.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `InconsistentVerificationKeyError` (of vrf-praos) `ERR_EVOLOCK_VRF_INCONSISTENT_KEY` when the key is damaged.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function readVrfSigningKey(path: string | URL, options?: KeyReadOptions): VrfSigningKeyFile {
  const { allocator } = checkOptions(options);
  return withEnvelopeFile(path, 'vrf-signing-key', secretText(options), (envelope) => {
    const content = contentOf(envelope.cbor);
    if (content.byteLength !== praosVrf.signingKeySize) {
      throw new EnvelopeError('wrong-length', {
        found: `${String(content.byteLength)} bytes instead of ${String(praosVrf.signingKeySize)}`,
      });
    }
    const { type, description } = envelope;
    const signingKey = directDeserialiseBufChecked(content, praosVrf, { allocator });
    return { signingKey, type, description };
  });
}

/**
 * Writes a signing key of the VRF to a file of mode 0600 as `cardano-cli` does. The digits are written in locked memory. With
 * `options.replace` the old content is overwritten: see {@link writeKesSigningKey}.
 *
 * @param path - Text or a `file:` URL.
 * @param signingKey - A live key of `praosVrf`. It is only read.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; `reason` states whether the new key is in place.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`, `LockLimitError` `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function writeVrfSigningKey(
  path: string | URL,
  signingKey: VrfSigningKey,
  options?: KeyWriteOptions,
): void {
  const file = checkPath(path);
  const { allocator, replace = false, type, description } = checkOptions(options);
  const expected = `a VrfSigningKey of ${praosVrf.name}`;
  const key = checkLocked('signingKey', signingKey, VrfSigningKey, expected);
  // The type of the file states the algorithm.
  if (key.algorithmName !== praosVrf.name) throw wrongType('signingKey', expected, signingKey);
  const label = {
    type: checkType('vrf-signing-key', type),
    description: checkDescription(description, 'VRF Signing Key'),
  };
  withSecretEnvelope(label, praosVrf.signingKeySize, key, { allocator }, (text) =>
    writeDurably(file, text, { replace, secret: true, allocator }),
  );
}
