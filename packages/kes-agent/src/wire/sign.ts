/**
 * The sign protocol: a client sends messages, and the agent answers each with a signature or a refusal.
 */
import type { OperationalCertificate } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import { ProtocolError, type SignRefusal } from '../errors.js';
import {
  joined,
  maybe,
  readFields,
  readMaybe,
  readSized,
  sized,
  u16,
  u64,
  VERIFICATION_KEY_SIZE,
  type ByteSource,
} from './bytes.js';
import { encodeKeyTail, KEY_TAIL_SIZE } from './service.js';

/** The versions, newest first. */
export const signVersions = ['Sign:1.0'] as const;

/** A version of the sign protocol. */
export type SignVersion = (typeof signVersions)[number];

/** What a client wants signed. */
export interface SignRequest {
  readonly message: Uint8Array;
  /** The absolute period, which must be the current one; `undefined` for the current one. */
  readonly period: bigint | undefined;
}

/** In the order of their numbers on the wire. */
const results: readonly ['signed', ...SignRefusal[]] = [
  'signed',
  'no-key',
  'wrong-period',
  'block-header',
  'too-long',
  'too-many',
  'clock',
  'malformed',
];

/** A signature with everything that a verifier needs. */
export interface Signed {
  readonly result: 'signed';
  /** 448 bytes. */
  readonly signature: Uint8Array;
  /** The absolute period of the signature. */
  readonly period: bigint;
  /** The period of the signing key. */
  readonly evolution: number;
  readonly certificate: OperationalCertificate;
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
}

/** A refusal. */
export interface NotSigned {
  readonly result: SignRefusal;
  /** The current absolute period; 0 when the agent knows none. */
  readonly period: bigint;
}

/** The answer to a request. */
export type SignAnswer = Signed | NotSigned;

/** Bytes of a signature. */
const SIGNATURE_SIZE = sum6Kes.signatureSize;

/** Bytes after the period in an answer with a signature. */
const SIGNED_SIZE = KEY_TAIL_SIZE + VERIFICATION_KEY_SIZE + SIGNATURE_SIZE;

/** A request. */
export function encodeSignRequest({ message, period }: SignRequest): Uint8Array {
  return joined(maybe(period, u64), sized(message));
}

/**
 * Reads a request.
 *
 * @param source - The connection.
 * @param maxLength - The largest message, in bytes.
 */
export async function readSignRequest(source: ByteSource, maxLength: number): Promise<SignRequest> {
  const period = await readMaybe(source, 'the period', async (it) =>
    (await readFields(it, 8)).u64(),
  );
  return { message: await readSized(source, maxLength, 'the message'), period };
}

/** An answer: 606 bytes with a signature, 10 bytes without. */
export function encodeSignAnswer(answer: SignAnswer): Uint8Array {
  const head = joined(u16(results.indexOf(answer.result)), u64(answer.period));
  if (answer.result !== 'signed') return head;
  const tail = encodeKeyTail(answer.evolution, answer.certificate);
  return joined(head, tail, answer.coldVerificationKey, answer.signature);
}

/** Reads an answer. The signature is not verified. */
export async function readSignAnswer(source: ByteSource): Promise<SignAnswer> {
  const head = await readFields(source, 10);
  const result = results[head.u16()];
  if (result === undefined) throw new ProtocolError('wrong-value', 'the result of a request');
  const period = head.u64();
  if (result !== 'signed') return { result, period };
  const fields = await readFields(source, SIGNED_SIZE);
  return {
    result,
    period,
    evolution: fields.u32(),
    certificate: fields.certificate(),
    coldVerificationKey: fields.bytes(VERIFICATION_KEY_SIZE),
    signature: fields.bytes(SIGNATURE_SIZE),
  };
}
