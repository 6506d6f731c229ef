/** The rule for header bodies, and the modules that portable folders may load. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { externalVectors } from '@evolock/test-vectors';
import { errorOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  absolutePeriod,
  isBlockHeaderBody,
  issueCertificate,
  parseHeader,
} from '../../src/index.js';
import { bodyFields, encode, type Heads, type Value } from '../support/headers.js';
import { coldKey, kesKey } from '../support/keys.js';

function fieldsOf(shape: 'TPraos' | 'Praos'): Value[] {
  const cold = coldKey();
  const certificate = issueCertificate(cold, {
    hotVerificationKey: kesKey().deriveVerificationKey(),
    sequenceNumber: 0n,
    startPeriod: absolutePeriod(0),
  });
  return bodyFields({ shape, slot: 1n, issuer: cold.deriveVerificationKey(), certificate });
}

const heads = fc.constantFrom<Heads>('shortest', 'longest', 'indefinite arrays');
const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

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
      encode([[new Uint8Array(32), 1n, 1n, new Uint8Array(64)], new Uint8Array(32)]),
      false,
    ],
    ['a pair of numbers', '820102', false],
  ])('decides for %s', (_name, input, expected) => {
    expect(isBlockHeaderBody(Buffer.from(input as string, 'hex'))).toBe(
      typeof input === 'string' ? expected : false,
    );
    if (typeof input !== 'string') expect(isBlockHeaderBody(input)).toBe(expected);
  });

  test('refuses each text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(isBlockHeaderBody(new TextEncoder().encode(text))).toBe(false);
      }),
    );
    const sources = new URL('../../src/', import.meta.url);
    for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.ts'))
        expect(isBlockHeaderBody(readFileSync(new URL(name, sources))), name).toBe(false);
  });

  test('throws for another argument than bytes', () => {
    expect(errorOf(() => isBlockHeaderBody(wrongly('8a0102')))['code']).toBe(
      'ERR_EVOLOCK_ARGUMENT_TYPE',
    );
  });

  const real = externalVectors('real-headers.json');
  test.skipIf(!real.available)(
    `accepts the body of each real header${real.available ? '' : `: ${real.reason}`}`,
    () => {
      const entries = Object.values(
        (real.available ? real.data : {}) as Record<string, { headerHex: string }>,
      );
      for (const { headerHex } of entries) {
        const { bodyBytes, canonical } = parseHeader(headerHex);
        expect(isBlockHeaderBody(bodyBytes)).toBe(true);
        expect(canonical).toBe(true);
      }
    },
  );
});

/** The modules that a module loads. */
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

test.each(['kes-signing-key-file', 'cold-signing-key-file', 'vrf-signing-key-file'])(
  '%s.ts does not load the decoder of public CBOR',
  (name) => {
    const path = fileURLToPath(new URL(`../../src/keys/${name}.ts`, import.meta.url));
    const loaded = [...loadedBy(path)].map((each) => basename(each));
    expect(loaded).toContain('byte-string.ts');
    expect(loaded).not.toContain('decode.ts');
  },
);

/** Folders that also run in a browser. */
const portable = ['cbor', 'certificate', 'header', 'nonce', 'period'];

test.each(portable)(
  'the modules in %s/ load no file access, no key and no native code',
  (folder) => {
    const path = fileURLToPath(new URL(`../../src/${folder}/`, import.meta.url));
    const loaded = new Set(readdirSync(path).flatMap((name) => [...loadedBy(join(path, name))]));
    const own = [...loaded].filter((name) => name.startsWith('/'));
    const allowed = [
      '@evolock/direct-serialise',
      '@evolock/direct-serialise/arguments',
      '@scure/base',
      'cbor-x/decode',
    ];
    expect([...loaded].filter((name) => !own.includes(name) && !allowed.includes(name))).toEqual(
      [],
    );
    for (const file of own)
      expect(readFileSync(file, 'utf8'), file).not.toMatch(/\b(?:Buffer|process|require)\b[.(]/);
  },
);
