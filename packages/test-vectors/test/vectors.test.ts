import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { seedExpansionVectors } from '../src/index.js';
import { decoded, hexToBytes } from '../src/bytes.js';

const vectors = new URL('../vectors/', import.meta.url);
const schemas = new URL('../schema/', import.meta.url);

function readJson(file: URL): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

function validatorOf(name: string) {
  const schema = readJson(new URL(name.replace('.json', '.schema.json'), schemas));
  return new Ajv2020({ allErrors: true, strict: true, strictRequired: false }).compile(schema);
}

const files = readdirSync(vectors)
  .filter((name) => name.endsWith('.json'))
  .sort();

/** These describe what the runner exchanges and writes. */
const others = ['stdio-protocol.schema.json', 'conformance-report.schema.json'];

test('every file of vectors has a schema, and every schema a file', () => {
  const described = readdirSync(schemas)
    .filter((name) => !others.includes(name))
    .map((name) => name.replace('.schema.json', '.json'));
  expect(described.sort()).toEqual(files);
});

// The other tests of the vectors, and the wrong implementations that they find, were made for these bytes.
test('the files are frozen: their digests are those of SHA256SUMS', () => {
  const digests = files.map((name) => {
    const digest = createHash('sha256').update(readFileSync(new URL(name, vectors)));
    return `${digest.digest('hex')}  ${name}\n`;
  });
  expect(digests.join('')).toBe(readFileSync(new URL('SHA256SUMS', vectors), 'utf8'));
});

test.each(files)('%s is valid under its schema', (name) => {
  const validate = validatorOf(name);
  expect(validate(readJson(new URL(name, vectors))), JSON.stringify(validate.errors)).toBe(true);
});

test.each(files)('the schema of %s refuses another version and an unknown field', (name) => {
  const validate = validatorOf(name);
  const content = readJson(new URL(name, vectors));
  expect(validate({ ...content, schemaVersion: 5 })).toBe(false);
  expect(validate({ ...content, surprise: true })).toBe(false);
});

test('every call gives fresh copies', () => {
  seedExpansionVectors()[0]?.seed.fill(7);
  expect(seedExpansionVectors()[0]?.seed).toEqual(new Uint8Array(32));
});

test.each(['0', '0x', 'FF', 'gg', ' 00', '00 ', '00\n', '-1', '0_0', '٠٠', undefined, 7])(
  'hexadecimal text is not %j',
  (text) => {
    expect(() => hexToBytes(text)).toThrow(expect.objectContaining({ name: 'ArgumentError' }));
  },
);

test('members with hexadecimal text are decoded, at any depth, and others are left as they are', () => {
  const json = { aHex: '0aFF', bHex: null, list: [{ cHex: ['01', ''], text: '01' }] };
  expect(decoded(json)).toEqual({
    a: Uint8Array.of(10, 255),
    b: undefined,
    list: [{ c: [Uint8Array.of(1), new Uint8Array()], text: '01' }],
  });
});
