/**
 * A block header from Shelley on: what its certificate and its KES signature are about, and the original bytes that
 * they cover.
 *
 * Two shapes of body: 15 fields (Shelley to Alonzo, "TPraos") and 10 fields (Babbage on, "Praos"). A header may stand
 * alone, or in a block that is wrapped with its era.
 */
import { CborError } from './cbor-error.js';
import {
  arrayItems,
  headAt,
  itemEnd,
  MAJOR_ARRAY,
  MAJOR_UNSIGNED,
  type CborSpan,
} from './cbor-span.js';
import { bytesIn, unsignedIn } from './cbor-value.js';
import type { OperationalCertificate } from './operational-certificate.js';

const HASH_SIZE = 32;
const VERIFICATION_KEY_SIZE = 32;
const CERTIFICATE_SIGNATURE_SIZE = 64;
const KES_SIGNATURE_SIZE = 448;
/** CBOR's null: the first block of a network has no previous one. */
const NULL = 0xf6;

/** How a body is laid out. */
export type HeaderFormat = 'TPraos' | 'Praos';

/** A decoded header. All byte fields are copies or views that hold nothing secret. */
export interface Header {
  readonly format: HeaderFormat;
  /** The header's own bytes, as they stand in the block: what its hash is of. */
  readonly original: Uint8Array;
  /** The body's own bytes: what the KES signature is over. */
  readonly body: Uint8Array;
  readonly blockNumber: bigint;
  readonly slot: bigint;
  /** 32 bytes; `undefined` for the first block of a network. */
  readonly previousHash: Uint8Array | undefined;
  /** The pool's cold key, 32 bytes. */
  readonly issuerVerificationKey: Uint8Array;
  readonly bodySize: bigint;
  /** 32 bytes. */
  readonly bodyHash: Uint8Array;
  readonly operationalCertificate: OperationalCertificate;
  readonly protocolVersion: readonly [major: bigint, minor: bigint];
  /** 448 bytes. */
  readonly kesSignature: Uint8Array;
}

/** Where the fields stand that both shapes have. */
interface Layout {
  readonly format: HeaderFormat;
  readonly bodySize: CborSpan;
  readonly bodyHash: CborSpan;
  readonly certificate: readonly CborSpan[];
  readonly version: readonly CborSpan[];
}

/**
 * Decodes a header, or the header of a wrapped block.
 *
 * @param bytes - One CBOR item and nothing behind it.
 * @throws {@link CborError} with one of its codes.
 */
export function decodeHeader(bytes: Uint8Array): Header {
  const end = itemEnd(bytes, 0);
  if (end !== bytes.length) {
    throw new CborError('CBOR_TRAILING_BYTES', end, 'something behind the item');
  }
  const span = headerIn(bytes, { start: 0, end });
  const [body, kesSignature] = exactly(bytes, span, 2, 'header');
  const fields = arrayItems(bytes, body!.start);
  const layout = layoutOf(bytes, body!, fields);
  return {
    format: layout.format,
    original: bytes.subarray(span.start, span.end),
    body: bytes.subarray(body!.start, body!.end),
    blockNumber: unsignedIn(bytes, fields[0]!),
    slot: unsignedIn(bytes, fields[1]!),
    previousHash: previousHashIn(bytes, fields[2]!),
    issuerVerificationKey: bytesIn(bytes, fields[3]!, VERIFICATION_KEY_SIZE),
    bodySize: unsignedIn(bytes, layout.bodySize),
    bodyHash: bytesIn(bytes, layout.bodyHash, HASH_SIZE),
    operationalCertificate: certificateIn(bytes, layout.certificate),
    protocolVersion: [unsignedIn(bytes, layout.version[0]!), unsignedIn(bytes, layout.version[1]!)],
    kesSignature: bytesIn(bytes, kesSignature!, KES_SIGNATURE_SIZE),
  };
}

/** The header itself: the item, or what stands first in the block of `[era, [header, …]]`. */
function headerIn(bytes: Uint8Array, item: CborSpan): CborSpan {
  const items = arrayItems(bytes, item.start);
  const first = items[0];
  if (first === undefined || headAt(bytes, first.start).major !== MAJOR_UNSIGNED) return item;
  const [, block] = exactly(bytes, item, 2, 'wrapped block');
  const [header] = arrayItems(bytes, block!.start);
  if (header === undefined) {
    throw new CborError('CBOR_UNEXPECTED_TYPE', block!.start, 'a block without a header');
  }
  return header;
}

function layoutOf(bytes: Uint8Array, body: CborSpan, fields: readonly CborSpan[]): Layout {
  switch (fields.length) {
    case 15:
      return {
        format: 'TPraos',
        bodySize: fields[7]!,
        bodyHash: fields[8]!,
        certificate: fields.slice(9, 13),
        version: fields.slice(13),
      };
    case 10:
      return {
        format: 'Praos',
        bodySize: fields[6]!,
        bodyHash: fields[7]!,
        certificate: exactly(bytes, fields[8]!, 4, 'operational certificate'),
        version: exactly(bytes, fields[9]!, 2, 'protocol version'),
      };
    default:
      throw new CborError(
        'CBOR_UNEXPECTED_TYPE',
        body.start,
        `a header body of ${fields.length} fields instead of 15 or 10`,
      );
  }
}

function certificateIn(
  bytes: Uint8Array,
  [hotKey, sequenceNumber, startPeriod, signature]: readonly CborSpan[],
): OperationalCertificate {
  return {
    hotVerificationKey: bytesIn(bytes, hotKey!, VERIFICATION_KEY_SIZE),
    sequenceNumber: unsignedIn(bytes, sequenceNumber!),
    startPeriod: unsignedIn(bytes, startPeriod!),
    signature: bytesIn(bytes, signature!, CERTIFICATE_SIGNATURE_SIZE),
  };
}

function previousHashIn(bytes: Uint8Array, item: CborSpan): Uint8Array | undefined {
  return bytes[item.start] === NULL ? undefined : bytesIn(bytes, item, HASH_SIZE);
}

function exactly(bytes: Uint8Array, { start }: CborSpan, count: number, what: string): CborSpan[] {
  const items = headAt(bytes, start).major === MAJOR_ARRAY ? arrayItems(bytes, start) : [];
  if (items.length !== count) {
    throw new CborError('CBOR_UNEXPECTED_TYPE', start, `no ${what} of ${count} items`);
  }
  return items;
}
