import { readVectorFile } from '../vector-file.js';
import { hexToBytes } from './bytes.js';

/** A signature of an extended Ed25519 key, that an implementation must make byte for byte. */
export interface ExtendedKeyVector {
  /** A unique name. */
  readonly name: string;
  /** kL ‖ kR: 64 bytes. */
  readonly extendedKey: Uint8Array;
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
  /** The message. */
  readonly message: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

interface ExtendedContent {
  readonly vectors: readonly {
    readonly name: string;
    readonly extendedKeyHex: string;
    readonly verificationKeyHex: string;
    readonly messageHex: string;
    readonly signatureHex: string;
  }[];
}

/**
 * The vectors of `ed25519-extended.json`: signatures of extended keys (BIP32-Ed25519), as Cardano's cold keys of hardware
 * and mnemonic wallets make them.
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { extendedKeyVectors } from '@evolock/test-vectors';
 *
 * assert.equal(extendedKeyVectors()[0]?.extendedKey.length, 64);
 * ```
 */
export function extendedKeyVectors(): ExtendedKeyVector[] {
  const { vectors } = readVectorFile('ed25519-extended.json') as ExtendedContent;
  return vectors.map((vector) => ({
    name: vector.name,
    extendedKey: hexToBytes(vector.extendedKeyHex),
    verificationKey: hexToBytes(vector.verificationKeyHex),
    message: hexToBytes(vector.messageHex),
    signature: hexToBytes(vector.signatureHex),
  }));
}
