import fc from 'fast-check';
import { encode } from 'cbor-x';
import { describe, expect, it } from 'vitest';
import { CborError } from '../../src/demo/cbor-error.js';
import { arrayItems, itemEnd } from '../../src/demo/cbor-span.js';

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

describe('the end of an item', () => {
  it.each([
    ['an unsigned integer', '17'],
    ['one with a longer head than it needs', '1b0000000000000001'],
    ['the greatest', '1bffffffffffffffff'],
    ['a negative integer', '3863'],
    ['a byte string', '43010203'],
    ['one with a longer head than it needs', '5b0000000000000003010203'],
    ['an empty one', '40'],
    ['one in chunks', '5f41014202035b0000000000000000ff'],
    ['one in no chunks', '5fff'],
    ['text', '626869'],
    ['text in chunks', '7f61686169ff'],
    ['an array', '83010203'],
    ['one of indefinite length', '9f0182020304ff'],
    ['an empty one of indefinite length', '9fff'],
    ['a map', 'a201020304'],
    ['one of indefinite length', 'bf01020304ff'],
    ['a tag', 'd81843010203'],
    ['false, null and undefined', '83f4f6f7'],
    ['a simple value of two bytes', 'f820'],
    ['floats of every size', '83f93c00fa3f800000fb3ff0000000000000'],
  ])('%s', (_name, hex) => {
    const item = bytes(hex);
    expect(itemEnd(item, 0)).toBe(item.length);
    const followed = bytes(`${hex}00`);
    expect(itemEnd(followed, 0)).toBe(item.length);
  });

  it.each([
    ['nothing', '', 'CBOR_TRUNCATED'],
    ['half a head', '19ff', 'CBOR_TRUNCATED'],
    ['half a string', '430102', 'CBOR_TRUNCATED'],
    ['a string longer than any memory', '5bffffffffffffffff01', 'CBOR_TRUNCATED'],
    ['an array longer than any memory', '9bffffffffffffffff01', 'CBOR_TRUNCATED'],
    ['a map longer than any memory', 'bbffffffffffffffff01', 'CBOR_TRUNCATED'],
    ['an array without its end', '9f01', 'CBOR_TRUNCATED'],
    ['a tag of nothing', 'd818', 'CBOR_TRUNCATED'],
    ['a reserved head', '1c', 'CBOR_MALFORMED'],
    ['an integer of indefinite length', '1f', 'CBOR_MALFORMED'],
    ['a tag of indefinite length', 'df00', 'CBOR_MALFORMED'],
    ['a break alone', 'ff', 'CBOR_MALFORMED'],
    ['a break in an array of counted items', '81ff', 'CBOR_MALFORMED'],
    ['a map that ends after a key', 'bf01ff', 'CBOR_MALFORMED'],
    ['a chunk of another type', '5f6161ff', 'CBOR_MALFORMED'],
    ['a chunk of indefinite length', '5f5f4101ffff', 'CBOR_MALFORMED'],
    ['a short simple value in two bytes', 'f818', 'CBOR_MALFORMED'],
    ['nesting without end', '81'.repeat(100_000), 'CBOR_TOO_DEEP'],
    ['tags without end', 'c1'.repeat(100_000), 'CBOR_TOO_DEEP'],
    ['indefinite nesting without end', '9f'.repeat(100_000), 'CBOR_TOO_DEEP'],
  ])('refuses %s', (_name, hex, code) => {
    expect(() => itemEnd(bytes(hex), 0)).toThrow(
      expect.objectContaining({ name: 'CborError', code }),
    );
  });

  it('is where an encoder of others ended, and nowhere when anything is missing', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const item = new Uint8Array(encode(value));
        expect(itemEnd(item, 0)).toBe(item.length);
        for (let length = 0; length < item.length; length += 1) {
          expect(() => itemEnd(item.subarray(0, length), 0)).toThrow(CborError);
        }
      }),
    );
  });

  it('of any bytes at all is within them, or a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (anything) => {
        try {
          const end = itemEnd(anything, 0);
          expect(end).toBeGreaterThan(0);
          expect(end).toBeLessThanOrEqual(anything.length);
        } catch (error) {
          expect(error).toBeInstanceOf(CborError);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('the items of an array', () => {
  it.each(['8301420203820405', '9f01420203820405ff', '9b000000000000000301420203820405'])(
    'are found in %s',
    (hex) => {
      const items = arrayItems(bytes(hex), 0);
      const found = items.map(({ start, end }) => hex.slice(2 * start, 2 * end));
      expect(found).toEqual(['01', '420203', '820405']);
    },
  );

  it('are not looked for in anything else', () => {
    expect(() => arrayItems(bytes('a10102'), 0)).toThrow(
      expect.objectContaining({ code: 'CBOR_UNEXPECTED_TYPE' }),
    );
  });
});
