import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { codeOf, errorOf, wrongly } from '@evolock/test-support';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MLockedSeed } from '../src/index.js';
import { seedBytes } from './support/seeds.js';

function formsOf(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  const hex = buffer.toString('hex');
  return [
    hex,
    hex.match(/../g)!.slice(0, 12).join(' '),
    buffer.toString('base64'),
    buffer.toString('latin1'),
    [...bytes].slice(0, 6).join(','),
    [...bytes].slice(0, 6).join(', '),
  ];
}

const printers: [string, (seed: MLockedSeed) => string][] = [
  ['inspect', (seed) => inspect(seed)],
  ['inspect of all that is hidden', (seed) => inspect(seed, { showHidden: true, depth: 20 })],
  ['inspect without its hook', (seed) => inspect(seed, { customInspect: false, depth: 20 })],
  ['String', (seed) => String(seed)],
  ['JSON.stringify', (seed) => JSON.stringify({ seed })],
  ['format', (seed) => format('%s %o %O %j', seed, seed, seed, seed)],
  ['structuredClone', (seed) => inspect(cloneOf(seed), { depth: 20 })],
  ['serialize', (seed) => serialize(seed).toString('latin1')],
  ['an assertion', (seed) => errorOf(() => assert.deepEqual({ seed }, { seed: 1 })).message],
  ['an error about it', (seed) => errorOf(() => BigInt(wrongly(seed))).message],
];

/** Node.js 22.10 and later refuse. */
function cloneOf(seed: MLockedSeed): unknown {
  try {
    return structuredClone(seed);
  } catch (error) {
    return error;
  }
}

test.each(printers)('%s shows nothing of a seed', (_name, print) => {
  fc.assert(
    fc.property(seedBytes, (bytes) => {
      const seed = MLockedSeed.fromBytes(new Uint8Array(bytes));
      const text = print(seed);
      seed.release();
      for (const form of formsOf(bytes)) expect(text.includes(form)).toBe(false);
    }),
    { numRuns: 30 },
  );
});

test('a seed shows its type, its size and whether it is alive', () => {
  const seed = MLockedSeed.newRandom(48);
  expect(String(seed)).toBe('[MLockedSeed: 48 bytes locked]');
  expect(inspect({ seed })).toBe('{ seed: [MLockedSeed: 48 bytes locked] }');
  seed.release();
  expect(JSON.stringify([seed])).toBe('["[MLockedSeed: released]"]');
});

test('seeds have no number and no order', () => {
  using one = MLockedSeed.newRandom(32);
  using other = MLockedSeed.newRandom(32);
  const left: number = wrongly(one);
  const right: number = wrongly(other);
  for (const use of [() => -left, () => left < right, () => left - right, () => BigInt(left)]) {
    expect(codeOf(use)).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  }
});
