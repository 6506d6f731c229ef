/** A pool with keys, and messages of it that the tests encode in their own way. */
import {
  absolutePeriod,
  kesParameters,
  mainnet,
  type AbsolutePeriod,
  type OperationalCertificate,
} from '@evolock/cardano-headers';
import { issueCertificate } from '@evolock/cardano-kes';
import { encodeItem, type CborItem } from '@evolock/cardano-headers/cbor';
import { ed25519, sum6Kes } from '@evolock/kes-sum';
import { blake2b256 } from '@evolock/kes-sum/all';
import { keyOf } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import { signDmqMessage, type DmqMessage, type DmqSigner } from '../../src/index.js';

export const start = absolutePeriod(500);

/** mainnet, whose slots have no dates here: each period may be the current one. */
export const undated = kesParameters({ ...mainnet, anchor: undefined });

export const now = new Date(Date.UTC(2026, 8, 1));

/** Seconds. */
export const expiresAt = now.getTime() / 1_000 + 600;

/** What the tests know of a pool. Its keys are wiped. */
export interface Pool {
  readonly coldVerificationKey: Uint8Array;
  readonly certificate: OperationalCertificate;
  /** Signs at an evolution. */
  sign(payload: Uint8Array, evolution: number): Uint8Array;
}

/** A pool of a seed. */
export function poolOf(seed: number, sequenceNumber = 7n, startPeriod = start): Pool {
  using cold = keyOf(ed25519, seedOf(seed));
  using hot = keyOf(sum6Kes, seedOf(seed));
  return {
    coldVerificationKey: cold.deriveVerificationKey(),
    certificate: issueCertificate(cold, {
      hotVerificationKey: hot.deriveVerificationKey(),
      sequenceNumber,
      startPeriod,
    }),
    sign(payload, evolution) {
      using key = keyOf(sum6Kes, seedOf(seed));
      key.updateTo(evolution);
      return key.sign(payload);
    },
  };
}

/** What the tests replace of a request. */
export interface Parts {
  readonly pool?: Pool;
  readonly body?: Uint8Array;
  readonly period?: AbsolutePeriod;
  readonly expiresAt?: number;
  readonly sign?: DmqSigner;
}

export const pool = poolOf(1);

/** A signed message, at evolution 3. */
export function signed(parts: Parts = {}): Promise<DmqMessage> {
  const by = parts.pool ?? pool;
  const { certificate, coldVerificationKey } = by;
  const request = {
    parameters: mainnet,
    body: Uint8Array.of(1, 2, 3),
    period: absolutePeriod(start + 3n),
    expiresAt,
    certificate,
    coldVerificationKey,
    ...parts,
  };
  const { pool: _pool, sign: _sign, ...content } = request;
  return signDmqMessage(content, parts.sign ?? ((payload, at) => by.sign(payload, at.evolution)));
}

/** A payload as a CBOR item. */
export function payloadItem(body = Uint8Array.of(1, 2, 3), period = start + 3n): CborItem {
  return [body, period, BigInt(expiresAt)];
}

/** A head with eight bytes of argument. */
export function longHead(major: number, argument: bigint): Uint8Array {
  const head = new Uint8Array(9);
  head[0] = (major << 5) | 27;
  new DataView(head.buffer).setBigUint64(1, argument);
  return head;
}

/** An item with heads of nine bytes. */
export function longest(item: CborItem): Uint8Array {
  if (typeof item === 'bigint') return longHead(0, item);
  if (item instanceof Uint8Array)
    return Buffer.concat([longHead(2, BigInt(item.byteLength)), item]);
  // A message has no other items.
  const items = (item as readonly CborItem[]).map(longest);
  return Buffer.concat([longHead(4, BigInt(items.length)), ...items]);
}

/** The parts of a message, each encoded. */
export interface EncodedParts {
  readonly head: Uint8Array;
  readonly messageId: Uint8Array;
  readonly payload: Uint8Array;
  readonly kesSignature: Uint8Array;
  readonly certificate: Uint8Array;
  readonly coldVerificationKey: Uint8Array;
  readonly tail: Uint8Array;
}

/** The encoded parts of a message with a payload of any encoding, signed over the given bytes. */
export function partsOf(
  payload: Uint8Array,
  { by = pool, signedBytes = payload, evolution = 3 } = {},
): EncodedParts {
  const { hotVerificationKey, sequenceNumber, startPeriod, signature } = by.certificate;
  return {
    head: Uint8Array.of(0x85),
    messageId: encodeItem(blake2b256(payload)),
    payload,
    kesSignature: encodeItem(by.sign(signedBytes, evolution)),
    certificate: encodeItem([hotVerificationKey, sequenceNumber, startPeriod, signature]),
    coldVerificationKey: encodeItem(by.coldVerificationKey),
    tail: new Uint8Array(),
  };
}

/** The bytes of a message. */
export function joined({ head, tail, ...parts }: EncodedParts): Uint8Array {
  const { messageId, payload, kesSignature, certificate, coldVerificationKey } = parts;
  return new Uint8Array(
    Buffer.concat([head, messageId, payload, kesSignature, certificate, coldVerificationKey, tail]),
  );
}
