/**
 * A verification as a byte string: the period in 4 bytes, verification key, signature, message. A value that is not a
 * verification of the algorithm is an empty one.
 */
import { sizeOfBytes } from '@evolock/direct-serialise/arguments';
import type { KesAlgorithm, KesVerification } from '@evolock/kes-sum';
import type { KesVariant } from '@evolock/kes-sum/all';

/** From what a thread makes the algorithm of a batch: always over Ed25519. */
export interface Composition {
  readonly variant: KesVariant;
  readonly depth: number;
}

const PERIOD_SIZE = 4;

/** The longest byte string whose length fits into 32 bits. */
const LONGEST = 0xffff_ffff;

/** The bytes of an item: a copy, so the caller may change it afterwards. */
export function encodeVerification(algorithm: KesAlgorithm, item: KesVerification): Uint8Array {
  try {
    return encoded(algorithm, item) ?? new Uint8Array();
  } catch {
    // A getter that throws, a value of a wrong type, or too little memory.
    return new Uint8Array();
  }
}

function encoded(
  { verificationKeySize, signatureSize, totalPeriods }: KesAlgorithm,
  { verificationKey, period, message, signature }: KesVerification,
): Uint8Array | undefined {
  const start = PERIOD_SIZE + verificationKeySize + signatureSize;
  const size = start + sizeOfBytes('message', message);
  const isOne =
    sizeOfBytes('verificationKey', verificationKey) === verificationKeySize &&
    sizeOfBytes('signature', signature) === signatureSize &&
    size <= LONGEST &&
    Number.isInteger(period) &&
    period >= 0 &&
    period < totalPeriods;
  if (!isOne) return undefined;
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, period);
  bytes.set(verificationKey, PERIOD_SIZE);
  bytes.set(signature, PERIOD_SIZE + verificationKeySize);
  bytes.set(message, start);
  return bytes;
}

/** The verification of a byte string, as views of it; `undefined` for an empty one. */
export function verificationOf(
  { verificationKeySize, signatureSize }: KesAlgorithm,
  bytes: Uint8Array,
): KesVerification | undefined {
  if (bytes.byteLength === 0) return undefined;
  const period = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const signatureAt = PERIOD_SIZE + verificationKeySize;
  const messageAt = signatureAt + signatureSize;
  return {
    verificationKey: bytes.subarray(PERIOD_SIZE, signatureAt),
    period,
    signature: bytes.subarray(signatureAt, messageAt),
    message: bytes.subarray(messageAt),
  };
}
