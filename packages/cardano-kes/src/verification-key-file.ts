/**
 * Files of verification keys: 32 public bytes.
 */
import {
  checkBytes,
  checkOptions,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { checkPath, writeDurably } from '@evolock/direct-serialise-io/files';
import { ed25519, sum6Kes, type KesVerificationKey } from '@evolock/kes-sum';
import { contentOf, headOf } from './byte-string.js';
import { EnvelopeError } from './envelope-error.js';
import { publicEnvelopeText } from './envelope-text.js';
import { kindOfType, typesOf, type EnvelopeKind } from './envelope-types.js';
import {
  parsePublicEnvelope,
  withEnvelopeFile,
  type Envelope,
  type EnvelopeLabel,
} from './envelope.js';
import { checkDescription, publicText, type WriteOptions } from './read-options.js';

/** What the file of a verification key holds. */
export interface VerificationKeyFile extends EnvelopeLabel {
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
}

/** Options of writing a KES verification key. */
export interface KesVerificationKeyWriteOptions extends WriteOptions {
  /** The type that the file states; that of depth 6 when absent. The key itself does not tell its depth. */
  readonly type?: string | undefined;
}

/**
 * Reads a KES verification key from a file of `cardano-cli`.
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
 * import { readKesVerificationKey, writeKesVerificationKey } from '@evolock/cardano-kes';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const key = new Uint8Array(32).fill(7);
 * writeKesVerificationKey(join(folder, 'kes.vkey'), key);
 * assert.deepEqual(readKesVerificationKey(join(folder, 'kes.vkey')).verificationKey, key);
 * rmSync(folder, { recursive: true });
 * ```
 */
export function readKesVerificationKey(path: string | URL): VerificationKeyFile {
  return withEnvelopeFile(path, 'kes-verification-key', publicText, kesKeyOf);
}

/**
 * Reads a KES verification key from the text of such a file.
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { parseKesVerificationKey } from '@evolock/cardano-kes';
 *
 * const type = 'KesVerificationKey_ed25519_kes_2^6';
 * const text = JSON.stringify({ type, description: '', cborHex: `5820${'07'.repeat(32)}` });
 * assert.deepEqual(parseKesVerificationKey(text).verificationKey, new Uint8Array(32).fill(7));
 * ```
 */
export function parseKesVerificationKey(text: string | Uint8Array): VerificationKeyFile {
  return kesKeyOf(parsePublicEnvelope(text, 'kes-verification-key'));
}

/**
 * Writes a KES verification key to a file as `cardano-cli` does.
 *
 * @param path - Text or a `file:` URL.
 * @param verificationKey - 32 bytes.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { writeKesVerificationKey } from '@evolock/cardano-kes';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * writeKesVerificationKey(join(folder, 'kes.vkey'), new Uint8Array(32));
 * rmSync(folder, { recursive: true });
 * ```
 */
export function writeKesVerificationKey(
  path: string | URL,
  verificationKey: KesVerificationKey,
  options?: KesVerificationKeyWriteOptions,
): void {
  const key = checkBytes('verificationKey', verificationKey, sum6Kes.verificationKeySize);
  const type = checkType('kes-verification-key', checkOptions(options).type);
  write(path, type, 'KES Verification Key', key, options);
}

/**
 * Reads a cold verification key, of a pool or of a genesis delegate, from a file of `cardano-cli`.
 *
 * @param path - Text or a `file:` URL: anything that can be read, a pipe or a symbolic link included.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { readColdVerificationKey } from '@evolock/cardano-kes';
 *
 * assert.throws(() => readColdVerificationKey('no-such.vkey'), { reason: 'not-found' });
 * ```
 */
export function readColdVerificationKey(path: string | URL): VerificationKeyFile {
  return withEnvelopeFile(path, 'cold-verification-key', publicText, coldKeyOf);
}

/**
 * Reads a cold verification key from the text of such a file.
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { parseColdVerificationKey } from '@evolock/cardano-kes';
 *
 * assert.throws(() => parseColdVerificationKey('{}'), { code: 'ERR_EVOLOCK_CARDANO_ENVELOPE' });
 * ```
 */
export function parseColdVerificationKey(text: string | Uint8Array): VerificationKeyFile {
  return coldKeyOf(parsePublicEnvelope(text, 'cold-verification-key'));
}

/**
 * Writes a cold verification key to a file as `cardano-cli` does, as that of a pool.
 *
 * @param path - Text or a `file:` URL.
 * @param verificationKey - 32 bytes.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { writeColdVerificationKey } from '@evolock/cardano-kes';
 *
 * assert.throws(() => writeColdVerificationKey('cold.vkey', new Uint8Array(31)), {
 *   code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
 * });
 * ```
 */
export function writeColdVerificationKey(
  path: string | URL,
  verificationKey: Uint8Array,
  options?: WriteOptions,
): void {
  const key = checkBytes('verificationKey', verificationKey, ed25519.verificationKeySize);
  write(
    path,
    checkType('cold-verification-key', undefined),
    'Stake Pool Operator Verification Key',
    key,
    options,
  );
}

function kesKeyOf(envelope: Envelope): VerificationKeyFile {
  return keyOf(envelope, sum6Kes.verificationKeySize);
}

function coldKeyOf(envelope: Envelope): VerificationKeyFile {
  return keyOf(envelope, ed25519.verificationKeySize);
}

function keyOf({ type, description, cbor }: Envelope, expected: number): VerificationKeyFile {
  const content = contentOf(cbor);
  const size = content.byteLength;
  if (size !== expected) {
    throw new EnvelopeError('wrong-length', {
      found: `${String(size)} bytes instead of ${String(expected)}`,
    });
  }
  // A copy in ordinary memory: it is public, and the memory it lies in is on loan.
  return { verificationKey: new Uint8Array(content), type, description };
}

function write(
  path: string | URL,
  type: string,
  usual: string,
  key: Uint8Array,
  options: WriteOptions | undefined,
): void {
  const file = checkPath(path);
  const { replace = false, description } = checkOptions(options);
  const label = { type, description: checkDescription(description, usual) };
  const head = headOf(key.byteLength);
  const cbor = new Uint8Array(head.byteLength + key.byteLength);
  cbor.set(head);
  cbor.set(key, head.byteLength);
  writeDurably(file, publicEnvelopeText(label, cbor), { replace, secret: false });
}

function checkType(kind: EnvelopeKind, type: unknown): string {
  const types = typesOf(kind);
  if (type === undefined) return types[0]!;
  if (typeof type !== 'string') throw wrongType('options.type', 'a string', type);
  if (kindOfType(type) !== kind) throw wrongValue('options.type', types.join(' or '), 'another');
  return type;
}
