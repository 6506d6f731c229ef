import { isDeepStrictEqual } from 'node:util';
import { rejectionOf } from '@evolock/test-support';
import { expect } from 'vitest';
import {
  encodeCertificate,
  joined,
  readCertificate,
  type ByteSource,
} from '../../../src/wire/bytes.js';
import {
  encodeCommand,
  encodeInfo,
  encodeMaybeKey,
  encodeResult16,
  readCommand,
  readInfo,
  readMaybeKey,
  readResult16,
  type AgentInfo,
  type ControlCommand,
  type ControlVersion,
} from '../../../src/wire/control.js';
import {
  encodeChoice,
  encodeIdentifier,
  encodeOffer,
  readChoice,
  readIdentifier,
  readOffer,
} from '../../../src/wire/handshake.js';
import {
  encodeDrop,
  encodeKeyHead,
  encodeKeyTail,
  encodeResult32,
  readKeyTail,
  readMessageHead,
  readResult32,
  type KeyTail,
  type MessageHead,
  type ServiceVersion,
} from '../../../src/wire/service.js';
import {
  encodeSignAnswer,
  encodeSignRequest,
  readSignAnswer,
  readSignRequest,
} from '../../../src/wire/sign.js';
import { everySplit, whole } from './pieces.js';

/** A message of a protocol: how it is read and encoded. */
export interface Codec<T> {
  read(source: ByteSource): Promise<T>;
  encode(value: T): Uint8Array;
}

/** A message of the service protocol, complete. */
export interface ServiceMessage {
  readonly head: MessageHead;
  readonly signingKey?: Uint8Array;
  readonly tail?: KeyTail;
}

const SIGNING_KEY_SIZE = 608;

/** Several messages in turn. */
export function inTurn(codecs: readonly Codec<unknown>[]): Codec<readonly unknown[]> {
  return {
    read: async (source) => {
      const values: unknown[] = [];
      for (const codec of codecs) values.push(await codec.read(source));
      return values;
    },
    encode: (values) => joined(...codecs.map((codec, at) => codec.encode(values[at]))),
  };
}

export const certificate = { read: readCertificate, encode: encodeCertificate };
export const offer = { read: readOffer, encode: encodeOffer };
export const result32 = { read: readResult32, encode: encodeResult32 };
export const result16 = { read: readResult16, encode: encodeResult16 };
export const maybeKey = { read: readMaybeKey, encode: encodeMaybeKey };
export const signAnswer = { read: readSignAnswer, encode: encodeSignAnswer };

export function choice(offered: readonly string[]): Codec<string | undefined> {
  return { read: (source) => readChoice(source, offered), encode: encodeChoice };
}

export function identifier(version: string): Codec<void> {
  return {
    read: (source) => readIdentifier(source, version),
    encode: () => encodeIdentifier(version),
  };
}

export function serviceMessage(version: ServiceVersion): Codec<ServiceMessage> {
  return {
    read: async (source) => {
      const head = await readMessageHead(version, source);
      if (head.kind === 'drop') return { head };
      const signingKey = await source.read(SIGNING_KEY_SIZE);
      return { head, signingKey, tail: await readKeyTail(source) };
    },
    encode: ({ head, signingKey, tail }) => {
      if (head.kind === 'drop') return encodeDrop(head.timestamp);
      return joined(
        encodeKeyHead(version, head.timestamp ?? 0n),
        signingKey!,
        encodeKeyTail(tail!.evolution, tail!.certificate),
      );
    },
  };
}

export function command(version: ControlVersion): Codec<ControlCommand | undefined> {
  return {
    read: (source) => readCommand(version, source),
    encode: (value) => encodeCommand(value!),
  };
}

export function info(version: ControlVersion): Codec<AgentInfo> {
  return {
    read: (source) => readInfo(version, source),
    // An old version has no such members: what stands there must not be encoded.
    encode: ({ program = 'never', periodStart = -1n, periodEnd = -1n, ...rest }) =>
      encodeInfo(version, { program, periodStart, periodEnd, ...rest }),
  };
}

export function signRequest(maxLength: number) {
  return {
    read: (source: ByteSource) => readSignRequest(source, maxLength),
    encode: encodeSignRequest,
  };
}

/** The bytes are one message: read the same at every split, nothing is left, and encoded the same again. */
export async function expectMessage<T>(codec: Codec<T>, bytes: Uint8Array): Promise<T> {
  const value = await codec.read(whole(bytes));
  expect(hexOf(codec.encode(value))).toBe(hexOf(bytes));
  const different: string[] = [];
  for (const pieces of everySplit(bytes)) {
    const again = await codec.read(pieces);
    const same = pieces.left === 0 && Buffer.from(codec.encode(again)).equals(bytes);
    if (!same) different.push(pieces.split);
  }
  expect(different).toEqual([]);
  return value;
}

/** Each beginning of the bytes is refused as one that ended early. */
export async function expectWhole(codec: Codec<unknown>, bytes: Uint8Array): Promise<void> {
  const different: string[] = [];
  for (let size = 0; size < bytes.length; size++) {
    const { code } = await rejectionOf(codec.read(whole(bytes.subarray(0, size))));
    if (code !== 'ERR_EVOLOCK_IO_CLOSED_EARLY') different.push(`${size} bytes: ${String(code)}`);
  }
  expect(different).toEqual([]);
}

/** The message and the problem of the refusal of bytes. More bytes than the refused ones are not read. */
export async function refusalOf(codec: Codec<unknown>, bytes: Uint8Array): Promise<unknown[]> {
  const pieces = whole(joined(bytes, new Uint8Array(1000)));
  const { code, problem, message } = await rejectionOf(codec.read(pieces));
  expect(code).toBe('ERR_EVOLOCK_AGENT_PROTOCOL');
  expect(pieces.left).toBe(1000);
  return [problem, message];
}

/** Like `toEqual`, which takes long for many bytes. */
function expectEqual(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

/** A value is read as it was encoded, and nothing is left. */
export async function expectRoundTrip<T>(
  codec: Codec<T>,
  value: T,
  expected: unknown = value,
): Promise<void> {
  const pieces = whole(codec.encode(value));
  expectEqual(await codec.read(pieces), expected);
  expect(pieces.left).toBe(0);
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Bytes of hexadecimal digits; blanks separate fields. */
export function bytesOf(...fields: string[]): Uint8Array {
  return new Uint8Array(Buffer.from(fields.join('').replaceAll(/\s/g, ''), 'hex'));
}
