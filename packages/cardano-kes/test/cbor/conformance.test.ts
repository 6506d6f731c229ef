import { haskellKesVectors, kesCborVectors, kesSignatureVectors } from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { contentOf } from '../../src/envelope/byte-string.js';
import { strictlyDecoded } from '../../src/certificate/text.js';
import { encodeItem } from '../../src/cbor/encode.js';
import { bytes } from '../../src/cbor/shape.js';

type Decode = (encoded: Uint8Array, size: number) => Uint8Array;

/** The decoder of keys in envelopes, which may be secret. Its callers compare the size. */
const decodedInPlace: Decode = (encoded, size) => {
  const content = contentOf(encoded);
  if (content.byteLength !== size) throw new RangeError(`${content.byteLength} bytes`);
  return content;
};

/** The decoder of public items that have one encoding. */
const decodedByLibrary: Decode = (encoded, size) =>
  strictlyDecoded(encoded, bytes('value', size)) as Uint8Array;

const { heads, negatives } = kesCborVectors();
const vectors = kesSignatureVectors();

function vectorOf(place: { readonly algorithm: string; readonly depth: number }) {
  return vectors.find(
    ({ algorithm, depth }) => algorithm === place.algorithm && depth === place.depth,
  )!;
}

test.each(heads)('$algorithm depth $depth: the encodings are those of the vectors', (head) => {
  const { verificationKey, signatures } = vectorOf(head);
  const values: [Uint8Array, Uint8Array][] = [
    [head.verificationKeyHead, verificationKey],
    ...signatures.map(({ signature }): [Uint8Array, Uint8Array] => [head.signatureHead, signature]),
  ];
  for (const [start, raw] of values) {
    const encoded = Uint8Array.from([...start, ...raw]);
    expect(new Uint8Array(encodeItem(raw))).toEqual(encoded);
    for (const decode of [decodedInPlace, decodedByLibrary])
      expect(new Uint8Array(decode(encoded, raw.length))).toEqual(raw);
  }
});

describe.each([
  ['of keys in envelopes', decodedInPlace],
  ['of public items', decodedByLibrary],
])('the decoder %s refuses', (_name, decode) => {
  test.each(negatives)('$algorithm depth $depth, $subject: $why', (negative) => {
    const { verificationKey, signatures } = vectorOf(negative);
    const raw = negative.subject === 'signature' ? signatures[0]!.signature : verificationKey;
    const { head, kept, tail } = negative;
    const encoded = Uint8Array.from([...head, ...raw.subarray(0, kept), ...tail]);
    expect(() => decode(encoded, raw.length)).toThrow();
  });
});

test('verification keys are encoded as the Haskell reference encodes them', () => {
  for (const { verificationKey, verificationKeyCbor } of haskellKesVectors())
    expect(encodeItem(verificationKey)).toEqual(verificationKeyCbor);
});
