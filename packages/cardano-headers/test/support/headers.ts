/** Builds headers of any shape, with each kind of CBOR heads that decoders accept. */
import type { KesSigningKey } from '@evolock/kes-sum';
import type { Ed25519SigningKey } from '@evolock/kes-sum/all';
import {
  absolutePeriod,
  type AbsolutePeriod,
  type CertificateBody,
  type OperationalCertificate,
} from '../../src/index.js';
import { certificateMessage } from '../../src/files.js';
import { coldKey, kesKey } from './keys.js';

/** A certificate that a cold key signs. */
export function issueCertificate(
  coldKey: Ed25519SigningKey,
  body: CertificateBody,
): OperationalCertificate {
  return { ...body, signature: coldKey.sign(certificateMessage(body)) };
}

/** How heads are written: the shortest, with eight bytes, or, for arrays, without a length. */
export type Heads = 'shortest' | 'longest' | 'indefinite arrays';

function head(major: number, argument: bigint, heads: Heads): Uint8Array {
  const widths = heads === 'longest' ? [8] : [0, 1, 2, 4, 8];
  const width = widths.find((each) => argument < (each === 0 ? 24n : 1n << BigInt(8 * each)))!;
  if (width === 0) return Uint8Array.of((major << 5) | Number(argument));
  const bytes = new Uint8Array(1 + width);
  bytes[0] = (major << 5) | (24 + Math.log2(width));
  for (let index = 0; index < width; index += 1)
    bytes[width - index] = Number((argument >> BigInt(8 * index)) & 0xffn);
  return bytes;
}

/**
 * A CBOR item: a number, bytes, null, a boolean, an array of items, or an encoded item. `definite` is an array that has a length in
 * each encoding.
 */
export type Value =
  | bigint
  | Uint8Array
  | null
  | boolean
  | readonly Value[]
  | { readonly encoded: Uint8Array }
  | { readonly definite: readonly Value[] };

export function encode(value: Value, heads: Heads = 'shortest'): Uint8Array {
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (typeof value === 'bigint') return head(0, value, heads);
  if (value instanceof Uint8Array)
    return Buffer.concat([head(2, BigInt(value.byteLength), heads), value]);
  if ('encoded' in value) return value.encoded;
  const array = 'definite' in value ? value.definite : value;
  const items = array.map((each) => encode(each, heads));
  return heads === 'indefinite arrays' && array === value
    ? Buffer.concat([Uint8Array.of(0x9f), ...items, Uint8Array.of(0xff)])
    : Buffer.concat([head(4, BigInt(items.length), heads), ...items]);
}

/** `24(bytes)`, with the shortest heads. */
export function tagged(content: Uint8Array): Value {
  return { encoded: Buffer.concat([Uint8Array.of(0xd8, 24), encode(content)]) };
}

export interface HeaderParts {
  readonly shape: 'TPraos' | 'Praos' | 'Leios';
  readonly slot: bigint;
  readonly issuer: Uint8Array;
  readonly certificate: OperationalCertificate;
  /** The VRF verification key and one result for each role; bytes without meaning when absent. */
  readonly vrf?: OwnVrf | undefined;
}

export interface OwnVrf {
  readonly verificationKey: Uint8Array;
  readonly nonce: readonly [output: Uint8Array, proof: Uint8Array];
  readonly leader: readonly [output: Uint8Array, proof: Uint8Array];
}

export function bodyFields({ shape, slot, issuer, certificate, vrf: given }: HeaderParts): Value[] {
  const bytes = (size: number) => new Uint8Array(size).fill(size);
  const unproved = [bytes(64), bytes(80)] as const;
  const nonce: Value = { definite: given?.nonce ?? unproved };
  const leader: Value = { definite: given?.leader ?? unproved };
  const { hotVerificationKey, sequenceNumber, startPeriod, signature } = certificate;
  const certificateFields = [hotVerificationKey, sequenceNumber, startPeriod, signature];
  const beginning = [77n, slot, bytes(32), issuer, given?.verificationKey ?? bytes(32)];
  const rest = [1_000n, bytes(32)];
  const more: Value[] = shape === 'Leios' ? [true, { definite: [bytes(32), 7n] }] : [];
  return shape === 'TPraos'
    ? [...beginning, nonce, leader, ...rest, ...certificateFields, 2n, 0n]
    : [...beginning, nonce, ...rest, certificateFields, [9n, 0n], ...more];
}

/** Signs the canonical encoding of a body, as a node does, and encodes the header with the given heads. */
export function signedHeader(
  fields: readonly Value[],
  hotKey: KesSigningKey,
  heads: Heads = 'shortest',
): Uint8Array {
  return encode([fields, hotKey.sign(encode(fields))], heads);
}

export function goodHeader(
  parts: Omit<HeaderParts, 'issuer' | 'certificate'> & {
    readonly cold: Ed25519SigningKey;
    readonly hot: KesSigningKey;
    readonly startPeriod: AbsolutePeriod;
    readonly heads?: Heads;
  },
): Uint8Array {
  const { cold, hot, startPeriod, heads } = parts;
  const certificate = issueCertificate(cold, {
    hotVerificationKey: hot.deriveVerificationKey(),
    sequenceNumber: 3n,
    startPeriod,
  });
  const fields = bodyFields({ ...parts, issuer: cold.deriveVerificationKey(), certificate });
  return signedHeader(fields, hot, heads);
}

/** The fields of a body with a certificate of the test keys. */
export function fieldsOf(shape: HeaderParts['shape']): Value[] {
  const cold = coldKey();
  const certificate = issueCertificate(cold, {
    hotVerificationKey: kesKey().deriveVerificationKey(),
    sequenceNumber: 0n,
    startPeriod: absolutePeriod(0),
  });
  return bodyFields({ shape, slot: 1n, issuer: cold.deriveVerificationKey(), certificate });
}
