import fc from 'fast-check';
import { errorOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  absolutePeriod,
  issueCertificate,
  mainnet,
  parseHeader,
  verifyHeader,
} from '../src/index.js';
import { bodyFields, encode, type Value } from './support/headers.js';
import { coldKey, kesKey } from './support/keys.js';

const signature = new Uint8Array(448);

function fieldsOf(shape: 'TPraos' | 'Praos'): Value[] {
  const cold = coldKey();
  const certificate = issueCertificate(cold, {
    hotVerificationKey: kesKey().deriveVerificationKey(),
    sequenceNumber: 0n,
    startPeriod: absolutePeriod(0),
  });
  return bodyFields({ shape, slot: 1n, issuer: cold.deriveVerificationKey(), certificate });
}

function parse(body: Value, kes: Value = signature) {
  return parseHeader(encode([body, kes]));
}

describe.each(['TPraos', 'Praos'] as const)('shape %s', (shape) => {
  test('has no field of another kind or size', () => {
    const fields = fieldsOf(shape);
    expect(parse(fields).shape).toBe(shape);
    for (const [index, field] of fields.entries()) {
      const wrong: Value[] = [
        null,
        { encoded: Uint8Array.of(0x20) },
        { encoded: Uint8Array.of(0x60) },
        { encoded: Uint8Array.of(0xf9, 0, 0) },
      ];
      // The first block of a chain has no previous hash.
      if (index === 2) wrong.shift();
      if (typeof field === 'bigint')
        wrong.push(new Uint8Array(1), { encoded: Uint8Array.of(0xc2, 0x41, 0x01) });
      if (field instanceof Uint8Array) {
        const tagged = { encoded: Buffer.concat([Uint8Array.of(0xd8, 0x40), encode(field)]) };
        const chunks = {
          encoded: Buffer.concat([Uint8Array.of(0x5f), encode(field), Uint8Array.of(0xff)]),
        };
        wrong.push(0n, field.subarray(1), Buffer.concat([field, field]), tagged, chunks);
      }
      if (Array.isArray(field)) wrong.push([], [...(field as Value[]), 0n], 0n);
      for (const value of wrong) {
        const changed = fields.with(index, value);
        expect(
          errorOf(() => parse(changed)),
          `field ${String(index)}`,
        ).toMatchObject({
          code: 'ERR_EVOLOCK_CARDANO_HEADER',
          problem: 'wrong-field',
        });
      }
    }
    expect(parse(fields.with(2, null)).previousHash).toBeUndefined();
  });

  test('counts in 64 bits', () => {
    const largest = 2n ** 64n - 1n;
    expect(parse(fieldsOf(shape).with(0, largest).with(1, largest))).toMatchObject({
      blockNumber: largest,
      slot: largest,
    });
  });
});

describe('no header', () => {
  const praos = encode(fieldsOf0());
  function fieldsOf0(): Value[] {
    const bytes = (size: number) => new Uint8Array(size);
    return [
      0n,
      0n,
      bytes(32),
      bytes(32),
      bytes(32),
      [bytes(1), bytes(1)],
      0n,
      bytes(32),
      [bytes(32), 0n, 0n, bytes(64)],
      [0n, 0n],
    ];
  }
  const nothing = { encoded: Uint8Array.of(0x80) };

  test('(this is one)', () => {
    expect(parse({ encoded: praos }).shape).toBe('Praos');
  });

  test.each([0, 1, 3, 4, 5])(
    '(and this, in a block with its era, %i parts behind it: later eras may have others)',
    (count) => {
      const parts = Array.from({ length: count }, () => nothing);
      const block = encode([7n, [[{ encoded: praos }, signature], ...parts]]);
      expect(parseHeader(block)).toMatchObject({ shape: 'Praos', era: 7 });
    },
  );

  test.each<[string, Value | string, string]>([
    ['nothing', '', 'empty'],
    ['white space', ' \n', 'empty'],
    ['a number', 7n, 'wrong-shape'],
    ['an empty array', [], 'wrong-shape'],
    ['an array of one', [[]], 'wrong-shape'],
    ['an array of two arrays', [[], []], 'wrong-shape'],
    ['a body without a signature', { encoded: praos }, 'wrong-shape'],
    ['a signature of depth 7', [{ encoded: praos }, new Uint8Array(512)], 'wrong-field'],
    ['a compact signature', [{ encoded: praos }, new Uint8Array(288)], 'wrong-field'],
    ['a body of eleven fields', [[...fieldsOf0(), 0n], signature], 'wrong-shape'],
    ['a block of three parts', [[{ encoded: praos }, signature], nothing, nothing], 'wrong-shape'],
    ['a Byron block', [1n, [[], [], []]], 'byron'],
    ['a wrapped number', [6n, 7n], 'wrong-shape'],
    ['a block of blocks', [6n, [6n, []]], 'wrong-shape'],
    ['digits and letters', '82xx', 'not-hex'],
    ['half a byte', '820', 'odd-hex'],
    ['digits with a gap', '82 80', 'not-hex'],
    ['a reserved head', '9c', 'not-cbor'],
    ['a break where an item belongs', 'ff', 'not-cbor'],
    ['half an entry of a map', '82bf00ff', 'not-cbor'],
    ['chunks of another kind', '825f6100ff00', 'not-cbor'],
    ['more items than bytes', '9bffffffffffffffff', 'truncated'],
    ['a string longer than all memory', '5bffffffffffffffff', 'truncated'],
    ['arrays in arrays in arrays', '81'.repeat(100_000), 'truncated'],
  ])('%s', (_name, value, problem) => {
    const input = typeof value === 'string' ? value : encode(value);
    expect(errorOf(() => parseHeader(input))).toMatchObject({
      code: 'ERR_EVOLOCK_CARDANO_HEADER',
      problem,
    });
  });

  test('whatever the bytes, there is a verdict', () => {
    const bytes = fc.uint8Array({ maxLength: 100 });
    fc.assert(
      fc.property(bytes, fc.boolean(), (random, wrapped) => {
        const input = wrapped ? Buffer.concat([Uint8Array.of(0x82, 0x06, 0x84), random]) : random;
        expect(verifyHeader(input, mainnet).valid).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
