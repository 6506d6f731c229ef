/**
 * Block headers: body and KES signature, the body as it was signed.
 */
import { checkBytes, isBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { blake2b256, sum6Kes } from '@evolock/kes-sum';
import { itemsAt, type Item } from './cbor-walk.js';
import { certificateOf } from './certificate-file.js';
import type { OperationalCertificate } from './certificate.js';
import { HeaderError } from './header-error.js';
import { checkBody, isByteString, type HeaderShape } from './header-fields.js';
import { bytesOfHexText, isHexText } from './header-text.js';
import { checkEra, placeOfHeader } from './header-place.js';
import type { Slot } from './numbers.js';
import { poolIdOf, type PoolId } from './pool-id.js';
import { decodeCbor, unsignedOf } from './public-cbor.js';

/** A block header. Nothing of it is verified yet. */
export interface BlockHeader {
  readonly shape: HeaderShape;
  /** The era that a block was wrapped with, 2 for Shelley; nothing for a header alone. */
  readonly era: number | undefined;
  /** The header as it was given, byte for byte. */
  readonly bytes: Uint8Array;
  /** The body within it, byte for byte: what the KES key signed. */
  readonly bodyBytes: Uint8Array;
  readonly blockNumber: bigint;
  readonly slot: Slot;
  /** 32 bytes; nothing at the beginning of a chain. */
  readonly previousHash: Uint8Array | undefined;
  /** The cold verification key of the pool, 32 bytes. */
  readonly issuerVerificationKey: Uint8Array;
  /** 32 bytes. */
  readonly vrfVerificationKey: Uint8Array;
  /** Bytes of the block's body. */
  readonly bodySize: bigint;
  /** 32 bytes. */
  readonly bodyHash: Uint8Array;
  readonly certificate: OperationalCertificate;
  readonly protocolVersion: { readonly major: bigint; readonly minor: bigint };
  /** 448 bytes. */
  readonly kesSignature: Uint8Array;
  /** Blake2b-256 of the header, in hexadecimal digits. */
  readonly hash: string;
  readonly poolId: PoolId;
}

/**
 * Reads a header: alone, at the beginning of a block, or of a block that is wrapped with its era (`[era, [header, …]]`,
 * as blocks lie on disk). Heads of CBOR need not be the shortest, and what was signed is kept as it is.
 *
 * @param input - Bytes, or hexadecimal digits as text or as the bytes of text.
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { parseHeader } from '@evolock/cardano-kes';
 *
 * assert.throws(() => parseHeader(Uint8Array.of(0x82, 0x00, 0x80)), { problem: 'byron' });
 * ```
 */
export function parseHeader(input: Uint8Array | string): BlockHeader {
  const text = bytesOf(input);
  const { header, era } = placeOfHeader(text);
  const [body, signature, ...more] = itemsAt(text, header.start) ?? [];
  if (body === undefined || signature === undefined || more.length > 0)
    throw new HeaderError('wrong-shape', { offset: header.start });
  const shape = checkBody(text, body.start);
  checkSignature(text, signature);
  checkEra(era, shape);
  // Copies, so that the header stays what was verified whatever happens to the caller's bytes.
  const bytes = text.slice(header.start, header.end);
  const bodyBytes = bytes.subarray(body.start - header.start, body.end - header.start);
  const signatureEnd = signature.end - header.start;
  return {
    shape,
    era,
    bytes,
    bodyBytes,
    ...fieldsOf(shape, decodeCbor(bodyBytes) as BodyValues),
    kesSignature: bytes.subarray(signatureEnd - sum6Kes.signatureSize, signatureEnd),
    hash: Buffer.from(blake2b256(bytes)).toString('hex'),
  };
}

function bytesOf(input: unknown): Uint8Array {
  if (typeof input === 'string') return bytesOfHexText(new TextEncoder().encode(input));
  if (!isBytes(input))
    throw wrongType('input', 'a Uint8Array or text of hexadecimal digits', input);
  const bytes = new Uint8Array(checkBytes('input', input));
  return isHexText(bytes) ? bytesOfHexText(bytes) : bytes;
}

function checkSignature(text: Uint8Array, { start }: Item): void {
  if (isByteString(text, start, sum6Kes.signatureSize)) return;
  const field = `KES signature (bytes of size ${String(sum6Kes.signatureSize)})`;
  throw new HeaderError('wrong-field', { offset: start, field });
}

type BodyValues = readonly unknown[];
type Fields = Omit<BlockHeader, 'shape' | 'era' | 'bytes' | 'bodyBytes' | 'kesSignature' | 'hash'>;

/** What the fields of a body are, which have been checked to be of the right kinds and sizes. */
function fieldsOf(shape: HeaderShape, values: BodyValues): Fields {
  const [blockNumber, slot, previousHash, issuer, vrf] = values;
  // TPraos has two VRF fields, and certificate and version flat.
  const [bodySize, bodyHash, ...rest] = values.slice(shape === 'TPraos' ? 7 : 6);
  const [certificate, version] =
    shape === 'TPraos' ? [rest.slice(0, 4), rest.slice(4)] : (rest as BodyValues[]);
  const [major, minor] = version!;
  const issuerVerificationKey = bytesFrom(issuer);
  return {
    blockNumber: unsignedOf(blockNumber)!,
    slot: unsignedOf(slot) as Slot,
    previousHash: previousHash === null ? undefined : bytesFrom(previousHash),
    issuerVerificationKey,
    vrfVerificationKey: bytesFrom(vrf),
    bodySize: unsignedOf(bodySize)!,
    bodyHash: bytesFrom(bodyHash),
    certificate: certificateOf(certificate)!,
    protocolVersion: { major: unsignedOf(major)!, minor: unsignedOf(minor)! },
    poolId: poolIdOf(issuerVerificationKey),
  };
}

function bytesFrom(value: unknown): Uint8Array {
  return new Uint8Array(value as Uint8Array);
}
