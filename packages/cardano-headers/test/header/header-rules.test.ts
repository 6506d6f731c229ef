/** The rule for header bodies, and the modules that portable folders may load. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBlockHeaderBody } from '../../src/index.js';
import { encode, fieldsOf, type Heads, type Value } from '../support/headers.js';
import { hexOf } from '../support/keys.js';

const heads = fc.constantFrom<Heads>('shortest', 'longest', 'indefinite arrays');
const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

describe('isBlockHeaderBody', () => {
  test.each(['TPraos', 'Praos'] as const)('accepts each encoding of a %s body', (shape) => {
    const fields = fieldsOf(shape);
    const tail = fc.uint8Array({ maxLength: 20 });
    fc.assert(
      fc.property(
        heads,
        fc.array(heads, { minLength: 15, maxLength: 15 }),
        tail,
        (outer, inner, more) => {
          // Each field has its own kind of heads.
          const mixed = fields.map((field, index) => ({ encoded: encode(field, inner[index]) }));
          const body = encode(mixed, outer);
          expect(isBlockHeaderBody(body)).toBe(true);
          expect(isBlockHeaderBody(Buffer.concat([body, more]))).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('accepts a body that is cut off after its second number', () => {
    for (const style of ['shortest', 'longest', 'indefinite arrays'] as const) {
      const body = encode(fieldsOf('Praos'), style);
      const begun = encode(
        [encode(77n, style), encode(1n, style)].map((encoded) => ({ encoded })),
        style,
      );
      const least = begun.byteLength - (style === 'indefinite arrays' ? 1 : 0);
      fc.assert(
        fc.property(fc.integer({ min: least, max: body.byteLength }), (length) => {
          expect(isBlockHeaderBody(body.subarray(0, length))).toBe(true);
        }),
        { numRuns: 50 },
      );
    }
  });

  test('accepts arrays that begin with two integers and have eight items or are unfinished', () => {
    const item: Value = { encoded: Uint8Array.of(0xf6) };
    fc.assert(
      fc.property(number, number, fc.nat(20), heads, (one, two, more, style) => {
        const array = encode([one, two, ...new Array<Value>(more).fill(item)], style);
        expect(isBlockHeaderBody(array)).toBe(2 + more >= 8);
        const isCut = more > 0 || style === 'indefinite arrays';
        if (isCut) expect(isBlockHeaderBody(array.subarray(0, -1))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['negative numbers', '882021f6f6f6f6f6f6', true],
    ['large numbers with a tag', '88c24101c24102f6f6f6f6f6f6', true],
    ['invalid CBOR after two numbers', '9f0102fcfcfc', true],
    ['nothing', '', false],
    ['a number', '01', false],
    ['one number only', '8a01', false],
    ['a text before a number', '8a617801', false],
    ['a map', 'aa0102030405060708', false],
    [
      'a certificate',
      hexOf(encode([[new Uint8Array(32), 1n, 1n, new Uint8Array(64)], new Uint8Array(32)])),
      false,
    ],
    ['a pair of numbers', '820102', false],
  ])('decides for %s', (_name, input, expected) => {
    expect(isBlockHeaderBody(bytesOf(input))).toBe(expected);
  });

  /** Heads of tags, of each length. */
  const tag = fc.oneof(
    fc.integer({ min: 0xc0, max: 0xd7 }).map((head) => Buffer.of(head)),
    fc.constantFrom('d818', 'd9d9f7', 'da00000102', 'db0000000000000002').map(bytesOf),
  );
  const tags = fc.array(tag, { maxLength: 4 }).map((each) => Buffer.concat(each));
  /** What a lenient decoder may read as a number. */
  const numbers = fc.constantFrom(
    ...['00', '17', '1818', '190100', '1a00010000', '1b0000000100000000', '1900ff', '20', '3903e7'],
    ...['f6', 'f7', 'f4', 'f5', 'f97e00', 'fa3f800000', 'fb3ff0000000000000', 'f820', 'e0'],
    ...['c24101', 'c3420100', 'c25f41014102ff', 'c48201186f', 'c5820103', 'd81e820102'],
  );

  test('accepts an array whose tags and numbers are written in any form', () => {
    const starts = fc.constantFrom('8a', '8f', '980a', '99000a', '9a0000000a', '9f');
    fc.assert(
      fc.property(
        fc.tuple(tags, starts, tags, numbers, tags, numbers, fc.uint8Array({ maxLength: 9 })),
        ([outer, start, inner, one, before, two, tail]) => {
          const items = [inner, bytesOf(one), before, bytesOf(two)];
          const rest = start === '9f' ? Buffer.alloc(8) : tail;
          const body = Buffer.concat([outer, bytesOf(start), ...items, rest]);
          expect(isBlockHeaderBody(body), body.toString('hex')).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('refuses an array that begins with a string, a map or an array without a tag', () => {
    const others = fc.constantFrom('6161', 'a0', '80', '4101', 'c06161', 'c1a0');
    fc.assert(
      fc.property(tags, numbers, others, fc.boolean(), (outer, one, other, isFirst) => {
        const items = (isFirst ? [other, one] : [one, other]).map(bytesOf);
        const body = Buffer.concat([outer, Buffer.of(0x8a), ...items, Buffer.alloc(8)]);
        expect(isBlockHeaderBody(body), body.toString('hex')).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test('skips thousands of tags', () => {
    const body = Buffer.concat([Buffer.alloc(20_000, 0xc1), bytesOf('8a0102')]);
    expect(isBlockHeaderBody(body)).toBe(true);
    expect(isBlockHeaderBody(body.subarray(0, 20_000))).toBe(false);
  });

  test('refuses each text that does not begin like a tag', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new TextEncoder().encode(text);
        const isLikeTag = (bytes[0] ?? 0) >> 5 === 6;
        if (!isLikeTag) expect(isBlockHeaderBody(bytes)).toBe(false);
      }),
    );
    const sources = new URL('../../src/', import.meta.url);
    for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.ts'))
        expect(isBlockHeaderBody(readFileSync(new URL(name, sources))), name).toBe(false);
  });
});

function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  const text = readFileSync(file, 'utf8');
  for (const [, names] of text.matchAll(/^(?:import|export) (?!type)[^;]*?from '([^']+)'/gm)) {
    const name = names!;
    const next = name.startsWith('.') ? join(dirname(file), name.replace(/\.js$/, '.ts')) : name;
    if (seen.has(next)) continue;
    seen.add(next);
    if (name.startsWith('.')) loadedBy(next, seen);
  }
  return seen;
}

/** The entries `/database` and `/parts` alone need Node.js. */
const portable = readdirSync(new URL('../../src/', import.meta.url), {
  recursive: true,
  encoding: 'utf8',
}).filter((name) => name.endsWith('.ts') && !/^(?:database|parts)\b/.test(name));

test('all modules but those of /database and /parts load no file access, no key and no native code', () => {
  const sources = fileURLToPath(new URL('../../src/', import.meta.url));
  const loaded = new Set(portable.flatMap((name) => [...loadedBy(join(sources, name))]));
  const own = [...loaded].filter((name) => name.startsWith('/'));
  const others = [...loaded].filter((name) => !name.startsWith('/'));
  expect(others.sort()).toEqual([
    '@evolock/direct-serialise/arguments',
    '@evolock/kes-verify',
    '@noble/hashes/blake2.js',
  ]);
  for (const file of own)
    expect(readFileSync(file, 'utf8'), file).not.toMatch(/\b(?:Buffer|process|require)\b[.(]/);
});
