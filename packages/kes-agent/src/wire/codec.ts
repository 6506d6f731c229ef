/**
 * The values that the protocols are made of: big endian, no outer framing. One codec of a value writes and reads it. And how the
 * two sides choose a version: the agent offers identifiers, the client chooses one, and the side that sends the first message
 * repeats it.
 */
import {
  absolutePeriod,
  type AbsolutePeriod,
  type OperationalCertificate,
} from '@evolock/cardano-headers';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { AgentProtocolError, type Result } from '../errors.js';

/** Where a decoder gets its bytes: a channel, a locked connection, or bytes in a test. */
export interface ByteSource {
  /** Resolves with exactly `size` bytes. Rejects when the stream ends or breaks before, or its time limit passes. */
  read(size: number): Promise<Uint8Array>;
}

/** How a value is written, and read again. */
export interface Codec<T> {
  encode(value: T): Uint8Array;
  read(source: ByteSource): Promise<T>;
}

/** The codecs of the fields of an object, in the order of the wire. */
type Fields<T> = { readonly [Name in keyof T]: Codec<T[Name]> };

/** The bytes of several values, one after the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** This number of bytes, as a copy. */
export function bytes(size: number): Codec<Uint8Array> {
  return {
    encode: (value) => value,
    read: async (source) => new Uint8Array(await source.read(size)),
  };
}

/** A value that is written as another one. */
export function mapped<T, Written>(
  codec: Codec<Written>,
  written: (value: T) => Written,
  valueOf: (written: Written) => T,
): Codec<T> {
  return {
    encode: (value) => codec.encode(written(value)),
    read: async (source) => valueOf(await codec.read(source)),
  };
}

/** A number, by the names of the methods of a Buffer that write and read it. */
function number<T extends number | bigint>(
  size: number,
  type: 'UInt8' | 'UInt16BE' | 'UInt32BE' | 'BigUInt64BE' | 'BigInt64BE',
): Codec<T> {
  const written = (value: T): Uint8Array => {
    const buffer = Buffer.alloc(size);
    // The methods of a Buffer take a number or a bigint, as `T` is. The compiler cannot pair it with the name.
    buffer[`write${type}`](value as never);
    return buffer;
  };
  return mapped(bytes(size), written, ({ buffer }) => Buffer.from(buffer)[`read${type}`]() as T);
}

export const u8 = number<number>(1, 'UInt8');
export const u16 = number<number>(2, 'UInt16BE');
export const u32 = number<number>(4, 'UInt32BE');
export const u64 = number<bigint>(8, 'BigUInt64BE');
export const i64 = number<bigint>(8, 'BigInt64BE');

/** One of these names, as its number. Another number is read as `otherwise`, or is refused. */
export function named<Name extends string>(
  numbers: Codec<number>,
  names: readonly Name[],
  what: string,
  otherwise?: Name,
): Codec<Name> {
  const nameOf = (number: number): Name => {
    const name = names[number] ?? otherwise;
    if (name === undefined) throw new AgentProtocolError('wrong-value', what);
    return name;
  };
  return mapped<Name, number>(numbers, (name) => names.indexOf(name), nameOf);
}

/** An object, field by field. */
export function sequence<T extends object>(fields: Fields<T>): Codec<T> {
  const all = Object.entries(fields) as [keyof T, Codec<T[keyof T]>][];
  return {
    encode: (value) => joined(...all.map(([name, field]) => field.encode(value[name]))),
    async read(source) {
      const value: Partial<T> = {};
      for (const [name, field] of all) value[name] = await field.read(source);
      return value as T;
    },
  };
}

/** A value that the version does not send: no bytes. */
export function absent<T>(value: T): Codec<T> {
  return { encode: () => new Uint8Array(), read: () => Promise.resolve(value) };
}

/** A value that may be missing: `00`, or `01` and the value. */
export function maybe<T>(codec: Codec<T>, what: string): Codec<T | undefined> {
  return {
    encode: (value) =>
      value === undefined ? u8.encode(0) : joined(u8.encode(1), codec.encode(value)),
    async read(source) {
      const presence = await u8.read(source);
      if (presence > 1) throw new AgentProtocolError('wrong-value', `presence of ${what}`);
      return presence === 1 ? codec.read(source) : undefined;
    },
  };
}

/** Reads a size or a count, 4 bytes. */
async function readSize(source: ByteSource, limit: number, what: string): Promise<number> {
  const size = await u32.read(source);
  if (size > limit) throw new AgentProtocolError('too-long', `${what}: at most ${limit}`);
  return size;
}

/** At most `limit` bytes, with their size (4 bytes) before them. */
export function sized(limit: number, what: string): Codec<Uint8Array> {
  return {
    encode: (value) => joined(u32.encode(value.length), value),
    async read(source) {
      const size = await readSize(source, limit, `bytes of ${what}`);
      return size === 0 ? new Uint8Array() : source.read(size);
    },
  };
}

/** The largest text that is read, in bytes. */
const MAX_TEXT_SIZE = 4096;

/** A text: its size in bytes (4 bytes), then UTF-8. It may contain control characters. */
export function text(what: string): Codec<string> {
  const encoded = sized(MAX_TEXT_SIZE, what);
  return {
    encode: (value) => encoded.encode(new TextEncoder().encode(value)),
    async read(source) {
      const bytes = await encoded.read(source);
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      } catch {
        throw new AgentProtocolError('wrong-value', `${what} is not UTF-8`);
      }
    },
  };
}

/** A list of at most `limit` items: its count (4 bytes), then the items. */
export function list<T>(item: Codec<T>, limit: number, what: string): Codec<readonly T[]> {
  return {
    encode: (items) => joined(u32.encode(items.length), ...items.map((each) => item.encode(each))),
    async read(source) {
      const count = await readSize(source, limit, what);
      const items: T[] = [];
      while (items.length < count) items.push(await item.read(source));
      return items;
    },
  };
}

/** A verification key, cold or hot. */
export const verificationKey = bytes(32);

export const coldSignature = bytes(64);

export const period = mapped<AbsolutePeriod, bigint>(u64, (value) => value, absolutePeriod);

/** A certificate. Its signature is not verified. */
export const certificate = sequence<OperationalCertificate>({
  hotVerificationKey: verificationKey,
  sequenceNumber: u64,
  startPeriod: period,
  signature: coldSignature,
});

/** In the order of their numbers. */
const results: readonly Result[] = [
  'ok',
  'outdated',
  'invalid-certificate',
  'no-key',
  'unsupported',
  'unknown',
];

const resultOf = (numbers: Codec<number>): Codec<Result> =>
  named(numbers, results, 'the result', 'unknown');

/** The answer of a client of the service socket, 4 bytes. */
export const result32 = resultOf(u32);

/** The answer of an agent to `install` and `drop`, 2 bytes. */
export const result16 = resultOf(u16);

/** Bytes of an identifier: ASCII, then zeros. */
const IDENTIFIER_SIZE = 32;

/** The largest number of versions in an offer that is read. */
const MAX_OFFERED_VERSIONS = 16;

function encoded(version: string): Uint8Array {
  const bytes = new Uint8Array(IDENTIFIER_SIZE);
  bytes.set(Buffer.from(version, 'latin1'));
  return bytes;
}

const anyVersion = mapped<string, Uint8Array>(bytes(IDENTIFIER_SIZE), encoded, (found) => {
  const [, version] = /^([\x20-\x7e]+)\0*$/.exec(Buffer.from(found).toString('latin1')) ?? [];
  if (version === undefined)
    throw new AgentProtocolError('wrong-value', 'an identifier is ASCII, padded with zeros');
  return version;
});

function oneOf<V extends string>(versions: readonly V[], expected: string): Codec<V> {
  return mapped<V, Uint8Array>(bytes(IDENTIFIER_SIZE), encoded, (found) => {
    const version = versions.find((each) => sameBytes(found, encoded(each)));
    if (version === undefined) throw new AgentProtocolError('wrong-identifier', expected);
    return version;
  });
}

/** The offer of the agent, newest first. It may contain versions that this package does not have. */
export const offer = list(anyVersion, MAX_OFFERED_VERSIONS, 'offered versions');

/** The choice of the client from an offer: `undefined` when it chose none. */
export function choice<V extends string>(offered: readonly V[]): Codec<V | undefined> {
  return maybe(oneOf(offered, 'it was not offered'), 'the chosen version');
}

/** The identifier of the chosen version, which is repeated before the first message. */
export function identifier<V extends string>(version: V): Codec<V> {
  return oneOf([version], `expected ${version}`);
}
