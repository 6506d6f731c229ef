import legacy from 'node:assert';
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { format, inspect, isDeepStrictEqual } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import workerThreads, { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { codeOf, errorOf, wrongly } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { MLockedBytes, MLockedChunk, MLockedRegion, MLockedSizedBytes } from '../../src/index.js';
import { named } from '../support/child.js';

const secrets = fc.uint8Array({ minLength: 12, maxLength: 100 });

/** How bytes could be printed. */
function formsOf(secret: Uint8Array): string[] {
  const buffer = Buffer.from(secret);
  const hex = buffer.toString('hex');
  return [
    hex,
    // The inspector's own form of a Buffer.
    hex.match(/../g)!.slice(0, 12).join(' '),
    buffer.toString('base64'),
    buffer.toString('latin1'),
    [...secret].slice(0, 6).join(','),
    [...secret].slice(0, 6).join(', '),
    [...secret].slice(0, 6).join(',\n'),
  ];
}

function regionOf(secret: Uint8Array): MLockedRegion {
  const region = MLockedRegion.allocate(secret.byteLength);
  region.withBytes((view) => {
    view.set(secret);
  });
  return region;
}

/** One value of each class, with a secret. */
function valuesOf(secret: Uint8Array) {
  const bytes = MLockedBytes.fromBytes(new Uint8Array(secret));
  const sized = MLockedSizedBytes.fromBytes(new Uint8Array(secret));
  const region = regionOf(secret);
  return {
    values: [bytes, sized, region, bytes.chunk(0, secret.byteLength)] as object[],
    release() {
      for (const owner of [bytes, sized, region]) owner.release();
    },
  };
}

/** Conversions to text. */
type Textual = (value: string) => string;
const textual = (print: Textual) => print as (value: unknown) => string;

const printers: [string, (value: object) => string][] = [
  ['inspect', (value) => inspect(value)],
  ['inspect of all that is hidden', (value) => inspect(value, { showHidden: true, depth: 20 })],
  ['inspect without its hook', (value) => inspect(value, { customInspect: false, depth: 20 })],
  ['inspect of something around it', (value) => inspect({ key: [value] })],
  ['String', textual(String)],
  ['a template', textual((value) => `<${value}>`)],
  ['concatenation', textual((value) => value + '.')],
  ['join', textual((value) => [value, value].join())],
  ['JSON.stringify', (value) => JSON.stringify({ value })],
  ['format', (value) => format('%s %o %O %j', value, value, value, value)],
  ['structuredClone', (value) => inspect(cloneOf(value), { depth: 20 })],
  ['serialize', (value) => inspect(deserialize(serialize(value)), { depth: 20 })],
  ['serialized bytes', (value) => serialize(value).toString('latin1')],
  ['Object.entries', (value) => inspect(Object.entries(value))],
  ['Buffer.from', (value) => bufferOf(value).toString('latin1')],
  ['an assertion', (value) => errorOf(() => assert.deepEqual({ key: value }, { key: 1 })).message],
  ['an expectation', (value) => errorOf(() => expect({ key: value }).toEqual({ key: 1 })).message],
  ['an error about it', (value) => errorOf(() => BigInt(wrongly(value))).message],
];

function cloneOf(value: object): unknown {
  try {
    return structuredClone(value);
  } catch (error) {
    return error;
  }
}

function bufferOf(value: object): Buffer {
  try {
    return Buffer.from(wrongly(value));
  } catch {
    // Refused.
    return Buffer.alloc(0);
  }
}

test.each(printers)('%s shows no content', (_name, print) => {
  fc.assert(
    fc.property(secrets, (secret) => {
      const { values, release } = valuesOf(secret);
      for (const value of values) {
        const text = print(value);
        for (const form of formsOf(secret)) expect(text.includes(form)).toBe(false);
      }
      release();
    }),
    { numRuns: 30 },
  );
});

test('a printed value shows its type, its size and whether it is alive', () => {
  const bytes = MLockedBytes.newZeroed(32);
  const region = MLockedRegion.allocate(64);
  const sized = MLockedSizedBytes.newZeroed(16);
  const chunk = bytes.chunk(4, 8);
  const shown = [
    [bytes, '[MLockedBytes: 32 bytes locked]'],
    [region, '[MLockedRegion: 64 bytes locked]'],
    [sized, '[MLockedSizedBytes: 16 bytes locked]'],
    [chunk, '[MLockedChunk: 8 bytes at 4 of [MLockedBytes: 32 bytes locked]]'],
  ] as const;
  for (const [value, text] of shown) {
    expect([String(value), inspect(value), JSON.parse(JSON.stringify(value))]).toEqual([
      text,
      text,
      text,
    ]);
  }
  for (const value of [bytes, region, sized]) value.release();
  expect([bytes, region, sized].map((value) => inspect(value))).toEqual([
    '[MLockedBytes: released]',
    '[MLockedRegion: released]',
    '[MLockedSizedBytes: released]',
  ]);
});

test('an assertion that fails shows the same, without an inspect hook', () => {
  using bytes = MLockedBytes.newZeroed(32);
  const chunk = bytes.chunk(4, 8);
  const region = MLockedRegion.allocate(64);
  region.release();
  const differences = [bytes, chunk, region].map(
    (value) => errorOf(() => assert.deepStrictEqual(value, { other: true })).message,
  );
  expect(differences).toEqual([
    expect.stringMatching(/MLockedBytes \[#\d+: 32 bytes locked\] {/),
    expect.stringMatching(
      /MLockedChunk \[#\d+: 8 bytes at 4 of \[MLockedBytes: 32 bytes locked\]\] {/,
    ),
    expect.stringMatching(/MLockedRegion \[#\d+: released\] {/),
  ]);
  for (const { prototype } of [MLockedBytes, MLockedChunk, MLockedRegion]) {
    expect(inspect(prototype, { customInspect: false })).not.toContain('locked]');
  }
});

test('a deep comparison finds two values different, whatever their content', () => {
  using bytes = MLockedBytes.fromBytes(Uint8Array.of(1));
  using other = MLockedBytes.fromBytes(Uint8Array.of(2));
  using clone = bytes.clone();
  const others = [other, clone];
  const chunks = [bytes.chunk(0, 1), ...others.map((each) => each.chunk(0, 1))] as const;
  for (const [one, another] of [
    [bytes, others[0]],
    [bytes, others[1]],
    [chunks[0], chunks[1]],
    [chunks[0], bytes.chunk(0, 1)],
  ]) {
    expect(isDeepStrictEqual({ one }, { one: another })).toBe(false);
    expect(() => {
      legacy.deepEqual(one, another);
    }).toThrow(/MLocked/);
    expect(one).not.toEqual(another);
    expect(one).toEqual(one);
  }
});

test('a secret has no number and no order', () => {
  using bytes = MLockedBytes.newZeroed(32);
  using other = MLockedBytes.newZeroed(32);
  const left: number = wrongly(bytes);
  const right: number = wrongly(other);
  for (const use of [
    () => Number(bytes),
    () => -left,
    () => left < right,
    () => left >= right,
    () => left < 7,
    () => left - right,
    () => left * 2,
    () => BigInt(left),
    () => Math.max(left, 1),
    () => new Uint8Array(1).fill(left),
  ]) {
    expect(codeOf(use)).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  }
});

test('a chunk has no number and no order either', () => {
  using bytes = MLockedBytes.newZeroed(32);
  const chunk = bytes.chunk(0, 8);
  const left: number = wrongly(chunk);
  for (const use of [() => Number(chunk), () => left < 7, () => left - 1]) {
    expect(codeOf(use)).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  }
});

test('locked bytes and chunks are not a list, a stream or bytes', () => {
  using locked = MLockedBytes.fromBytes(new Uint8Array(32).fill(7));
  for (const value of [locked, locked.chunk(0, 8)]) {
    const bytes: number[] = wrongly(value);
    expect(() => [...bytes]).toThrow(TypeError);
    for (const use of [
      () => Array.from(bytes),
      () => new Uint8Array(bytes),
      () => Buffer.from(bytes),
      () => Readable.from(bytes),
    ]) {
      expect(codeOf(use)).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    }
  }
  expect(Object.keys(locked)).toEqual([]);
});

test('the functions that compare and print values for tests and logs work', () => {
  using bytes = MLockedBytes.newZeroed(32);
  expect(bytes).toEqual(bytes);
  expect(bytes).not.toEqual({ key: 1 });
  expect(bytes).toMatchObject({ size: 32 });
  assert.deepStrictEqual(bytes, bytes);
  expect(() => {
    assert.deepStrictEqual(bytes, 1);
  }).toThrow(/MLockedBytes/);
  expect(inspect(bytes, { showHidden: true, getters: true, customInspect: false })).toContain(
    'MLockedBytes',
  );
});

const cannotBeTold =
  'markAsUncloneable' in workerThreads ? undefined : 'only Node.js 22.10 and later can refuse';

test.skipIf(cannotBeTold !== undefined)(
  named('structuredClone and postMessage refuse locked values', cannotBeTold),
  () => {
    const { values, release } = valuesOf(Uint8Array.of(1, 2, 3));
    const { port1, port2 } = new MessageChannel();
    for (const value of values) {
      for (const send of [
        () => structuredClone(value),
        () => structuredClone({ within: [value] }),
        () => port1.postMessage(value),
      ]) {
        expect(errorOf(send).name).toBe('DataCloneError');
      }
    }
    port1.close();
    port2.close();
    release();
  },
);
