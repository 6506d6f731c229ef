import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { ed25519Vectors, seedExpansionVectors } from '../src/index.js';
import { bytesToHex, decoded, hexToBytes } from '../src/bytes.js';

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

/** Verification keys and signatures as RFC 8032 section 7.1 prints them. */
const RFC_8032 = [
  [
    'RFC 8032 section 7.1 test 1',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    'RFC 8032 section 7.1 test 2',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'RFC 8032 section 7.1 test 3',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const;

test.each(RFC_8032)('%s is as the RFC prints it', (name, verificationKey, signature) => {
  const vector = ed25519Vectors().positives.find((positive) => positive.name === name);
  expect(vector && bytesToHex(vector.verificationKey)).toBe(verificationKey);
  expect(vector && bytesToHex(vector.signature)).toBe(signature);
});

test('every call gives fresh copies', () => {
  seedExpansionVectors()[0]?.seed.fill(7);
  expect(seedExpansionVectors()[0]?.seed).toEqual(new Uint8Array(32));
});

test.each(['0', '0x', 'FF', 'gg', ' 00', '00 ', '00\n', '-1', '0_0', '٠٠', undefined, 7])(
  'hexadecimal text is not %j',
  (text) => {
    expect(() => hexToBytes(text)).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_WRONG_ARGUMENT' }),
    );
  },
);

test('every byte is decoded and encoded again', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(hexToBytes(bytesToHex(bytes))).toEqual(bytes);
});

test('members with hexadecimal text are decoded, at any depth, and others are left as they are', () => {
  const json = { aHex: '0aFF', bHex: null, list: [{ cHex: ['01', ''], text: '01' }] };
  expect(decoded(json)).toEqual({
    a: Uint8Array.of(10, 255),
    b: undefined,
    list: [{ c: [Uint8Array.of(1), new Uint8Array()], text: '01' }],
  });
});
