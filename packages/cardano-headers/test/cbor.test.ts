/** Public CBOR is read by its shape as cbor-x reads it, and keys in envelopes as the vectors say. */
import { haskellKesVectors, kesCborVectors, kesSignatureVectors } from '@evolock/test-vectors';
import { Decoder } from 'cbor-x/decode-no-eval';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeItem } from '../src/cbor/encode.js';
import { bytes, decodeItem, number, type Shape } from '../src/cbor/decode.js';
import { CborError } from '../src/cbor/walk.js';
import { strictlyDecoded } from '../src/certificate/text.js';
import { contentOf } from '../src/envelope/envelope.js';
import { encode, type Heads, type Value } from './support/headers.js';

const shape: Shape = {
  name: 'all',
  kind: [
    number('number', 64),
    { name: 'string', kind: 'bytes' },
    { name: 'maybe', kind: 'bytes', size: 4, nullable: true },
    { name: 'pair', definite: true, kind: [number('small', 32), bytes('short', 3)] },
  ],
};

const string = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const values = fc.tuple(
  fc.bigInt(0n, (1n << 64n) - 1n),
  fc.uint8Array({ maxLength: 300 }),
  fc.option(string(4)),
  fc.tuple(fc.bigInt(0n, (1n << 32n) - 1n), string(3)),
);
const heads = fc.constantFrom<Heads>('shortest', 'longest', 'indefinite arrays');
const decoder = new Decoder({ useRecords: false, copyBuffers: true });

/** The value with numbers as bigints and plain byte strings. */
function plain(value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  return Array.isArray(value) ? value.map(plain) : value;
}

function encoded([one, two, three, four]: readonly Value[], form: Heads): Uint8Array {
  return new Uint8Array(encode([one!, two!, three!, { definite: four as Value[] }], form));
}

test('an item has the value that cbor-x finds, wherever it begins', () => {
  fc.assert(
    fc.property(values, heads, fc.uint8Array({ maxLength: 20 }), (value, form, before) => {
      const item = encoded(value, form);
      const text = Uint8Array.from([...before, ...item, 0xff]);
      const decoded = plain(decodeItem(text, before.byteLength, shape));
      expect(decoded).toEqual(value);
      expect(decoded).toEqual(plain(decoder.decode(item)));
    }),
  );
});

test('an item that is cut off or of another shape is refused', () => {
  fc.assert(
    fc.property(values, heads, fc.nat(), (value, form, place) => {
      const item = encoded(value, form);
      const cut = item.subarray(0, place % item.byteLength);
      const more = encode([...value.slice(0, 3), [], 0n] as Value[], form);
      for (const wrong of [cut, more]) expect(() => decodeItem(wrong, 0, shape)).toThrow(CborError);
    }),
  );
});

type Decode = (encoded: Uint8Array, size: number) => Uint8Array;

/** The reader of keys in envelopes, which may be secret, and the reader of public items that have one encoding. */
const readers: readonly (readonly [of: string, read: Decode])[] = [
  ['keys in envelopes', (item, size) => contentOf(item, [size])],
  ['public items', (item, size) => strictlyDecoded(item, bytes('value', size)) as Uint8Array],
];

const { heads: allEncodings, negatives } = kesCborVectors();
/** The short run reads the signatures of smaller trees. */
const greatestDepth = Number(process.env['EVOLOCK_TEST_DEPTH'] ?? 20);
const encodings = allEncodings.filter(({ depth }) => depth <= greatestDepth);
const vectors = kesSignatureVectors();

function vectorOf(place: { readonly algorithm: string; readonly depth: number }) {
  return vectors.find(
    ({ algorithm, depth }) => algorithm === place.algorithm && depth === place.depth,
  )!;
}

test('a number of 32 bits ends below 2^32', () => {
  const shape = number('number', 32);
  expect(decodeItem(encodeItem(2n ** 32n - 1n), 0, shape)).toBe(2n ** 32n - 1n);
  expect(() => decodeItem(encodeItem(2n ** 32n), 0, shape)).toThrow(CborError);
});

test.each(encodings)('$algorithm depth $depth: the encodings are those of the vectors', (head) => {
  const { verificationKey, signatures } = vectorOf(head);
  const all = [
    [head.verificationKeyHead, verificationKey] as const,
    ...signatures.map(({ signature }) => [head.signatureHead, signature] as const),
  ];
  for (const [start, raw] of all) {
    const item = Uint8Array.from([...start, ...raw]);
    expect(encodeItem(raw)).toEqual(item);
    for (const [, read] of readers)
      expect(new Uint8Array(read(item, raw.length))).toEqual(new Uint8Array(raw));
  }
});

describe.each(readers)('the reader of %s refuses', (_of, read) => {
  test.each(negatives)('$algorithm depth $depth, $subject: $why', (negative) => {
    const { verificationKey, signatures } = vectorOf(negative);
    const raw = negative.subject === 'signature' ? signatures[0]!.signature : verificationKey;
    const { head, kept, tail } = negative;
    const item = Uint8Array.from([...head, ...raw.subarray(0, kept), ...tail]);
    expect(() => read(item, raw.length)).toThrow();
  });
});

test('verification keys are encoded as the Haskell reference encodes them', () => {
  for (const { verificationKey, verificationKeyCbor } of haskellKesVectors())
    expect(encodeItem(verificationKey)).toEqual(verificationKeyCbor);
});
