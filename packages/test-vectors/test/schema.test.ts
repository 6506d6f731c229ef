import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';

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
