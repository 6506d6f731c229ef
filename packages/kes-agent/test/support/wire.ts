/** What holds for every message of a protocol, and the recorded connections of the reference. */
import { isDeepStrictEqual } from 'node:util';
import { ClosedEarlyError } from '@evolock/direct-serialise-io';
import { rejectionOf } from '@evolock/test-support';
import { externalVectors } from '@evolock/test-support/external';
import { expect, test } from 'vitest';
import {
  bytes,
  choice,
  identifier,
  joined,
  sequence,
  type ByteSource,
  type Codec,
} from '../../src/wire/codec.js';
import {
  keyTail,
  messageHeads,
  type KeyTail,
  type MessageHead,
  type ServiceVersion,
} from '../../src/wire/service.js';

/** A stream that delivers these pieces one by one, and then ends. */
export class Pieces implements ByteSource {
  readonly #pieces: Uint8Array[];
  #held: Buffer = Buffer.alloc(0);

  constructor(...pieces: readonly Uint8Array[]) {
    this.#pieces = [...pieces];
  }

  /** Refuses a read of no bytes, as a source may. */
  async read(size: number): Promise<Uint8Array> {
    if (size === 0) throw new RangeError('a read of no bytes');
    while (this.#held.length < size) {
      const piece = this.#pieces.shift();
      if (piece === undefined) throw new ClosedEarlyError(size, this.#held.length);
      await Promise.resolve();
      this.#held = Buffer.concat([this.#held, piece]);
    }
    const bytes = new Uint8Array(this.#held.subarray(0, size));
    this.#held = this.#held.subarray(size);
    return bytes;
  }

  get left(): number {
    return this.#pieces.reduce((sum, piece) => sum + piece.length, this.#held.length);
  }
}

export const choiceOf = (version: string): Uint8Array => choice([version]).encode(version);
export const identifierOf = (version: string): Uint8Array => identifier(version).encode(version);

/** The bytes in two pieces, split at each position, and then byte by byte. */
function* everySplit(bytes: Uint8Array): Generator<readonly [words: string, Pieces]> {
  for (let at = 0; at <= bytes.length; at++)
    yield [`split at ${at}`, new Pieces(bytes.subarray(0, at), bytes.subarray(at))];
  yield ['byte by byte', new Pieces(...Array.from(bytes, (byte) => Uint8Array.of(byte)))];
}

export function inTurn(...codecs: readonly Codec<unknown>[]): Codec<readonly unknown[]> {
  return {
    read: async (source) => {
      const values: unknown[] = [];
      for (const codec of codecs) values.push(await codec.read(source));
      return values;
    },
    encode: (values) => joined(...codecs.map((codec, at) => codec.encode(values[at]))),
  };
}

/**
 * The bytes are one message: read the same at every split, nothing is left, and encoded the same again. Each beginning of them is
 * refused as one that ended early.
 */
export async function expectMessage<T>(codec: Codec<T>, bytes: Uint8Array): Promise<T> {
  const value = await codec.read(new Pieces(bytes));
  expect(hexOf(codec.encode(value))).toBe(hexOf(bytes));
  const different: string[] = [];
  for (const [words, pieces] of everySplit(bytes)) {
    const again = await codec.read(pieces);
    const same = pieces.left === 0 && Buffer.from(codec.encode(again)).equals(bytes);
    if (!same) different.push(words);
  }
  for (let size = 0; size < bytes.length; size++) {
    const { code } = await rejectionOf(codec.read(new Pieces(bytes.subarray(0, size))));
    if (code !== 'ERR_EVOLOCK_IO_CLOSED_EARLY') different.push(`${size} bytes: ${String(code)}`);
  }
  expect(different).toEqual([]);
  return value;
}

/** The message and the problem of the refusal of bytes. More bytes than the refused ones are not read. */
export async function refusalOf(codec: Codec<unknown>, bytes: Uint8Array): Promise<unknown[]> {
  const pieces = new Pieces(joined(bytes, new Uint8Array(1000)));
  const { code, problem, message } = await rejectionOf(codec.read(pieces));
  expect(code).toBe('ERR_EVOLOCK_AGENT_PROTOCOL');
  expect(pieces.left).toBe(1000);
  return [problem, message];
}

/** A value is read as it was encoded, and nothing is left. `toEqual` alone takes long for many bytes. */
export async function expectRoundTrip<T>(codec: Codec<T>, value: T, expected: unknown = value) {
  const pieces = new Pieces(codec.encode(value));
  const read = await codec.read(pieces);
  if (!isDeepStrictEqual(read, expected)) expect(read).toEqual(expected);
  expect(pieces.left).toBe(0);
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Bytes of hexadecimal digits; blanks separate fields. */
export function bytesOf(...fields: readonly string[]): Uint8Array {
  return new Uint8Array(Buffer.from(fields.join('').replaceAll(/\s/g, ''), 'hex'));
}

/** One recorded connection. A message without bytes is the end of that side. */
export interface Recorded {
  readonly what: string;
  readonly version: string;
  readonly offered?: string;
  readonly messages: readonly { readonly from: 'agent' | 'client'; readonly hex?: string }[];
}

export interface Recording {
  readonly connections: readonly Recorded[];
}

export interface ControlRecording extends Recording {
  readonly coldVerificationKeyFile: object;
  readonly genesis: {
    readonly systemStart: string;
    readonly slotsPerKESPeriod: number;
    readonly slotLength: number;
  };
  readonly certificates: readonly object[];
}

/** A file of recordings. Where it is missing, a test that is skipped states why, and it has no connections. */
export function recordingsOf(protocol: 'service'): Recording;
export function recordingsOf(protocol: 'control'): ControlRecording;
export function recordingsOf(protocol: string): Recording {
  const vectors = externalVectors(`kes-agent/${protocol}.json`);
  if (vectors.available) return vectors.data as Recording;
  test.skipIf(true)(vectors.reason, () => undefined);
  return { connections: [] };
}

export interface ServiceMessage {
  readonly head: MessageHead;
  /** 608 bytes; absent in a drop, as is the tail. */
  readonly signingKey?: Uint8Array;
  readonly tail?: KeyTail;
}

export function serviceMessage(version: ServiceVersion): Codec<ServiceMessage> {
  const head = messageHeads[version];
  const rest = sequence<Omit<Required<ServiceMessage>, 'head'>>({
    signingKey: bytes(608),
    tail: keyTail,
  });
  return {
    encode: ({ head: first, signingKey, tail }) =>
      signingKey === undefined || tail === undefined
        ? head.encode(first)
        : joined(head.encode(first), rest.encode({ signingKey, tail })),
    async read(source) {
      const first = await head.read(source);
      return first.kind === 'drop'
        ? { head: first }
        : { head: first, ...(await rest.read(source)) };
    },
  };
}
