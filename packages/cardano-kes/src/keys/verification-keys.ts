/** Verification keys: 32 public bytes, of a KES key, of a cold key or of a VRF key, in files or as text. */
import { bytesOfHex } from '@evolock/cardano-headers';
import { EnvelopeError } from '@evolock/cardano-headers/certificates';
import {
  VERIFICATION_KEY_SIZE,
  contentOf,
  parsePublicEnvelope,
  wrongKeySize,
  type Envelope,
  type EnvelopeLabel,
  checkType,
  typesOf,
} from '@evolock/cardano-headers/files';
import {
  checkBytes,
  checkOptions,
  isBytes,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { checkPath } from '@evolock/direct-serialise-io/files';
import { bech32 } from '@scure/base';
import {
  withEnvelopeFile,
  writeOptionNames,
  writePublicEnvelope,
  type WriteOptions,
} from '../files/envelope-file.js';

/** Whose verification key: of a KES key, of a cold key of a pool or of a genesis delegate, or of a VRF key. */
export type VerificationKeyKind = keyof typeof kinds;

/** The prefix in bech32 of each kind (CIP-5), and the description that `cardano-cli` writes. */
const kinds = {
  kes: { prefix: 'kes_vk', description: 'KES Verification Key' },
  cold: { prefix: 'pool_vk', description: 'Stake Pool Operator Verification Key' },
  vrf: { prefix: 'vrf_vk', description: 'VRF Verification Key' },
} as const;

/** The content of the file of a verification key. */
export interface VerificationKeyFile extends EnvelopeLabel {
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
}

/** Options of writing a verification key. */
export interface VerificationKeyWriteOptions extends WriteOptions {
  /** The type in the file; the usual type of the kind when absent, for KES that of depth 6: a key does not contain its depth. */
  readonly type?: string | undefined;
}

/**
 * Reads a verification key from a file of `cardano-cli`.
 *
 * @param kind - Whose key.
 * @param path - Text or a `file:` URL: any readable file, also a pipe or a symbolic link.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, `EnvelopeError` (of cardano-headers) `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function readVerificationKey(
  kind: VerificationKeyKind,
  path: string | URL,
): VerificationKeyFile {
  return withEnvelopeFile(path, envelopeKindOf(kind), 'public', keyOf);
}

/**
 * Reads a verification key from the text of a file, from 64 hexadecimal digits, or from bech32: `kes_vk1…`, `pool_vk1…` or
 * `vrf_vk1…`.
 *
 * @throws `EnvelopeError` (of cardano-headers) `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 */
export function parseVerificationKey(
  kind: VerificationKeyKind,
  text: string | Uint8Array,
): VerificationKeyFile {
  const envelopeKind = envelopeKindOf(kind);
  const line = typeof text === 'string' || isShort(text) ? lineOf(text) : undefined;
  const key = line === undefined ? undefined : keyInText(kind, line);
  return key ?? keyOf(parsePublicEnvelope(text, envelopeKind));
}

/**
 * Writes a verification key of 32 bytes to a file as `cardano-cli` does.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 */
export function writeVerificationKey(
  kind: VerificationKeyKind,
  path: string | URL,
  verificationKey: Uint8Array,
  options?: VerificationKeyWriteOptions,
): void {
  const envelopeKind = envelopeKindOf(kind);
  const file = checkPath(path);
  const key = checkBytes('verificationKey', verificationKey, VERIFICATION_KEY_SIZE);
  const { replace = false, type } = checkOptions(options, [...writeOptionNames, 'type']);
  const label = { type: checkType(envelopeKind, type), description: kinds[kind].description };
  writePublicEnvelope(file, label, key, { replace });
}

function envelopeKindOf(kind: VerificationKeyKind): `${VerificationKeyKind}-verification-key` {
  if (typeof (kind as unknown) !== 'string' || !Object.hasOwn(kinds, kind))
    throw wrongValue('kind', 'kes, cold or vrf', 'another');
  return `${kind}-verification-key`;
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
  // A copy: the key is public, and the locked memory of the text is lent for the call only.
  const verificationKey = new Uint8Array(contentOf(cbor, [VERIFICATION_KEY_SIZE]));
  return { verificationKey, type, description };
}

/** Hexadecimal digits of 32 bytes or more, or bech32 of 20 bytes or more, also with wrong characters. */
const keyText = /^(?:[0-9a-f]{64,}|[a-z0-9_]+1[a-z0-9]{38,})$/i;

/**
 * Whether a text looks like a key or an identity in hexadecimal digits or bech32, and not like the name of a file. The text
 * may be a signing key, so a message must not contain it.
 */
export function looksLikeKeyText(text: string): boolean {
  if (typeof (text as unknown) !== 'string') throw wrongType('text', 'a string', text);
  return keyText.test(text);
}

/** The verification key in a text that looks like one. The errors do not contain the text. */
function keyInText(kind: VerificationKeyKind, text: string): VerificationKeyFile | undefined {
  if (!keyText.test(text)) return undefined;
  const isHex = /^[0-9a-f]+$/i.test(text);
  const verificationKey = isHex ? bytesOfHex(text) : bytesOfBech32(text, kinds[kind].prefix);
  if (verificationKey?.byteLength !== VERIFICATION_KEY_SIZE)
    throw wrongKeySize(verificationKey?.byteLength ?? text.length / 2, [VERIFICATION_KEY_SIZE]);
  return { verificationKey, type: typesOf(`${kind}-verification-key`)[0] ?? '', description: '' };
}

/** Longer than any key or identity. The checksum of bech32 is weaker for longer texts. */
const LONGEST = 1_023;

/** The library's error contains the text, which may be a signing key. */
function bytesOfBech32(text: string, prefix: string): Uint8Array {
  const found = text.slice(0, text.lastIndexOf('1')).toLowerCase();
  if (found === 'pool_xvk' && prefix === kinds.cold.prefix) {
    throw new EnvelopeError('extended-verification-key', { found });
  }
  if (found !== prefix) {
    throw new EnvelopeError('wrong-type', { found: `${inWords(found)} instead of ${prefix}` });
  }
  const decoded = text.length > LONGEST ? undefined : bech32.decodeUnsafe(text, LONGEST);
  const bytes = decoded && bech32.fromWordsUnsafe(decoded.words);
  if (!bytes) throw new EnvelopeError('wrong-bech32');
  return bytes;
}

/** Known prefixes only: another text might be a part of a secret. */
function inWords(prefix: string): string {
  if (/_x?sk$/.test(prefix)) return 'a signing key in bech32';
  if (prefix === 'pool') return 'the identity of a pool, which is a hash of its key,';
  return /^(?:pool|kes|vrf|stake|addr|drep|cc_cold|cc_hot)_x?vk$/.test(prefix)
    ? prefix
    : 'bech32 with another prefix';
}
