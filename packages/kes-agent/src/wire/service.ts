/** The service protocol: the agent sends keys, and drops of keys, to nodes and to other agents. */
import type { OperationalCertificate } from '@evolock/cardano-headers';
import { AgentProtocolError } from '../errors.js';
import { absent, certificate, mapped, named, sequence, u32, u64, u8, type Codec } from './codec.js';

/** The versions, newest first. */
export const serviceVersions = [
  'Service:2.0',
  'Service:1.0',
  'Service:StandardCrypto:0.4',
] as const;

/** A version of the service protocol. */
export type ServiceVersion = (typeof serviceVersions)[number];

/** How a message begins: what precedes the signing key, or the whole of a drop. */
export type MessageHead =
  | { readonly kind: 'key' | 'drop'; readonly timestamp: bigint }
  | {
      readonly kind: 'key';
      /** Microseconds since 1970; `undefined` in a version without timestamps, whose messages are keys. */
      readonly timestamp: bigint | undefined;
    };

/** What follows the signing key in a message. Neither field is verified when it is read. */
export interface KeyTail {
  /** The period of the signing key, as stated. */
  readonly evolution: number;
  readonly certificate: OperationalCertificate;
}

/** The latest timestamp that is read. An agent counts on from the last one, which has to stay a number of 8 bytes. */
const LATEST = 2n ** 63n - 1n;

const timestamp = mapped<bigint, bigint>(
  u64,
  (value) => value,
  (value) => {
    if (value > LATEST) throw new AgentProtocolError('wrong-value', 'timestamp');
    return value;
  },
);

const dated: Codec<MessageHead> = sequence<{ kind: 'key' | 'drop'; timestamp: bigint }>({
  kind: named(u8, ['key', 'drop'], 'kind of message'),
  timestamp,
});

const undated = absent<MessageHead>({ kind: 'key', timestamp: undefined });

export const messageHeads: Readonly<Record<ServiceVersion, Codec<MessageHead>>> = {
  'Service:2.0': dated,
  'Service:1.0': undated,
  'Service:StandardCrypto:0.4': undated,
};

/** Whether the version has a message for the drop of a key. */
export function hasDrop(version: ServiceVersion): boolean {
  return messageHeads[version] === dated;
}

/** What follows the signing key, 116 bytes. */
export const keyTail = sequence<KeyTail>({ evolution: u32, certificate });
