/**
 * The service protocol: the agent sends keys, and drops of keys, to nodes and to other agents.
 */
import type { OperationalCertificate } from '@evolock/cardano-kes';
import { ProtocolError } from '../errors.js';
import {
  CERTIFICATE_SIZE,
  encodeCertificate,
  joined,
  readFields,
  u32,
  u64,
  u8,
  type ByteSource,
} from './bytes.js';
import { numberOfResult, resultOfNumber, type Result } from './result.js';

export type { Result } from './result.js';

/** The versions, newest first. */
export const serviceVersions = [
  'Service:2.0',
  'Service:1.0',
  'Service:StandardCrypto:0.4',
] as const;

/** A version of the service protocol. */
export type ServiceVersion = (typeof serviceVersions)[number];

/** Whether a message begins with its kind and timestamp. Without them, each message is a key. */
const hasKind: Readonly<Record<ServiceVersion, boolean>> = {
  'Service:2.0': true,
  'Service:1.0': false,
  'Service:StandardCrypto:0.4': false,
};

const KEY = 0;
const DROP = 1;

/** The latest timestamp that is read. An agent counts on from the last one, which has to stay a number of 8 bytes. */
const LATEST = 2n ** 63n - 1n;

/** Bytes after the signing key in a message: its evolution and its certificate. */
export const KEY_TAIL_SIZE = 4 + CERTIFICATE_SIZE;

/** How a message begins. */
export type MessageHead =
  | {
      readonly kind: 'key';
      /** Microseconds since 1970; `undefined` in a version without timestamps. */
      readonly timestamp: bigint | undefined;
    }
  | { readonly kind: 'drop'; readonly timestamp: bigint };

/** What follows the signing key in a message. */
export interface KeyTail {
  /** The period of the signing key, as stated. */
  readonly evolution: number;
  readonly certificate: OperationalCertificate;
}

/** Whether the version has a message for the drop of a key. */
export function hasDrop(version: ServiceVersion): boolean {
  return hasKind[version];
}

/**
 * What precedes the signing key in a message. Empty in a version without timestamps.
 *
 * @param version - The chosen version.
 * @param timestamp - Microseconds since 1970.
 */
export function encodeKeyHead(version: ServiceVersion, timestamp: bigint): Uint8Array {
  return hasKind[version] ? joined(u8(KEY), u64(timestamp)) : new Uint8Array();
}

/** What follows the signing key in a message, 116 bytes. */
export function encodeKeyTail(evolution: number, certificate: OperationalCertificate): Uint8Array {
  return joined(u32(evolution), encodeCertificate(certificate));
}

/**
 * The drop of a key, 9 bytes: for a version that {@link hasDrop}.
 *
 * @param timestamp - Microseconds since 1970.
 */
export function encodeDrop(timestamp: bigint): Uint8Array {
  return joined(u8(DROP), u64(timestamp));
}

/**
 * Reads the start of a message: up to the signing key, or the whole of a drop. Reads nothing in a version without
 * timestamps.
 */
export async function readMessageHead(
  version: ServiceVersion,
  source: ByteSource,
): Promise<MessageHead> {
  if (!hasKind[version]) return { kind: 'key', timestamp: undefined };
  const kind = (await readFields(source, 1)).u8();
  if (kind !== KEY && kind !== DROP) throw new ProtocolError('wrong-value', 'kind of message');
  const timestamp = (await readFields(source, 8)).u64();
  if (timestamp > LATEST) throw new ProtocolError('wrong-value', 'timestamp');
  return { kind: kind === KEY ? 'key' : 'drop', timestamp };
}

/** Reads what follows the signing key. Neither the certificate nor the evolution is verified. */
export async function readKeyTail(source: ByteSource): Promise<KeyTail> {
  const fields = await readFields(source, KEY_TAIL_SIZE);
  return { evolution: fields.u32(), certificate: fields.certificate() };
}

/** The answer of a client, 4 bytes. */
export function encodeResult32(result: Result): Uint8Array {
  return u32(numberOfResult(result));
}

/** Reads the answer of a client. */
export async function readResult32(source: ByteSource): Promise<Result> {
  return resultOfNumber((await readFields(source, 4)).u32());
}
