import { compactSumKesOfDepth, ed25519, sumKesOfDepth } from '@evolock/kes-sum';
import { implementationOf } from '@evolock/test-keys';
import {
  conformanceCases,
  haskellKesVectors,
  type Implementation,
  type KesCborImplementation,
} from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { contentOf } from '../../src/envelope/byte-string.js';
import { strictlyDecoded } from '../../src/envelope/strict.js';
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

function cborOf(decode: Decode, signatureSize: number): KesCborImplementation {
  return {
    encodeVerificationKey: encodeItem,
    decodeVerificationKey: (encoded) => decode(encoded, 32),
    encodeSignature: encodeItem,
    decodeSignature: (encoded) => decode(encoded, signatureSize),
  };
}

function implementationWith(decode: Decode): Implementation {
  return {
    kes(kind, depth) {
      const isCompact = kind === 'compactSum' || kind === 'compactSingle';
      const algorithm = (isCompact ? compactSumKesOfDepth : sumKesOfDepth)(ed25519, depth);
      return { ...implementationOf(algorithm), cbor: cborOf(decode, algorithm.signatureSize) };
    },
  };
}

describe.each([
  ['of keys in envelopes', decodedInPlace],
  ['of public items', decodedByLibrary],
])('the decoder %s, with the encoder, conforms to the vectors', (_name, decode) => {
  const cases = conformanceCases(implementationWith(decode));
  for (const { group, name, run } of cases)
    if (group === 'kes cbor' || group === 'kes cbor negative') test(`${group}: ${name}`, run);
});

test('verification keys are encoded as the Haskell reference encodes them', () => {
  for (const { verificationKey, verificationKeyCbor } of haskellKesVectors())
    expect(encodeItem(verificationKey)).toEqual(verificationKeyCbor);
});
