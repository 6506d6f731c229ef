import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { errorOf } from '@evolock/test-support';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MLockedBytes } from '../../src/index.js';

const secrets = fc.uint8Array({ minLength: 12, maxLength: 100 });

/** How bytes could be printed. */
function formsOf(secret: Uint8Array): string[] {
  const buffer = Buffer.from(secret);
  const hex = buffer.toString('hex');
  const start = [...secret].slice(0, 6);
  return [
    hex,
    // The inspector's own form of a Buffer.
    hex.match(/../g)!.slice(0, 12).join(' '),
    buffer.toString('base64'),
    buffer.toString('latin1'),
    ...[',', ', ', ',\n'].map((separator) => start.join(separator)),
  ];
}

const printers: [string, (value: MLockedBytes) => string][] = [
  ['inspect', (value) => inspect(value)],
  ['inspect of all that is hidden', (value) => inspect(value, { showHidden: true, depth: 20 })],
  ['inspect without its hook', (value) => inspect(value, { customInspect: false, depth: 20 })],
  ['inspect of something around it', (value) => inspect({ key: [value] })],
  ['toString', (value) => value.toString()],
  ['JSON.stringify', (value) => JSON.stringify({ value })],
  ['format', (value) => format('%s %o %O %j', value, value, value, value)],
  ['structuredClone', (value) => inspect(structuredClone(value), { depth: 20 })],
  ['serialize', (value) => inspect(deserialize(serialize(value)), { depth: 20 })],
  ['serialized bytes', (value) => serialize(value).toString('latin1')],
  ['Object.entries', (value) => inspect(Object.entries(value))],
  ['an assertion', (value) => errorOf(() => assert.deepEqual({ key: value }, { key: 1 })).message],
];

test.each(printers)('%s shows no content', (_name, print) => {
  fc.assert(
    fc.property(secrets, (secret) => {
      using value = MLockedBytes.fromBytes(new Uint8Array(secret));
      const text = print(value);
      for (const form of formsOf(secret)) expect(text.includes(form)).toBe(false);
    }),
    { numRuns: 30 },
  );
});

test('a printed value shows its type, its size and whether it is alive', () => {
  const bytes = MLockedBytes.newZeroed(32);
  const shown = () => [
    bytes.toString(),
    inspect(bytes),
    JSON.parse(JSON.stringify(bytes)) as string,
  ];
  expect(new Set(shown())).toEqual(new Set(['[MLockedBytes: 32 bytes locked]']));
  bytes.release();
  expect(new Set(shown())).toEqual(new Set(['[MLockedBytes: released]']));
});
