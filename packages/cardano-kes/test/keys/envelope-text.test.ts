import fc from 'fast-check';
import { pooledAllocator } from '@evolock/kes-sum/all';
import { errorOf, RecordingAllocator } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { inspectEnvelope, readColdSigningKey, readVerificationKey } from '../../src/all.js';
import { envelopeText, fileOf } from '../support/files.js';
import { hexOf } from '../support/keys.js';

const TYPE = 'KesVerificationKey_ed25519_kes_2^6';
const key = Uint8Array.from({ length: 32 }, (_, index) => index * 8);
const cborHex = `5820${hexOf(key)}`;
const good = { type: TYPE, description: 'd', cborHex };

function read(text: string | Uint8Array): Uint8Array {
  return readVerificationKey('kes', fileOf(text)).verificationKey;
}

/** A string of JSON in which some characters are escapes. */
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

describe('a text envelope', () => {
  test('is accepted in any order, with any white space, escapes and capital letters', () => {
    const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 3 });
    const names = fc.shuffledSubarray(['type', 'description', 'cborHex'] as const, {
      minLength: 3,
    });
    const which = fc.array(fc.boolean(), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(names, space, which, fc.boolean(), (order, gap, escapes, capitals) => {
        const values = { ...good, cborHex: capitals ? cborHex.toUpperCase() : cborHex };
        // A type with escapes would be too long.
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

describe('a text envelope is refused', () => {
  const text = JSON.stringify(good);

  test('when it is cut off', () => {
    for (let length = 0; length < text.length; length += 1) {
      const error = errorOf(() => read(text.slice(0, length)));
      expect(error).toMatchObject({ code: 'ERR_EVOLOCK_CARDANO_ENVELOPE', problem: 'not-json' });
    }
  });

  test('when JSON.parse refuses it', () => {
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
      'a member twice, once with an escape',
      text.replace('{', String.raw`{"\u0063borHex":"00",`),
      'duplicate-member',
    ],
    ['another member', text.replace('{', '{"comment":"x",'), 'unknown-member'],
    ['no type', without('type'), 'missing-member'],
    ['no description', without('description'), 'missing-member'],
    ['no digits', without('cborHex'), 'missing-member'],
    ['a list', `[${text}]`, 'not-json'],
    ['a number instead of a string', text.replace('"d"', '7'), 'not-json'],
    ['null instead of a string', text.replace('"d"', 'null'), 'not-json'],
    ['an additional comma', text.replace('}', ',}'), 'not-json'],
    ['text after it', `${text} {}`, 'not-json'],
    ['a byte order mark', `\uFEFF${text}`, 'not-json'],
    ['an empty file', '', 'not-json'],
    ['an escape that is not JSON', text.replace('5820', String.raw`\x35820`), 'not-json'],
    ['an incomplete escape', text.replace(cborHex, String.raw`5820\u00`), 'not-json'],
    ['a newline in a string', text.replace('"d"', '"d\n"'), 'not-json'],
    ['a long type', text.replace(TYPE, 'T'.repeat(61)), 'too-long'],
    ['a full-width digit', text.replace('5820', '58２0'), 'not-hex'],
    ['a letter after f', text.replace('5820', '582g'), 'not-hex'],
    ['an odd number of digits', text.replace('5820', '582'), 'odd-hex'],
    ['no digits at all', text.replace(cborHex, ''), 'truncated'],
    ['a tag', text.replace('5820', 'd8405820'), 'not-byte-string'],
    ['a string of indefinite length', text.replace(cborHex, '5f41004101ff'), 'not-byte-string'],
    ['a text string', text.replace('5820', '7820'), 'not-byte-string'],
    ['a reserved head', text.replace('5820', '5c20'), 'not-byte-string'],
    ['a longer head', text.replace('5820', '590020'), 'non-shortest-head'],
    ['a head of eight bytes', text.replace('5820', '5b0000000000000020'), 'non-shortest-head'],
    ['an incomplete head', text.replace(cborHex, '5b00'), 'truncated'],
    ['a byte missing', text.replace(cborHex, cborHex.slice(0, -2)), 'truncated'],
    ['an additional byte', text.replace(cborHex, `${cborHex}00`), 'trailing-bytes'],
    ['31 bytes', text.replace(cborHex, `581f${hexOf(key.subarray(1))}`), 'wrong-length'],
    ['another type', envelopeText('StakePoolVerificationKey_ed25519', cborHex), 'wrong-type'],
  ])('with %s', (_name, broken, problem) => {
    const path = fileOf(broken);
    expect(errorOf(() => readVerificationKey('kes', path))).toMatchObject({
      code: 'ERR_EVOLOCK_CARDANO_ENVELOPE',
      problem,
      path,
    });
  });

  test('for a signing key where a public key is expected, and the error contains nothing of it', () => {
    const error = errorOf(() => read(envelopeText('StakePoolSigningKey_ed25519', cborHex)));
    expect(error['found']).toContain('StakePoolSigningKey_ed25519 instead of KesVerificationKey');
    expect(String(error)).not.toContain(hexOf(key));
  });

  test('for digits in place of the type, and the error contains none of them', () => {
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
])('a refused signing key of %s and %s leaves no locked memory allocated', (type, hex) => {
  const log = new RecordingAllocator(pooledAllocator);
  expect(() => readColdSigningKey(fileOf(envelopeText(type, hex)), { allocator: log })).toThrow();
  expect([log.live, log.allocations]).toEqual([0, 1]);
});

test('inspectEnvelope gives type, description, kind and size', () => {
  expect(inspectEnvelope(fileOf(envelopeText('SomethingElse', '8100', 'note')))).toEqual({
    type: 'SomethingElse',
    description: 'note',
    kind: undefined,
    cborSize: 2,
  });
});
