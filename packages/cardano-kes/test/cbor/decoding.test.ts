/** Public CBOR of an expected shape, decoded as cbor-x decodes it. */
import { Decoder } from 'cbor-x/decode';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, decodeItem, number, type Shape } from '../../src/cbor/shape.js';
import { CborError } from '../../src/cbor/walk.js';
import { encode, type Heads, type Value } from '../support/headers.js';

const shape: Shape = {
  name: 'all',
  kind: [
    number('number', 64),
    { name: 'string', kind: 'bytes' },
    { name: 'maybe', kind: 'bytes or null', size: 4 },
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
  return encode([one!, two!, three!, { definite: four as readonly Value[] }], form);
}

describe('an item', () => {
  test('has the value that cbor-x finds, wherever it begins', () => {
    fc.assert(
      fc.property(values, heads, fc.uint8Array({ maxLength: 20 }), (value, form, before) => {
        const item = encoded(value, form);
        const text = new Uint8Array(Buffer.concat([before, item, Uint8Array.of(0xff)]));
        const decoded = plain(decodeItem(text, before.byteLength, shape));
        expect(decoded).toEqual(value);
        expect(decoded).toEqual(plain(decoder.decode(item)));
      }),
    );
  });

  test('that is cut off or of another shape is refused', () => {
    fc.assert(
      fc.property(values, heads, fc.nat(), (value, form, place) => {
        const item = encoded(value, form);
        const cut = item.subarray(0, place % item.byteLength);
        expect(() => decodeItem(cut, 0, shape)).toThrow(CborError);
        const more = encode([...value.slice(0, 3), [], 0n] as Value[], form);
        expect(() => decodeItem(more, 0, shape)).toThrow(CborError);
      }),
    );
  });
});
