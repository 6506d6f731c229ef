/**
 * Files of cold keys: the Ed25519 keys of a pool or of a genesis delegate, with which certificates are signed.
 */
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { checkOptions, wrongType, wrongValue } from '@evolock/direct-serialise/arguments';
import { checkPath, writeDurably } from '@evolock/direct-serialise-io/files';
import { checkLocked, ed25519, Ed25519SigningKey } from '@evolock/kes-sum';
import { contentOf } from './byte-string.js';
import { EnvelopeError } from './envelope-error.js';
import { withSecretEnvelope } from './envelope-text.js';
import { kindOfType, typesOf } from './envelope-types.js';
import { withEnvelopeFile, type EnvelopeLabel } from './envelope.js';
import {
  checkDescription,
  secretText,
  type KeyReadOptions,
  type KeyWriteOptions,
} from './read-options.js';

/** What the file of a cold signing key holds. */
export interface ColdSigningKeyFile extends EnvelopeLabel {
  /** The key, in locked memory: the caller's to release. */
  readonly signingKey: Ed25519SigningKey;
}

/**
 * Reads a cold signing key from a file of `cardano-cli`, straight into locked memory: 32 bytes, of a
 * `StakePoolSigningKey_ed25519` or `GenesisDelegateSigningKey_ed25519`.
 *
 * @param path - Text or a `file:` URL: a regular file, closed to group and others. A symbolic link is followed to a
 * file of the user or of root.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readColdSigningKey, writeColdSigningKey } from '@evolock/cardano-kes';
 * import { ed25519, MLockedSeed } from '@evolock/kes-sum';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const seed = MLockedSeed.newRandom(32);
 * const made = ed25519.generateKey(seed);
 * writeColdSigningKey(join(folder, 'cold.skey'), made);
 * const { signingKey, type } = readColdSigningKey(join(folder, 'cold.skey'));
 * assert.equal(type, 'StakePoolSigningKey_ed25519');
 * assert.deepEqual(signingKey.deriveVerificationKey(), made.deriveVerificationKey());
 * for (const each of [seed, made, signingKey]) each.release();
 * rmSync(folder, { recursive: true });
 * ```
 */
export function readColdSigningKey(
  path: string | URL,
  options?: KeyReadOptions,
): ColdSigningKeyFile {
  const { allocator } = checkOptions(options);
  return withEnvelopeFile(path, 'cold-signing-key', secretText(options), (envelope) => {
    const content = contentOf(envelope.cbor);
    if (content.byteLength !== ed25519.signingKeySize) {
      throw new EnvelopeError('wrong-length', {
        found: `${String(content.byteLength)} bytes instead of 32`,
      });
    }
    const { type, description } = envelope;
    const signingKey = directDeserialiseBufChecked(content, ed25519, { allocator });
    return { signingKey: signingKey, type, description };
  });
}

/**
 * Writes a cold signing key to a file as `cardano-cli` does, of mode 0600. The digits are made in locked memory, and
 * with `options.replace` the content of what was there is overwritten: see {@link writeKesSigningKey}.
 *
 * @param path - Text or a `file:` URL.
 * @param signingKey - A live key; it is read only.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; after `not-durable` and `old-not-erased` the new key is in place.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`, `LockLimitError` `ERR_EVOLOCK_LOCK_LIMIT`.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { writeColdSigningKey } from '@evolock/cardano-kes';
 * import { ed25519, MLockedSeed } from '@evolock/kes-sum';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const seed = MLockedSeed.newRandom(32);
 * const signingKey = ed25519.generateKey(seed);
 * writeColdSigningKey(join(folder, 'cold.skey'), signingKey);
 * for (const each of [seed, signingKey]) each.release();
 * rmSync(folder, { recursive: true });
 * ```
 */
export function writeColdSigningKey(
  path: string | URL,
  signingKey: Ed25519SigningKey,
  options?: KeyWriteOptions,
): void {
  const file = checkPath(path);
  const { allocator, replace = false, type, description } = checkOptions(options);
  const key = checkLocked('signingKey', signingKey, Ed25519SigningKey, 'an Ed25519SigningKey');
  const label = {
    type: checkType(type),
    description: checkDescription(description, 'Stake Pool Operator Signing Key'),
  };
  withSecretEnvelope(label, ed25519.signingKeySize, key, { allocator }, (text) =>
    writeDurably(file, text, { replace, secret: true, allocator }),
  );
}

function checkType(type: unknown): string {
  const [usual] = typesOf('cold-signing-key');
  if (type === undefined) return usual!;
  if (typeof type !== 'string') throw wrongType('options.type', 'a string', type);
  if (kindOfType(type) !== 'cold-signing-key')
    throw wrongValue('options.type', typesOf('cold-signing-key').join(' or '), 'another');
  return type;
}
