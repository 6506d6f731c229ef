/**
 * Files of verification keys: 32 public bytes, of a KES key, of a cold key or of a VRF key.
 */
import { checkBytes, checkOptions, isBytes } from '@evolock/direct-serialise/arguments';
import { checkPath, writeDurably } from '@evolock/direct-serialise-io/files';
import type { KesVerificationKey } from '@evolock/kes-sum';
import { contentOf } from '../envelope/byte-string.js';
import { decodeItem } from '../cbor/decode.js';
import { encodeItem } from '../cbor/encode.js';
import { bytes } from '../cbor/shape.js';
import { VERIFICATION_KEY_SIZE } from '../certificate/certificate.js';
import { parsePublicEnvelope, type Envelope, type EnvelopeLabel } from '../envelope/envelope.js';
import { publicEnvelopeText } from '../envelope/text.js';
import { checkType } from '../envelope/types.js';
import { EnvelopeError } from '../errors.js';
import { withEnvelopeFile } from '../files/envelope-file.js';
import { checkDescription, publicText, type WriteOptions } from '../files/options.js';
import { keyInText, type VerificationKeyKind } from './verification-key-text.js';

/** The content of the file of a verification key. */
export interface VerificationKeyFile extends EnvelopeLabel {
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
}

/** Options of writing a KES verification key. */
export interface KesVerificationKeyWriteOptions extends WriteOptions {
  /** The type in the file; the type of depth 6 when absent. A verification key does not contain its depth. */
  readonly type?: string | undefined;
}

/**
 * Reads a KES verification key from a file of `cardano-cli`.
 *
 * @param path - Text or a `file:` URL: any readable file, also a pipe or a symbolic link.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function readKesVerificationKey(path: string | URL): VerificationKeyFile {
  return withEnvelopeFile(path, 'kes-verification-key', publicText, keyOf);
}

/**
 * Reads a KES verification key from the text of a file, from 64 hexadecimal digits, or from bech32 (`kes_vk1…`).
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function parseKesVerificationKey(text: string | Uint8Array): VerificationKeyFile {
  return parse(text, 'kes-verification-key');
}

/**
 * Writes a KES verification key to a file as `cardano-cli` does.
 *
 * @param path - Text or a `file:` URL.
 * @param verificationKey - 32 bytes.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 */
export function writeKesVerificationKey(
  path: string | URL,
  verificationKey: KesVerificationKey,
  options?: KesVerificationKeyWriteOptions,
): void {
  const key = checkBytes('verificationKey', verificationKey, VERIFICATION_KEY_SIZE);
  const type = checkType('kes-verification-key', checkOptions(options).type);
  write(path, type, 'KES Verification Key', key, options);
}

/**
 * Reads a cold verification key, of a pool or of a genesis delegate, from a file of `cardano-cli`.
 *
 * @param path - Text or a `file:` URL: any readable file, also a pipe or a symbolic link.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function readColdVerificationKey(path: string | URL): VerificationKeyFile {
  return withEnvelopeFile(path, 'cold-verification-key', publicText, keyOf);
}

/**
 * Reads a cold verification key from the text of a file, from 64 hexadecimal digits, or from bech32 (`pool_vk1…`).
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function parseColdVerificationKey(text: string | Uint8Array): VerificationKeyFile {
  return parse(text, 'cold-verification-key');
}

/**
 * Writes the cold verification key of a pool to a file as `cardano-cli` does.
 *
 * @param path - Text or a `file:` URL.
 * @param verificationKey - 32 bytes.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 */
export function writeColdVerificationKey(
  path: string | URL,
  verificationKey: Uint8Array,
  options?: WriteOptions,
): void {
  const key = checkBytes('verificationKey', verificationKey, VERIFICATION_KEY_SIZE);
  write(
    path,
    checkType('cold-verification-key', undefined),
    'Stake Pool Operator Verification Key',
    key,
    options,
  );
}

/**
 * Reads the verification key of a VRF key from a file of `cardano-cli`.
 *
 * @param path - Text or a `file:` URL: any readable file, also a pipe or a symbolic link.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function readVrfVerificationKey(path: string | URL): VerificationKeyFile {
  return withEnvelopeFile(path, 'vrf-verification-key', publicText, keyOf);
}

/**
 * Reads the verification key of a VRF key from the text of a file, from 64 hexadecimal digits, or from bech32 (`vrf_vk1…`).
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function parseVrfVerificationKey(text: string | Uint8Array): VerificationKeyFile {
  return parse(text, 'vrf-verification-key');
}

/**
 * Writes the verification key of a VRF key to a file as `cardano-cli` does.
 *
 * @param path - Text or a `file:` URL.
 * @param verificationKey - 32 bytes.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 */
export function writeVrfVerificationKey(
  path: string | URL,
  verificationKey: Uint8Array,
  options?: WriteOptions,
): void {
  const key = checkBytes('verificationKey', verificationKey, VERIFICATION_KEY_SIZE);
  write(path, checkType('vrf-verification-key', undefined), 'VRF Verification Key', key, options);
}

function parse(text: string | Uint8Array, kind: VerificationKeyKind): VerificationKeyFile {
  const line = typeof text === 'string' || isShort(text) ? lineOf(text) : undefined;
  const key = line === undefined ? undefined : keyInText(line, kind);
  return key ?? keyOf(parsePublicEnvelope(text, kind));
}

/** Bytes of a key as text are few. Other values are refused by the reader of envelopes. */
function isShort(text: unknown): text is Uint8Array {
  return isBytes(text) && checkBytes('text', text).byteLength <= LONGEST_LINE;
}

const LONGEST_LINE = 2_048;

function lineOf(text: string | Uint8Array): string {
  return (typeof text === 'string' ? text : new TextDecoder().decode(text)).trim();
}

function keyOf({ type, description, cbor }: Envelope): VerificationKeyFile {
  const size = contentOf(cbor).byteLength;
  if (size !== VERIFICATION_KEY_SIZE) {
    throw new EnvelopeError('wrong-length', {
      found: `${String(size)} bytes instead of ${String(VERIFICATION_KEY_SIZE)}`,
    });
  }
  // Ordinary memory: the key is public, and the locked memory of the text is lent for the call only.
  const verificationKey = decodeItem(cbor, 0, bytes('verification key', size)) as Uint8Array;
  return { verificationKey, type, description };
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
  writeDurably(file, publicEnvelopeText(label, encodeItem(key)), { replace, secret: false });
}
