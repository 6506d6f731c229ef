/**
 * Verification keys as text without a file: hexadecimal digits, or bech32.
 */
import { wrongType } from '@evolock/direct-serialise/arguments';
import { bech32 } from '@scure/base';
import { VERIFICATION_KEY_SIZE } from '../certificate/certificate.js';
import { typesOf } from '../envelope/types.js';
import { EnvelopeError } from '../errors.js';
import type { VerificationKeyFile } from './verification-key-file.js';

/** The kinds of verification keys. */
export type VerificationKeyKind =
  'kes-verification-key' | 'cold-verification-key' | 'vrf-verification-key';

/**
 * The prefix of each kind.
 *
 * Source: CIP-5.
 */
const prefixes: Readonly<Record<VerificationKeyKind, string>> = {
  'kes-verification-key': 'kes_vk',
  'cold-verification-key': 'pool_vk',
  'vrf-verification-key': 'vrf_vk',
};

/** Hexadecimal digits of 32 bytes or more, or bech32 of 20 bytes or more, also with wrong characters. */
const keyText = /^(?:[0-9a-f]{64,}|[a-z0-9_]+1[a-z0-9]{38,})$/i;

/**
 * Whether a text looks like a key or an identity in hexadecimal digits or bech32, and not like the name of a file. The text
 * may be a signing key, so a message must not contain it.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function looksLikeKeyText(text: string): boolean {
  if (typeof (text as unknown) !== 'string') throw wrongType('text', 'a string', text);
  return keyText.test(text);
}

/**
 * The verification key in a text, whose errors do not contain the text.
 *
 * @returns `undefined` when the text does not look like a key.
 */
export function keyInText(
  text: string,
  kind: VerificationKeyKind,
): VerificationKeyFile | undefined {
  if (!keyText.test(text)) return undefined;
  const isHex = /^[0-9a-f]+$/i.test(text);
  const verificationKey = isHex
    ? new Uint8Array(Buffer.from(text, 'hex'))
    : bytesOfBech32(text, prefixes[kind]);
  if (verificationKey.byteLength !== VERIFICATION_KEY_SIZE) {
    throw new EnvelopeError('wrong-length', {
      found: `${String(verificationKey.byteLength)} bytes instead of ${String(VERIFICATION_KEY_SIZE)}`,
    });
  }
  return { verificationKey, type: typesOf(kind)[0] ?? '', description: '' };
}

/** Longer than any key or identity. The checksum of bech32 is weaker for longer texts. */
const LONGEST = 1_023;

/** The library's error contains the text, which may be a signing key. */
function bytesOfBech32(text: string, prefix: string): Uint8Array {
  const found = text.slice(0, text.lastIndexOf('1')).toLowerCase();
  if (found === 'pool_xvk' && prefix === prefixes['cold-verification-key']) {
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
