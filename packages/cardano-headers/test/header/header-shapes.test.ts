import fc from 'fast-check';
import { errorOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { mainnet, parseHeader, verifyHeader } from '../../src/index.js';
import { encode, fieldsOf, tagged, type Value } from '../support/headers.js';

const signature = new Uint8Array(448);

function parse(body: Value, kes: Value = signature) {
  return parseHeader(encode([body, kes]));
}

describe.each(['TPraos', 'Praos'] as const)('shape %s', (shape) => {
  test('refuses a field of another kind or size', () => {
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
      if (field !== null && typeof field === 'object' && 'definite' in field) {
        const [output, proof] = field.definite as [Value, Uint8Array];
        const indefinite = { encoded: encode([output, proof], 'indefinite arrays') };
        wrong.push([], [output, proof, 0n], [output], [output, proof.subarray(1)], indefinite);
      }
      for (const value of wrong) {
        const changed = fields.with(index, value);
        const expected = { code: 'ERR_EVOLOCK_CARDANO_HEADER', problem: 'wrong-field' };
        expect(
          errorOf(() => parse(changed)),
          String(index),
        ).toMatchObject(expected);
      }
    }
    expect(parse(fields.with(2, null)).previousHash).toBeUndefined();
  });

  test('accepts block number and slot of 64 bits', () => {
    const largest = 2n ** 64n - 1n;
    expect(parse(fieldsOf(shape).with(0, largest).with(1, largest))).toMatchObject({
      blockNumber: largest,
      slot: largest,
    });
  });

  test('accepts body size and protocol versions of 32 bits, with heads of any length', () => {
    const beyond = 2n ** 32n;
    const fields = fieldsOf(shape);
    const size = fields.length - (shape === 'TPraos' ? 8 : 4);
    const withVersion = (versions: Value[]) =>
      shape === 'TPraos'
        ? [...fields.slice(0, -2), ...versions]
        : [...fields.slice(0, -1), versions];
    const long = { encoded: Uint8Array.of(0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff) };
    for (const largest of [beyond - 1n, long]) {
      expect(parse(fields.with(size, largest)).bodySize).toBe(beyond - 1n);
      expect(parse(withVersion([largest, largest])).protocolVersion).toEqual({
        major: beyond - 1n,
        minor: beyond - 1n,
      });
    }
    for (const wrong of [
      fields.with(size, beyond),
      withVersion([beyond, 0n]),
      withVersion([0n, beyond]),
    ])
      expect(errorOf(() => parse(wrong))).toMatchObject({ problem: 'wrong-field' });
  });
});

describe('parseHeader refuses', () => {
  const fields: Value[] = [
    ...[0n, 0n, new Uint8Array(32), new Uint8Array(32), new Uint8Array(32)],
    [new Uint8Array(1), new Uint8Array(80)],
    ...[0n, new Uint8Array(32)],
    [new Uint8Array(32), 0n, 0n, new Uint8Array(64)],
    [0n, 0n],
  ];
  const praos = encode(fields);
  const nothing = { encoded: Uint8Array.of(0x80) };
  const pair = encode([[], 0n]);
  const bytesOf = (hex: string) => ({ encoded: Buffer.from(hex, 'hex') });
  const more = (bytes: Uint8Array) => ({ encoded: Buffer.concat([bytes, Uint8Array.of(0)]) });

  test('no good header', () => {
    expect(parse({ encoded: praos }).shape).toBe('Praos');
  });

  test.each([0, 1, 2, 3, 4, 5, 6])(
    'a block of a wrong number of parts: %i after the header',
    (count) => {
      const parts = Array.from({ length: count }, () => nothing);
      const block: Value = [[{ encoded: praos }, signature], ...parts];
      for (const era of [undefined, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 2n ** 64n - 1n]) {
        const read = () => parseHeader(encode(era === undefined ? block : [era, block]));
        // Of an era that is not known, a block may have any parts.
        const eras = [9n, 2n ** 64n - 1n, ...([[], [8n], [], [], [6n, 7n]][count] ?? [])];
        if (era === undefined ? eras.length > 2 : eras.includes(era))
          expect(read().era).toBe(era === undefined ? undefined : Number(era));
        else expect(errorOf(read)['code']).toBe('ERR_EVOLOCK_CARDANO_HEADER');
      }
    },
  );

  test.each<[string, Value | string, string]>([
    ['an empty text', '', 'empty'],
    ['white space', ' \n', 'empty'],
    ['a number', 7n, 'wrong-shape'],
    ['an empty array', [], 'wrong-shape'],
    ['an array of one', [[]], 'wrong-shape'],
    ['an array of two arrays', [[], []], 'wrong-shape'],
    ['a body without a signature', { encoded: praos }, 'wrong-shape'],
    ['a signature of depth 7', [{ encoded: praos }, new Uint8Array(512)], 'wrong-field'],
    ['a compact signature', [{ encoded: praos }, new Uint8Array(288)], 'wrong-field'],
    ['a body of nine fields', [fields.slice(0, 9), signature], 'wrong-shape'],
    [
      'eleven fields of Babbage',
      [6n, [[[...fields, 0n], signature], ...[0, 0, 0, 0].map(() => nothing)]],
      'wrong-era',
    ],
    ['a block of three parts', [[{ encoded: praos }, signature], nothing, nothing], 'wrong-era'],
    ['a block of an unknown era in another form', [9n, [nothing, signature]], 'wrong-shape'],
    [
      'a certificate',
      [[new Uint8Array(32), 0n, 0n, new Uint8Array(64)], new Uint8Array(32)],
      'wrong-shape',
    ],
    ['a header of more than 65,536 bytes', [[new Uint8Array(65_536)], signature], 'too-large'],
    ['a block of more than 2,500,000 bytes', new Uint8Array(2_500_000), 'too-large'],
    ['more than 5,000,000 digits', '80'.repeat(2_500_513), 'too-large'],
    ['a Byron block', [1n, [[], [], []]], 'byron'],
    ['a number with an era', [6n, 7n], 'wrong-shape'],
    ['a block of blocks', [6n, [6n, []]], 'wrong-shape'],
    ['digits and letters', '82xx', 'not-hex'],
    ['an odd number of digits', '820', 'odd-hex'],
    ['digits with a gap', '82 80', 'not-hex'],
    ['a reserved head', '9c', 'not-cbor'],
    ['a break where an item belongs', 'ff', 'not-cbor'],
    ['half an entry of a map', '82bf00ff', 'not-cbor'],
    ['string chunks of another kind', '825f6100ff00', 'not-cbor'],
    ['an array of more items than a block has', '9bffffffffffffffff', 'wrong-shape'],
    ['more items than bytes', '829bffffffffffffffff', 'truncated'],
    ['a string longer than all memory', '825bffffffffffffffff', 'truncated'],
    ['a string', '5bffffffffffffffff', 'wrong-shape'],
    ['nested arrays of indefinite length', '9f'.repeat(100_000), 'too-deep'],
    ['nested arrays of definite length', '81'.repeat(100_000), 'truncated'],
    ['a header of Byron in ChainSync', [0n, [[0n, 1n], tagged(new Uint8Array(3))]], 'byron'],
    ['the index of Byron', [0n, tagged(pair)], 'byron'],
    ['another form in the index of an unknown era', [8n, tagged(pair)], 'wrong-shape'],
    ['another tag', 'd8194180', 'wrong-shape'],
    ['a tag with trailing bytes', more(encode(tagged(pair))), 'trailing-bytes'],
    ['trailing bytes in a tag', tagged(more(pair).encoded), 'trailing-bytes'],
    ['trailing bytes in ChainSync', [1n, tagged(more(pair).encoded)], 'trailing-bytes'],
    ['a tag that is shorter than its header', [1n, tagged(Uint8Array.of(0x82, 0x80))], 'truncated'],
    ['an empty tag', tagged(new Uint8Array(0)), 'truncated'],
    ['a tag of indefinite length', [1n, bytesOf('d8185f4180ff')], 'wrong-shape'],
    ['a tag in a tag', tagged(encode(tagged(pair))), 'wrong-shape'],
    ['a block in ChainSync', [1n, tagged(encode([[[], 0n], [], [], []]))], 'wrong-shape'],
  ])('%s', (_name, value, problem) => {
    const input = typeof value === 'string' ? value : encode(value);
    expect(errorOf(() => parseHeader(input))).toMatchObject({
      code: 'ERR_EVOLOCK_CARDANO_HEADER',
      problem,
    });
  });

  test('verifyHeader gives a verdict for any bytes', () => {
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
