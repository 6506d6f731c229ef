/**
 * The counter of a pool's certificates. It holds the number of the next certificate. If two keys get certificates of one
 * number, nodes refuse the pool's blocks.
 */
import { checkBytes, wrongType } from '@evolock/direct-serialise/arguments';
import type { CborItem } from '../cbor/encode.js';
import { bytes, number, type Shape } from '../cbor/shape.js';
import { strictlyDecoded } from '../envelope/strict.js';
import { CounterError } from '../errors.js';
import { areEqual } from '../hex.js';
import { checkUnsigned64 } from '../period/numbers.js';
import { VERIFICATION_KEY_SIZE } from './certificate.js';

/** The counter of a pool. */
export interface CertificateCounter {
  /** The number of the next certificate, unsigned, 64 bits. */
  readonly next: bigint;
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
}

/** Checks a counter. */
export function checkCounter(value: unknown): CertificateCounter {
  if (typeof value !== 'object' || value === null)
    throw wrongType('counter', 'an object with next and coldVerificationKey', value);
  const { next, coldVerificationKey } = value as Partial<CertificateCounter>;
  return {
    next: checkUnsigned64('next', next),
    coldVerificationKey: checkBytes(
      'coldVerificationKey',
      coldVerificationKey,
      VERIFICATION_KEY_SIZE,
    ),
  };
}

/** Checks that a counter belongs to a cold key. */
export function checkSameKey(counter: CertificateCounter, coldVerificationKey: Uint8Array): void {
  if (!areEqual(counter.coldVerificationKey, coldVerificationKey))
    throw new CounterError('other-cold-key');
}

/** A counter as CBOR. */
export function itemsOfCounter({ next, coldVerificationKey }: CertificateCounter): CborItem {
  return [next, coldVerificationKey];
}

const counterShape: Shape = {
  name: 'counter',
  kind: [number('next number', 64), bytes('cold verification key', VERIFICATION_KEY_SIZE)],
};

/** A counter from CBOR. */
export function counterIn(cbor: Uint8Array): CertificateCounter {
  const [next, coldVerificationKey] = strictlyDecoded(cbor, counterShape) as [bigint, Uint8Array];
  return { next, coldVerificationKey };
}
