/** The sign protocol: a client sends messages, and the agent answers each with a signature or a refusal. */
import {
  absolutePeriod,
  type AbsolutePeriod,
  type OperationalCertificate,
} from '@evolock/cardano-headers';
import { sum6Kes } from '@evolock/kes-sum';
import type { SignRefusal } from '../errors.js';
import {
  bytes,
  certificate,
  joined,
  maybe,
  named,
  period,
  sequence,
  sized,
  u16,
  u32,
  verificationKey,
  type Codec,
} from './codec.js';

/** The versions, newest first. */
export const signVersions = ['Sign:1.0'] as const;

/** What a client wants signed. */
export interface SignRequest {
  /** The absolute period, which must be the current one; `undefined` for the current one. */
  readonly period: AbsolutePeriod | undefined;
  readonly message: Uint8Array;
}

/** A signature, with everything that a verifier needs. */
export interface AgentSignature {
  /** 448 bytes. */
  readonly signature: Uint8Array;
  readonly period: AbsolutePeriod;
  /** The period of the signing key: `period` minus the start period of the certificate. */
  readonly evolution: number;
  readonly certificate: OperationalCertificate;
  /** 32 bytes. It signed the certificate. */
  readonly coldVerificationKey: Uint8Array;
}

/** An answer with a signature. */
export interface Signed extends AgentSignature {
  readonly result: 'signed';
}

/** The period of a refusal when the agent knows none. */
export const NO_PERIOD = absolutePeriod(0);

/** The answer to a request. A refusal has the current period. */
export type SignAnswer = Signed | { readonly result: SignRefusal; readonly period: AbsolutePeriod };

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
    period: maybe(period, 'the period'),
    message: sized(maxLength, 'the message'),
  });
}

const head = sequence<Pick<SignAnswer, 'result' | 'period'>>({
  result: named(u16, results, 'the result of a request'),
  period,
});

const signed = sequence<Omit<AgentSignature, 'period'>>({
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
    const { result, period: stated } = await head.read(source);
    return result === 'signed'
      ? { result, period: stated, ...(await signed.read(source)) }
      : { result, period: stated };
  },
};
