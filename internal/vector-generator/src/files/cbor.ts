import { concatBytes } from '@noble/hashes/utils.js';
import type { KesAlgorithmKind, KesCborNegative } from '@evolock/test-vectors';
import { lifeOf, messageOf, verifierOf } from './material.js';

interface Raw {
  readonly subject: KesCborNegative['subject'];
  readonly raw: Uint8Array;
}

interface Negative {
  readonly why: string;
  readonly head: Uint8Array;
  readonly kept: number;
  readonly tail: Uint8Array;
}

function rawOf(algorithm: KesAlgorithmKind, depth: number): Raw[] {
  const life = lifeOf(algorithm, depth);
  return [
    { subject: 'verificationKey', raw: life.verificationKey },
    { subject: 'signature', raw: life.sign(0, messageOf(0)) },
  ];
}

/** The shortest head of a byte string (RFC 8949, section 3), for lengths below 2^16. */
function headOf(length: number): Uint8Array {
  if (length < 24) return Uint8Array.of(0x40 + length);
  if (length < 2 ** 8) return Uint8Array.of(0x58, length);
  return Uint8Array.of(0x59, length >> 8, length & 255);
}

/** A head whose length takes 1, 2, 4 or 8 bytes. */
function wideHead(majorType: number, length: number, width: number): Uint8Array {
  const digits = Array.from({ length: width }, (_, index) =>
    Number((BigInt(length) >> BigInt(8 * (width - 1 - index))) & 255n),
  );
  return Uint8Array.of((majorType << 5) + 24 + Math.log2(width), ...digits);
}

const NOTHING = new Uint8Array(0);
const ZERO = new Uint8Array(1);

function negativesOf(size: number): Negative[] {
  const head = headOf(size);
  const all = { kept: size, tail: NOTHING };
  const shortest = head.length - 1;
  const tag = (...bytes: number[]) => concatBytes(Uint8Array.from(bytes), head);
  return [
    { ...all, why: 'tag 64 (typed array)', head: tag(0xd8, 0x40) },
    { ...all, why: 'tag 24 (encoded CBOR)', head: tag(0xd8, 0x18) },
    { ...all, why: 'tag 2 (big number)', head: tag(0xc2) },
    { ...all, why: 'tag 55799 (self-described CBOR)', head: tag(0xd9, 0xd9, 0xf7) },
    ...[2, 4, 8]
      .filter((width) => width > shortest)
      .map((width) => ({
        ...all,
        why: `head not the shortest: length in ${width} bytes`,
        head: wideHead(2, size, width),
      })),
    {
      ...all,
      why: 'indefinite string of one chunk',
      head: concatBytes(Uint8Array.of(0x5f), head),
      tail: Uint8Array.of(0xff),
    },
    {
      why: 'indefinite string of no chunk',
      head: Uint8Array.of(0x5f, 0xff),
      kept: 0,
      tail: NOTHING,
    },
    { ...all, why: 'reserved length information 28', head: Uint8Array.of(0x5c) },
    { ...all, why: 'text string', head: wideHead(3, size, shortest) },
    { ...all, why: 'array', head: wideHead(4, size, shortest) },
    { ...all, why: 'no head', head: NOTHING },
    { why: 'one byte too short', head: headOf(size - 1), kept: size - 1, tail: NOTHING },
    { why: 'one byte too long', head: headOf(size + 1), kept: size, tail: ZERO },
    { why: 'half as long', head: headOf(size / 2), kept: size / 2, tail: NOTHING },
    { why: 'empty string', head: Uint8Array.of(0x40), kept: 0, tail: NOTHING },
    { why: 'trailing zero', head, kept: size, tail: ZERO },
    { why: 'trailing item (null)', head, kept: size, tail: Uint8Array.of(0xf6) },
    { why: 'truncated by one byte', head, kept: size - 1, tail: NOTHING },
    { why: 'truncated to the head', head, kept: 0, tail: NOTHING },
    { why: 'truncated within the head', head: head.slice(0, -1), kept: 0, tail: NOTHING },
    { why: 'nothing', head: NOTHING, kept: 0, tail: NOTHING },
  ];
}

/** The entry of `kes-cbor.json` that states the heads of an algorithm at a depth. */
export function cborHeads(algorithm: KesAlgorithmKind, depth: number): object {
  const { signatureSize } = verifierOf(algorithm, depth);
  return {
    algorithm,
    depth,
    verificationKeyHead: headOf(32),
    signatureHead: headOf(signatureSize),
  };
}

/** What a decoder of an algorithm at a depth must refuse. */
export function cborNegatives(algorithm: KesAlgorithmKind, depth: number): object[] {
  return rawOf(algorithm, depth).flatMap(({ subject, raw }) =>
    negativesOf(raw.length).map(({ why, head, kept, tail }) => ({
      ...{ algorithm, depth, subject },
      ...{ head, kept, tail, why },
    })),
  );
}
