import { keyOf, serialised } from '@evolock/test-keys';
import { codeOf, seedOf, wrongly } from '@evolock/test-support';
import { decode, encode } from 'cbor-x';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeByteString, encodeByteString } from '../src/byte-string.js';
import {
  decodeSignature,
  decodeVerificationKey,
  encodeSignature,
  encodeVerificationKey,
} from '../src/cbor.js';
import { unsoundCborSigningKey, unsoundFromCbor } from '../src/unsound.js';
import { algorithms } from './algorithms.js';

/** Sizes on both sides of every change of head, that of a Sum6 signature among them, and their heads. */
const heads: [number, number[]][] = [
  [1, [0x41]],
  [23, [0x57]],
  [24, [0x58, 24]],
  [32, [0x58, 0x20]],
  [255, [0x58, 0xff]],
  [256, [0x59, 0x01, 0x00]],
  [448, [0x59, 0x01, 0xc0]],
  [65_535, [0x59, 0xff, 0xff]],
  [65_536, [0x5a, 0, 1, 0, 0]],
];

describe.each(heads)('a byte string of %i bytes', (size, head) => {
  const bytes = new Uint8Array(size).fill(0xaa);

  test('has the shortest head and no tag', () => {
    expect(encodeByteString(bytes)).toEqual(Uint8Array.from([...head, ...bytes]));
  });

  test('comes back as memory of its own', () => {
    const encoded = encodeByteString(bytes);
    const decoded = decodeByteString('bytes', encoded, size);
    expect(Object.keys(encoded)).toHaveLength(encoded.length);
    expect(decoded).toEqual(bytes);
    expect(decoded.buffer).not.toBe(encoded.buffer);
    expect(decoded.buffer.byteLength).toBe(size);
  });

  test('is cut off nowhere: any part is truncated, any more is trailing', () => {
    const encoded = encodeByteString(bytes);
    const lengths = new Set([1, head.length, head.length + 1, encoded.length - 1]);
    for (const length of lengths) {
      if (length >= encoded.length) continue;
      expect(() => decodeByteString('bytes', encoded.subarray(0, length), size)).toThrow(
        expect.objectContaining({ code: 'ERR_EVOLOCK_CBOR', problem: 'truncated' }),
      );
    }
    expect(() => decodeByteString('bytes', Uint8Array.of(...encoded, 0), size)).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_CBOR', problem: 'trailing bytes' }),
    );
  });

  test('has no longer head: every other way of stating its length is named as such', () => {
    for (const [form, width] of [
      [0x58, 1],
      [0x59, 2],
      [0x5a, 4],
      [0x5b, 8],
    ] as const) {
      if (size >= 256 ** width) continue;
      const stated = [form, ...Array.from({ length: width }, () => 0)];
      for (let at = width, rest = size; at > 0; at -= 1, rest = Math.floor(rest / 256))
        stated[at] = rest % 256;
      if (stated.length <= head.length) continue;
      const read = () => decodeByteString('bytes', Uint8Array.from([...stated, ...bytes]), size);
      expect(read).toThrow(expect.objectContaining({ problem: 'non-shortest head' }));
    }
  });
});

describe('an encoding is judged strictly', () => {
  const key = new Uint8Array(32).fill(0xaa);
  test.each([
    ['nothing', [], 'empty'],
    ['tag 64, as cbor-x writes it by default', [...encode(key)], 'tag'],
    ['a tag alone', [0xc0], 'tag'],
    ['a number', [0x1f], 'not a byte string'],
    ['a negative number', [0x38, 0x20, ...key], 'not a byte string'],
    ['an array', [0x81, 0x58, 0x20, ...key], 'not a byte string'],
    ['a text string', [0x78, 0x20, ...key], 'not a byte string'],
    ['a simple value', [0xf6], 'not a byte string'],
    ['an indefinite string', [0x5f, 0x58, 0x20, ...key, 0xff], 'indefinite length'],
    ['an indefinite string alone', [0x5f], 'indefinite length'],
    ['a head of two bytes more', [0x59, 0x00, 0x20, ...key], 'non-shortest head'],
    ['a head of four bytes more', [0x5a, 0, 0, 0, 0x20, ...key], 'non-shortest head'],
    ['a head of eight bytes more', [0x5b, 0, 0, 0, 0, 0, 0, 0, 0x20, ...key], 'non-shortest head'],
    ['a length in the last of two bytes', [0x59, 0x20, 0x00, ...key], 'wrong length'],
    ['a length of eight bytes', [0x5b, 0x20, 0, 0, 0, 0, 0, 0, 0, ...key], 'wrong length'],
    ['a longer head that is cut off', [0x5a, 0, 0x20], 'wrong length'],
    ['a reserved head', [0x5c, 0x20, ...key], 'wrong length'],
    [
      'a reserved head before the right number',
      [0x5c, ...Array.from({ length: 15 }, () => 0), 0x20, ...key],
      'wrong length',
    ],
    ['the last reserved head', [0x5e, ...Array.from({ length: 64 }, () => 0)], 'wrong length'],
    ['31 bytes', [0x58, 0x1f, ...key.subarray(1)], 'wrong length'],
    ['a short string', [0x44, 1, 2, 3, 4], 'wrong length'],
    ['a head alone', [0x58], 'truncated'],
    ['an empty string', [0x40], 'wrong length'],
    ['a reserved head alone', [0x5c], 'wrong length'],
    ['one byte too few', [0x58, 0x20, ...key.subarray(1)], 'truncated'],
    ['one byte more', [0x58, 0x20, ...key, 0], 'trailing bytes'],
  ])('%s', (_, bytes, problem) => {
    const read = () => decodeVerificationKey(algorithms[0]!, Uint8Array.from(bytes));
    expect(read).toThrow(expect.objectContaining({ code: 'ERR_EVOLOCK_CBOR', problem }));
    expect(read).toThrow(`verification key: expected one untagged byte string with the shortest`);
  });

  test.each([undefined, null, 'text', [0x58], new ArrayBuffer(34)])(
    '%o is no encoding',
    (value) => {
      const read = () => decodeSignature(algorithms[0]!, wrongly(value));
      expect(read).toThrow(
        expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument: 'encoded' }),
      );
    },
  );
});

describe.each(algorithms)('CBOR of $name', (algorithm) => {
  test('brings verification keys, signatures and, unsoundly, signing keys back', () => {
    using key = keyOf(algorithm, seedOf(2));
    const verificationKey = key.deriveVerificationKey();
    const signature = key.sign(Uint8Array.of(1, 2, 3));
    const encodedKey = encodeVerificationKey(algorithm, verificationKey);
    const encodedSignature = encodeSignature(algorithm, signature);
    expect(decodeVerificationKey(algorithm, encodedKey)).toEqual(verificationKey);
    expect(decodeSignature(algorithm, encodedSignature)).toEqual(signature);
    expect(new Uint8Array(decode(encodedSignature) as Uint8Array)).toEqual(signature);
    using read = unsoundFromCbor(algorithm, unsoundCborSigningKey(key));
    expect(serialised(read)).toEqual(serialised(key));
  });

  test('refuses bytes of another size, and accepts exactly one encoding', () => {
    const { verificationKeySize, signatureSize } = algorithm;
    for (const size of [0, 31, verificationKeySize + 1, signatureSize - 1]) {
      const wrong = new Uint8Array(size);
      const code = 'ERR_EVOLOCK_ARGUMENT_VALUE';
      expect(codeOf(() => encodeSignature(algorithm, wrong))).toBe(code);
      if (size !== verificationKeySize)
        expect(codeOf(() => encodeVerificationKey(algorithm, wrong))).toBe(code);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: signatureSize + 20 }), (bytes) => {
        const refused = codeOf(() => decodeSignature(algorithm, bytes));
        expect([undefined, 'ERR_EVOLOCK_CBOR']).toContain(refused);
        if (refused === undefined)
          expect(encodeSignature(algorithm, decodeSignature(algorithm, bytes))).toEqual(bytes);
      }),
    );
  });
});
