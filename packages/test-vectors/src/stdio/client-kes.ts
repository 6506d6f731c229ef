import { StdioError } from '../errors.js';
import type {
  AsyncKesCborImplementation,
  AsyncKesImplementation,
  AsyncKesKeyHandle,
} from '../implementation/async-implementation.js';
import type { KesCheckedRead } from '../implementation/implementation.js';
import { bytesToHex } from '../vectors/bytes.js';
import { booleanField, bytesField, integerField } from './fields.js';
import type { StdioProcess } from './process.js';
import type { StdioResponse, StdioKesOffer } from './protocol.js';

function cborOf(
  process: StdioProcess,
  { algorithm, depth }: StdioKesOffer,
): AsyncKesCborImplementation {
  const about = { algorithm, depth };
  return {
    encodeVerificationKey: async (raw) =>
      bytesField(
        await process.request('cbor.encodeVerificationKey', {
          ...about,
          verificationKeyHex: bytesToHex(raw),
        }),
        'encodedHex',
      ),
    decodeVerificationKey: async (encoded) =>
      bytesField(
        await process.request('cbor.decodeVerificationKey', {
          ...about,
          encodedHex: bytesToHex(encoded),
        }),
        'verificationKeyHex',
      ),
    encodeSignature: async (raw) =>
      bytesField(
        await process.request('cbor.encodeSignature', { ...about, signatureHex: bytesToHex(raw) }),
        'encodedHex',
      ),
    decodeSignature: async (encoded) =>
      bytesField(
        await process.request('cbor.decodeSignature', {
          ...about,
          encodedHex: bytesToHex(encoded),
        }),
        'signatureHex',
      ),
  };
}

/** Keys in the reference layout, or in that of the Rust crate. */
function keysOf(process: StdioProcess, { algorithm, depth }: StdioKesOffer, form?: 'rust') {
  const about = { algorithm, depth, ...(form === undefined ? {} : { form }) };
  return {
    generateKey: async (seed: Uint8Array) =>
      stdioKey(
        process,
        await process.request('kes.generate', { ...about, seedHex: bytesToHex(seed) }),
      ),
    readKey: async (serialised: Uint8Array, period?: number) =>
      stdioKey(
        process,
        await process.request('kes.read', {
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
): Pick<AsyncKesImplementation, 'cbor' | 'rust' | 'checkedRead'> {
  return {
    ...(offer.cbor ? { cbor: cborOf(process, offer) } : {}),
    ...(offer.rust ? { rust: keysOf(process, offer, 'rust') } : {}),
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
        await process.request('kes.verify', {
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

function sizesIn(response: StdioResponse<'kes.blockSizes'>): number[] {
  const sizes: unknown = response.sizes;
  if (Array.isArray(sizes) && sizes.every(isInteger)) return [...sizes];
  throw new StdioError('ERR_EVOLOCK_STDIO_PROTOCOL', 'sizes in a response: expected integers');
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** A key in a process, from the response to `kes.generate` or `kes.read`. */
function stdioKey(
  process: StdioProcess,
  response: StdioResponse<'kes.generate'>,
): AsyncKesKeyHandle {
  const key = integerField(response, 'key');
  let period = integerField(response, 'period');
  return {
    get period() {
      return period;
    },
    deriveVerificationKey: async () =>
      bytesField(await process.request('kes.deriveVerificationKey', { key }), 'verificationKeyHex'),
    sign: async (message) =>
      bytesField(
        await process.request('kes.sign', { key, messageHex: bytesToHex(message) }),
        'signatureHex',
      ),
    async update() {
      period = integerField(await process.request('kes.update', { key }), 'period');
    },
    serialise: async () =>
      bytesField(await process.request('kes.serialise', { key }), 'serialisedHex'),
    blockSizes: async () => sizesIn(await process.request('kes.blockSizes', { key })),
    async release() {
      await process.request('kes.release', { key });
    },
  };
}
