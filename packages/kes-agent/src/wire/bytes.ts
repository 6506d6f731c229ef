/**
 * The numbers and values that the protocols are made of: big endian, no outer framing.
 */
import { absolutePeriod, type OperationalCertificate } from '@evolock/cardano-kes';
import { ProtocolError } from '../errors.js';

/** Where a decoder gets its bytes: a channel, a locked connection, or bytes in a test. */
export interface ByteSource {
  /**
   * Resolves with exactly `size` bytes. Rejects with the error of the stream when it ends or breaks before, or when its
   * time limit passes.
   */
  read(size: number): Promise<Uint8Array>;
}

/** Bytes of a verification key, cold or hot. */
export const VERIFICATION_KEY_SIZE = 32;

/** Bytes of the signature of a certificate. */
export const COLD_SIGNATURE_SIZE = 64;

/** Bytes of a certificate: verification key, counter, start period, signature. */
export const CERTIFICATE_SIZE = VERIFICATION_KEY_SIZE + 8 + 8 + COLD_SIGNATURE_SIZE;

/** The largest text that is read, in bytes. */
export const MAX_TEXT_SIZE = 4096;

/** The bytes of several values, one after the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** One byte. */
export function u8(value: number): Uint8Array {
  const bytes = Buffer.alloc(1);
  bytes.writeUInt8(value);
  return bytes;
}

/** An unsigned number, 2 bytes. */
export function u16(value: number): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** An unsigned number, 4 bytes. */
export function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** An unsigned number, 8 bytes. */
export function u64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** A signed number, 8 bytes. */
export function i64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

/** Reads the fields of a fixed layout in turn. */
export class Fields {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next byte. */
  u8(): number {
    return this.#bytes.readUInt8(this.#next(1));
  }

  /** The next 2 bytes. */
  u16(): number {
    return this.#bytes.readUInt16BE(this.#next(2));
  }

  /** The next 4 bytes. */
  u32(): number {
    return this.#bytes.readUInt32BE(this.#next(4));
  }

  /** The next 8 bytes, unsigned. */
  u64(): bigint {
    return this.#bytes.readBigUInt64BE(this.#next(8));
  }

  /** The next 8 bytes, signed. */
  i64(): bigint {
    return this.#bytes.readBigInt64BE(this.#next(8));
  }

  /** A copy of the next bytes. */
  bytes(size: number): Uint8Array {
    const start = this.#next(size);
    return new Uint8Array(this.#bytes.subarray(start, start + size));
  }

  /** The certificate in the next {@link CERTIFICATE_SIZE} bytes. */
  certificate(): OperationalCertificate {
    return {
      hotVerificationKey: this.bytes(VERIFICATION_KEY_SIZE),
      sequenceNumber: this.u64(),
      startPeriod: absolutePeriod(this.u64()),
      signature: this.bytes(COLD_SIGNATURE_SIZE),
    };
  }

  #next(size: number): number {
    const start = this.#offset;
    this.#offset = start + size;
    return start;
  }
}

/** Reads a fixed layout of `size` bytes. */
export async function readFields(source: ByteSource, size: number): Promise<Fields> {
  return new Fields(await source.read(size));
}

/** A value that may be missing: `00`, or `01` and the value. */
export function maybe<T>(value: T | undefined, encode: (value: T) => Uint8Array): Uint8Array {
  return value === undefined ? u8(0) : joined(u8(1), encode(value));
}

/** Reads the byte that states whether a value follows. */
export async function readPresence(source: ByteSource, what: string): Promise<boolean> {
  const presence = (await readFields(source, 1)).u8();
  if (presence > 1) throw new ProtocolError('wrong-value', `presence of ${what}`);
  return presence === 1;
}

/** Reads a value that may be missing. */
export async function readMaybe<T>(
  source: ByteSource,
  what: string,
  read: (source: ByteSource) => Promise<T>,
): Promise<T | undefined> {
  return (await readPresence(source, what)) ? read(source) : undefined;
}

/** Reads a size or a count, 4 bytes. */
async function readSize(source: ByteSource, limit: number, what: string): Promise<number> {
  const size = (await readFields(source, 4)).u32();
  if (size > limit) throw new ProtocolError('too-long', `${what}: at most ${limit}`);
  return size;
}

/** Bytes with their size (4 bytes) before them. */
export function sized(bytes: Uint8Array): Uint8Array {
  return joined(u32(bytes.length), bytes);
}

/** Reads at most `limit` bytes with their size before them. */
export async function readSized(
  source: ByteSource,
  limit: number,
  what: string,
): Promise<Uint8Array> {
  const size = await readSize(source, limit, `bytes of ${what}`);
  return size === 0 ? new Uint8Array() : source.read(size);
}

/** A text: its size in bytes (4 bytes), then UTF-8. */
export function text(value: string): Uint8Array {
  return sized(new TextEncoder().encode(value));
}

/** Reads a text of at most {@link MAX_TEXT_SIZE} bytes. It may contain control characters. */
export async function readText(source: ByteSource, what: string): Promise<string> {
  const bytes = await readSized(source, MAX_TEXT_SIZE, what);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ProtocolError('wrong-value', `${what} is not UTF-8`);
  }
}

/** A list: its count (4 bytes), then the items. */
export function list<T>(items: readonly T[], encode: (item: T) => Uint8Array): Uint8Array {
  return joined(u32(items.length), ...items.map(encode));
}

/** Reads a list of at most `limit` items. */
export async function readList<T>(
  source: ByteSource,
  limit: number,
  what: string,
  read: (source: ByteSource) => Promise<T>,
): Promise<readonly T[]> {
  const count = await readSize(source, limit, what);
  const items: T[] = [];
  while (items.length < count) items.push(await read(source));
  return items;
}

/** The 112 bytes of a certificate. */
export function encodeCertificate(certificate: OperationalCertificate): Uint8Array {
  const { hotVerificationKey, sequenceNumber, startPeriod, signature } = certificate;
  return joined(hotVerificationKey, u64(sequenceNumber), u64(startPeriod), signature);
}

/** Reads a certificate. Its signature is not verified. */
export async function readCertificate(source: ByteSource): Promise<OperationalCertificate> {
  return (await readFields(source, CERTIFICATE_SIZE)).certificate();
}
