/** The decoder of public CBOR, compared with a library. */
import { Decoder } from 'cbor-x/decode';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeItem } from '../../src/cbor/decode.js';
import type { CborItem } from '../../src/cbor/encode.js';
import type { Shape } from '../../src/cbor/shape.js';
import { encode, type Heads } from '../support/headers.js';

/** A value, and its shape. */
interface Shaped {
  readonly value: CborItem;
  readonly shape: Shape;
}

const name = 'item';
const leaf: fc.Arbitrary<Shaped> = fc.oneof(
  fc
    .oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.constantFrom(
        0n,
        23n,
        24n,
        255n,
        256n,
        2n ** 32n,
        2n ** 53n - 1n,
        2n ** 53n,
        2n ** 53n + 1n,
      ),
    )
    .map((value) => ({ value, shape: { name, kind: 'number', size: 64 } as const })),
  fc
    .uint8Array({ maxLength: 300 })
    .map((value) => ({ value, shape: { name, kind: 'bytes' } as const })),
  fc.constant({ value: null, shape: { name, kind: 'bytes or null' } as const }),
);

const { item } = fc.letrec<{ item: Shaped }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('item'), { maxLength: 30 }).map((items) => ({
      value: items.map(({ value }) => value),
      shape: { name, kind: items.map(({ shape }) => shape) },
    })),
  ),
}));

const heads = fc.constantFrom<Heads>('shortest', 'longest', 'indefinite arrays');
const library = new Decoder({ useRecords: false, copyBuffers: true });

/** The library returns a small number as a number. */
function withBigints(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBigints);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  return typeof value === 'number' ? BigInt(value) : value;
}

test('each item in each encoding has the value that cbor-x decodes, wherever it lies', () => {
  const around = fc.uint8Array({ maxLength: 5 });
  fc.assert(
    fc.property(item, heads, around, around, ({ value, shape }, style, before, after) => {
      const encoded = encode(value, style);
      const text = Buffer.concat([before, encoded, after]);
      const decoded = decodeItem(text, before.byteLength, shape);
      expect(decoded).toEqual(value);
      expect(withBigints(library.decode(new Uint8Array(encoded)))).toEqual(decoded);
    }),
    { numRuns: 300 },
  );
});

test('decoded bytes have memory of their own', () => {
  const text = Buffer.from('4101', 'hex');
  const decoded = decodeItem(text, 0, { name, kind: 'bytes' }) as Uint8Array;
  text[1] = 2;
  expect(decoded).toEqual(Uint8Array.of(1));
  expect(decoded.buffer.byteLength).toBe(1);
});
