/**
 * The sign protocol: a client sends messages, and the agent answers each with a signature or a refusal.
 */
import type { OperationalCertificate } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import type { SignRefusal } from '../errors.js';
import {
  bytes,
  certificate,
  fixed,
  joined,
  maybe,
  named,
  sequence,
  sized,
  u16,
  u32,
  u64,
  verificationKey,
  type Codec,
} from './codec.js';

/** The versions, newest first. */
export const signVersions = ['Sign:1.0'] as const;

/** What a client wants signed. */
export interface SignRequest {
  /** The absolute period, which must be the current one; `undefined` for the current one. */
  readonly period: bigint | undefined;
  readonly message: Uint8Array;
}

/** A signature with everything that a verifier needs. */
export interface Signed extends SignedFields {
  readonly result: 'signed';
  /** The absolute period of the signature. */
  readonly period: bigint;
}

interface SignedFields {
  /** The period of the signing key. */
  readonly evolution: number;
  readonly certificate: OperationalCertificate;
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
  /** 448 bytes. */
  readonly signature: Uint8Array;
}

/** A refusal. */
export interface NotSigned {
  readonly result: SignRefusal;
  /** The current absolute period; 0 when the agent knows none. */
  readonly period: bigint;
}

/** The answer to a request. */
export type SignAnswer = Signed | NotSigned;

/** In the order of their numbers on the wire. */
const results: readonly SignAnswer['result'][] = [
  'signed',
  'no-key',
  'wrong-period',
  'block-header',
  'too-long',
  'too-many',
  'clock',
  'malformed',
];

/** A request for a signature of a message of at most `maxLength` bytes. */
export function signRequest(maxLength: number): Codec<SignRequest> {
  return sequence<SignRequest>({
    period: maybe(u64, 'the period'),
    message: sized(maxLength, 'the message'),
  });
}

const head = fixed<Pick<SignAnswer, 'result' | 'period'>>({
  result: named(u16, results, 'the result of a request'),
  period: u64,
});

const signed = fixed<SignedFields>({
  evolution: u32,
  certificate,
  coldVerificationKey: verificationKey,
  signature: bytes(sum6Kes.signatureSize),
});

/** An answer: 606 bytes with a signature, 10 bytes without. The signature is not verified. */
export const signAnswer: Codec<SignAnswer> = {
  encode: (answer) =>
    answer.result === 'signed'
      ? joined(head.encode(answer), signed.encode(answer))
      : head.encode(answer),
  async read(source) {
    const { result, period } = await head.read(source);
    return result === 'signed'
      ? { result, period, ...(await signed.read(source)) }
      : { result, period };
  },
};
