/** Block headers: body and KES signature, in the given form and in the signed form. */
import { checkBytes, isBytes, sameBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { encodeItem, type CborItem } from '../cbor/encode.js';
import { decodeItem } from '../cbor/decode.js';
import { CborError, isCanonical, type Item } from '../cbor/walk.js';
import {
  certificateOf,
  identityOf,
  type Hash,
  type OperationalCertificate,
  type PoolIdentity,
  type VerifyEd25519,
} from '../certificate/certificate.js';
import { HeaderError } from '../errors.js';
import { hexOf } from '../hex.js';
import type { Slot } from '../period/numbers.js';
import { bodySizeIndex, formOfBody, type HeaderShape } from './fields.js';
import { bytesOfInput, checkEra, placeOfHeader } from './place.js';

/** A proof of the VRF and the output that the header states for it. */
export interface VrfResult {
  readonly output: Uint8Array;
  /** 80 bytes. */
  readonly proof: Uint8Array;
}

/** What a header states of the VRF. In the shape Praos one result serves both purposes. */
export interface HeaderVrf {
  /** Contributes to the nonce of a later epoch. */
  readonly nonce: VrfResult;
  /** Decides whether the pool may make a block in the slot. */
  readonly leader: VrfResult;
}

/** What a header of the shape Leios states besides the fields of Praos. */
export interface LeiosFields {
  /** Whether the block has the certificate of an endorser block. */
  readonly certified: boolean;
  /** The endorser block that the block announces: its hash, 32 bytes, and its size, 32 bits. */
  readonly announcement: { readonly hash: Uint8Array; readonly size: bigint } | undefined;
}

/**
 * A block header. Nothing of it is verified. Its byte strings are views of `bytes`, which is a copy of the input; except
 * `signedBytes` when the header is not canonical.
 */
export interface BlockHeader extends PoolIdentity {
  readonly shape: HeaderShape;
  /** The number of fields of the body. */
  readonly fieldCount: number;
  /** The era of the block, 2 for Shelley; `undefined` for a header alone. */
  readonly era: number | undefined;
  /** The header as given. Its hash is of these bytes. */
  readonly bytes: Uint8Array;
  /** The body as given. */
  readonly bodyBytes: Uint8Array;
  /**
   * The body as a node encodes it, with definite lengths and shortest heads; of the shape `later`, the fields after the
   * tenth are as given. The KES signature is over these bytes. Equal to `bodyBytes` when the header is canonical.
   */
  readonly signedBytes: Uint8Array;
  /** Whether a node would write exactly `bytes`: definite lengths and shortest heads in body and signature. */
  readonly canonical: boolean;
  readonly blockNumber: bigint;
  readonly slot: Slot;
  /** 32 bytes; `undefined` for the first block of a chain. */
  readonly previousHash: Uint8Array | undefined;
  /** The cold verification key of the pool, 32 bytes. */
  readonly issuerVerificationKey: Uint8Array;
  /** 32 bytes. */
  readonly vrfVerificationKey: Uint8Array;
  readonly vrf: HeaderVrf;
  /** Bytes of the block's body; 32 bits. */
  readonly bodySize: bigint;
  /** 32 bytes. */
  readonly bodyHash: Uint8Array;
  readonly certificate: OperationalCertificate;
  /** 32 bits each. */
  readonly protocolVersion: { readonly major: bigint; readonly minor: bigint };
  /** Of the shape Leios only. */
  readonly leios: LeiosFields | undefined;
  /** 448 bytes. */
  readonly kesSignature: Uint8Array;
  /** Blake2b-256 of `bytes`, in hexadecimal digits. */
  readonly hash: string;
}

/** The hashes that reading headers needs: Blake2b, unkeyed. A shortened longer hash is another hash. */
export interface HeaderHashes {
  /** 28 bytes. */
  readonly blake2b224: Hash;
  /** 32 bytes. */
  readonly blake2b256: Hash;
}

/** The cryptography that reading and judging headers needs. */
export interface HeaderCryptography extends HeaderHashes {
  readonly ed25519: { readonly verify: VerifyEd25519 };
  /** Sum6 over Ed25519. */
  readonly sum6Kes: {
    /** Whether a signature of 448 bytes is valid at an evolution. */
    readonly verify: (
      verificationKey: Uint8Array,
      evolution: number,
      message: Uint8Array,
      signature: Uint8Array,
    ) => boolean;
  };
  readonly praosVrf: {
    /** Returns the output of a proof; `undefined` when it is not valid. */
    readonly verify: (
      verificationKey: Uint8Array,
      alpha: Uint8Array,
      proof: Uint8Array,
    ) => Uint8Array | undefined;
  };
}

/** What headers are read with. */
export interface HeaderReading extends Pick<HeaderHashes, 'blake2b256'> {
  /** The pool of a cold verification key. */
  readonly identityOf: (coldVerificationKey: Uint8Array) => PoolIdentity;
}

/** What headers are read with, over the hashes of the caller. */
export function readingWith({ blake2b224, blake2b256 }: HeaderHashes): HeaderReading {
  return { blake2b256, identityOf: (key) => identityOf(blake2b224, key) };
}

/** Reads a header. */
export function headerOf(input: unknown, reading: HeaderReading): BlockHeader {
  if (typeof input !== 'string' && !isBytes(input))
    throw wrongType('input', 'a Uint8Array or text of hexadecimal digits', input);
  const given = typeof input === 'string' ? input : checkBytes('input', input);
  try {
    return parsed(bytesOfInput(given), reading);
  } catch (cause) {
    if (!(cause instanceof CborError)) throw cause;
    const { problem, offset, field } = cause;
    throw new HeaderError(problem, { offset, field });
  }
}

function parsed(text: Uint8Array, reading: HeaderReading): BlockHeader {
  const place = placeOfHeader(text);
  const { start, end, items: pair } = place.header;
  // `placeOfHeader` returns two items.
  const [body] = pair as readonly [Item, Item];
  const { shape, count, header } = formOfBody(text, body.start);
  // A copy: a header does not keep its block alive.
  const bytes = text.slice(start, end);
  const items = decodeItem(bytes, 0, header, start) as [CborItem[], Uint8Array];
  checkEra(place, shape);
  const [values, kesSignature] = items;
  const fields = fieldsOf(shape, values);
  // Fields of unknown kinds are as given: a float may look like a head that is too long.
  const canonical = isCanonical(text, place.header) || sameBytes(encodeItem(items), bytes);
  const bodyBytes = bytes.subarray(body.start - start, body.end - start);
  return {
    shape,
    fieldCount: count,
    era: place.era,
    bytes,
    bodyBytes,
    signedBytes: canonical || isCanonical(text, body) ? bodyBytes : encodeItem(values),
    canonical,
    ...fields,
    kesSignature,
    hash: hexOf(reading.blake2b256(bytes)),
    ...reading.identityOf(fields.issuerVerificationKey),
  };
}

function fieldsOf(shape: HeaderShape, values: readonly CborItem[]) {
  const [blockNumber, slot, previousHash, issuer, vrf, first, second] = values;
  // TPraos has two VRF fields, and the fields of certificate and version directly in the body.
  const [bodySize, bodyHash, ...rest] = values.slice(bodySizeIndex(shape));
  // The walk has checked that these are two arrays.
  const [certificate, [major, minor], ...others] = (
    shape === 'TPraos' ? [rest.slice(0, 4), rest.slice(4)] : rest
  ) as [CborItem[], CborItem[], ...CborItem[]];
  return {
    blockNumber: blockNumber as bigint,
    slot: slot as Slot,
    previousHash: (previousHash as Uint8Array | null) ?? undefined,
    issuerVerificationKey: issuer as Uint8Array,
    vrfVerificationKey: vrf as Uint8Array,
    vrf: { nonce: resultOf(first), leader: resultOf(shape === 'TPraos' ? second : first) },
    bodySize: bodySize as bigint,
    bodyHash: bodyHash as Uint8Array,
    certificate: certificateOf(certificate),
    protocolVersion: { major: major as bigint, minor: minor as bigint },
    leios: shape === 'Leios' ? leiosOf(others) : undefined,
  } satisfies Partial<BlockHeader>;
}

function leiosOf([certified, announcement]: readonly CborItem[]): LeiosFields {
  if (announcement === null) return { certified: certified as boolean, announcement: undefined };
  const [hash, size] = announcement as [Uint8Array, bigint];
  return { certified: certified as boolean, announcement: { hash, size } };
}

/** The walk has checked that a result is two byte strings. */
function resultOf(item: CborItem | undefined): VrfResult {
  const [output, proof] = item as [Uint8Array, Uint8Array];
  return { output, proof };
}
