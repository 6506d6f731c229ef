import type {
  AsyncKesCborImplementation,
  AsyncKesFormImplementation,
  AsyncKesImplementation,
} from './async-implementation.js';
import { bytesToHex } from './hex.js';
import type { KesCheckedRead } from './implementation.js';
import type { KesKeyForm } from './kes-key-form-vectors.js';
import { StdioError } from './stdio-error.js';
import { booleanField, bytesField } from './stdio-field.js';
import { stdioKey } from './stdio-key.js';
import type { StdioKesOffer } from './stdio-protocol.js';
import type { StdioProcess } from './stdio-process.js';

function cborOf(
  process: StdioProcess,
  { algorithm, depth }: StdioKesOffer,
): AsyncKesCborImplementation {
  const about = { algorithm, depth };
  return {
    encodeVerificationKey: async (raw) =>
      bytesField(
        await process.ask('cbor.encodeVerificationKey', {
          ...about,
          verificationKeyHex: bytesToHex(raw),
        }),
        'encodedHex',
      ),
    decodeVerificationKey: async (encoded) =>
      bytesField(
        await process.ask('cbor.decodeVerificationKey', {
          ...about,
          encodedHex: bytesToHex(encoded),
        }),
        'verificationKeyHex',
      ),
    encodeSignature: async (raw) =>
      bytesField(
        await process.ask('cbor.encodeSignature', { ...about, signatureHex: bytesToHex(raw) }),
        'encodedHex',
      ),
    decodeSignature: async (encoded) =>
      bytesField(
        await process.ask('cbor.decodeSignature', { ...about, encodedHex: bytesToHex(encoded) }),
        'signatureHex',
      ),
  };
}

/** Keys in the reference layout, or in a form. */
function keysOf(process: StdioProcess, { algorithm, depth }: StdioKesOffer, form?: KesKeyForm) {
  const about = { algorithm, depth, ...(form === undefined ? {} : { form }) };
  return {
    generateKey: async (seed: Uint8Array) =>
      stdioKey(process, await process.ask('kes.generate', { ...about, seedHex: bytesToHex(seed) })),
    readKey: async (serialised: Uint8Array, period?: number) =>
      stdioKey(
        process,
        await process.ask('kes.read', {
          ...about,
          serialisedHex: bytesToHex(serialised),
          ...(period === undefined ? {} : { period }),
        }),
      ),
  };
}

const namingLevels: KesCheckedRead = {
  levelOf: (error) => (error instanceof StdioError ? error.level : undefined),
};

function optionalParts(
  process: StdioProcess,
  offer: StdioKesOffer,
): Pick<AsyncKesImplementation, 'cbor' | 'rust' | 'versioned' | 'checkedRead'> {
  const form = (name: KesKeyForm): AsyncKesFormImplementation => keysOf(process, offer, name);
  return {
    ...(offer.cbor ? { cbor: cborOf(process, offer) } : {}),
    ...(offer.rust ? { rust: form('rust') } : {}),
    ...(offer.versioned ? { versioned: form('versioned') } : {}),
    ...(offer.checkedRead === 'no'
      ? {}
      : { checkedRead: offer.checkedRead === 'level' ? namingLevels : {} }),
  };
}

/**
 * An algorithm at a depth that a process offers.
 *
 * @internal
 */
export function stdioKes(process: StdioProcess, offer: StdioKesOffer): AsyncKesImplementation {
  const { algorithm, depth, name } = offer;
  const { totalPeriods, signatureSize, signingKeySize, verificationKeySize } = offer;
  return {
    name,
    totalPeriods,
    signatureSize,
    signingKeySize,
    verificationKeySize,
    ...keysOf(process, offer),
    verify: async (verificationKey, period, message, signature) =>
      booleanField(
        await process.ask('kes.verify', {
          algorithm,
          depth,
          verificationKeyHex: bytesToHex(verificationKey),
          period,
          messageHex: bytesToHex(message),
          signatureHex: bytesToHex(signature),
        }),
        'valid',
      ),
    ...optionalParts(process, offer),
  };
}
