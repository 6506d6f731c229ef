import fc from 'fast-check';
import { pooledAllocator } from '@evolock/kes-sum';
import { errorOf, RecordingAllocator } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { inspectEnvelope, readColdSigningKey, readKesVerificationKey } from '../src/index.js';
import { envelopeText, fileOf } from './support/files.js';
import { hexOf } from './support/keys.js';

const TYPE = 'KesVerificationKey_ed25519_kes_2^6';
const key = Uint8Array.from({ length: 32 }, (_, index) => index * 8);
const cborHex = `5820${hexOf(key)}`;
const good = { type: TYPE, description: 'd', cborHex };

function read(text: string | Uint8Array): Uint8Array {
  return readKesVerificationKey(fileOf(text)).verificationKey;
}

/** A string of JSON in which any character may stand as an escape. */
function escaped(text: string, which: readonly boolean[]): string {
  const characters = text
    .split('')
    .map((character, index) =>
      which[index % which.length] === true
        ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
        : character,
    );
  return `"${characters.join('')}"`;
}

describe('accepts what is JSON', () => {
  test('in any order, with any white space, escapes and capitals, with or without a newline at the end', () => {
    const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 3 });
    const names = fc.shuffledSubarray(['type', 'description', 'cborHex'] as const, {
      minLength: 3,
    });
    const which = fc.array(fc.boolean(), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(names, space, which, fc.boolean(), (order, gap, escapes, capitals) => {
        const values = { ...good, cborHex: capitals ? cborHex.toUpperCase() : cborHex };
        // Escapes of a long type would make it longer than any type is.
        const members = order.map((name) =>
          [
            gap,
            escaped(name, escapes),
            gap,
            ':',
            gap,
            name === 'type' ? `"${TYPE}"` : escaped(values[name], escapes),
            gap,
          ].join(''),
        );
        const text = `${gap}{${members.join(',')}}${gap}`;
        expect(JSON.parse(text)).toEqual(values);
        expect(read(text)).toEqual(key);
      }),
    );
  });
});

describe('refuses', () => {
  const text = JSON.stringify(good);

  test('every truncation', () => {
    for (let length = 0; length < text.length; length += 1) {
      const error = errorOf(() => read(text.slice(0, length)));
      expect(error).toMatchObject({ code: 'ERR_EVOLOCK_CARDANO_ENVELOPE', problem: 'not-json' });
    }
  });

  test('what JSON.parse refuses', () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const bytes = new TextEncoder().encode(text);
        bytes[at] = byte;
        let parsed: unknown;
        try {
          parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
        } catch {
          parsed = undefined;
        }
        if (parsed !== undefined) return;
        expect(() => read(bytes)).toThrow(
          expect.objectContaining({ code: 'ERR_EVOLOCK_CARDANO_ENVELOPE' }),
        );
      }),
      { numRuns: 300 },
    );
  });

  const without = (name: keyof typeof good) =>
    JSON.stringify(Object.fromEntries(Object.entries(good).filter(([each]) => each !== name)));

  test.each([
    ['a member twice', text.replace('{', `{"type":"${TYPE}",`), 'duplicate-member'],
    [
      'a member twice, once in escapes',
      text.replace('{', String.raw`{"\u0063borHex":"00",`),
      'duplicate-member',
    ],
    ['another member', text.replace('{', '{"comment":"x",'), 'unknown-member'],
    ['no type', without('type'), 'missing-member'],
    ['no description', without('description'), 'missing-member'],
    ['no digits', without('cborHex'), 'missing-member'],
    ['a list', `[${text}]`, 'not-json'],
    ['a number for a string', text.replace('"d"', '7'), 'not-json'],
    ['null for a string', text.replace('"d"', 'null'), 'not-json'],
    ['a comma too many', text.replace('}', ',}'), 'not-json'],
    ['text behind it', `${text} {}`, 'not-json'],
    ['a byte order mark', `\uFEFF${text}`, 'not-json'],
    ['an empty file', '', 'not-json'],
    ['an escape that JSON has not', text.replace('5820', String.raw`\x35820`), 'not-json'],
    ['half an escape', text.replace(cborHex, String.raw`5820\u00`), 'not-json'],
    ['a newline in a string', text.replace('"d"', '"d\n"'), 'not-json'],
    ['an endless type', text.replace(TYPE, 'T'.repeat(61)), 'too-long'],
    ['digits of another kind', text.replace('5820', '58２0'), 'not-hex'],
    ['a letter beyond f', text.replace('5820', '582g'), 'not-hex'],
    ['an odd number of digits', text.replace('5820', '582'), 'odd-hex'],
    ['no digits at all', text.replace(cborHex, ''), 'truncated'],
    ['a tag', text.replace('5820', 'd8405820'), 'not-byte-string'],
    ['an indefinite string', text.replace(cborHex, '5f41004101ff'), 'not-byte-string'],
    ['a text string', text.replace('5820', '7820'), 'not-byte-string'],
    ['a reserved head', text.replace('5820', '5c20'), 'not-byte-string'],
    ['a longer head', text.replace('5820', '590020'), 'non-shortest-head'],
    ['a head of eight bytes', text.replace('5820', '5b0000000000000020'), 'non-shortest-head'],
    ['a head that is cut off', text.replace(cborHex, '5b00'), 'truncated'],
    ['a byte missing', text.replace(cborHex, cborHex.slice(0, -2)), 'truncated'],
    ['a byte too many', text.replace(cborHex, `${cborHex}00`), 'trailing-bytes'],
    ['31 bytes', text.replace(cborHex, `581f${hexOf(key.subarray(1))}`), 'wrong-length'],
    ['another type', envelopeText('StakePoolVerificationKey_ed25519', cborHex), 'wrong-type'],
  ])('%s', (_name, broken, problem) => {
    const path = fileOf(broken);
    expect(errorOf(() => readKesVerificationKey(path))).toMatchObject({
      code: 'ERR_EVOLOCK_CARDANO_ENVELOPE',
      problem,
      path,
    });
  });

  test('a signing key where a public key belongs, and says nothing of it', () => {
    const error = errorOf(() => read(envelopeText('StakePoolSigningKey_ed25519', cborHex)));
    expect(error['found']).toContain('StakePoolSigningKey_ed25519 instead of KesVerificationKey');
    expect(String(error)).not.toContain(hexOf(key));
  });

  test('digits in place of the type, of which nothing is shown', () => {
    for (const type of [cborHex, hexOf(key).slice(0, 40)]) {
      const error = errorOf(() => readColdSigningKey(fileOf(envelopeText(type, 'x'))));
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/[0-9a-f]{20}/);
    }
  });
});

test.each([
  ...['00', '5f', '5820', `5821${hexOf(key)}`].map((hex) => ['StakePoolSigningKey_ed25519', hex]),
  ...['', 'f', 'zz', '5900', `581f${hexOf(key.subarray(1))}`].map((hex) => [
    'GenesisDelegateSigningKey_ed25519',
    hex,
  ]),
])('a signing key of %s and %s leaves nothing alive', (type, hex) => {
  const log = new RecordingAllocator(pooledAllocator);
  expect(() => readColdSigningKey(fileOf(envelopeText(type, hex)), { allocator: log })).toThrow();
  expect([log.live, log.allocations]).toEqual([0, 1]);
});

test('inspecting says what a file is and how large', () => {
  expect(inspectEnvelope(fileOf(envelopeText('SomethingElse', '8100', 'note')))).toEqual({
    type: 'SomethingElse',
    description: 'note',
    kind: undefined,
    cborSize: 2,
    openToOthers: false,
  });
});
