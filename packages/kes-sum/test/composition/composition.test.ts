import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorOf, toyDsign, wrongly } from '@evolock/test-support';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  compactSingleKes,
  compactSumKes,
  CompositionError,
  ed25519,
  MAX_DEPTH,
  singleKes,
  sumKes,
  type LeafScheme,
} from '../../src/all.js';
import { freshAlgorithm } from '../algorithms.js';

type Compose = (inner: never) => unknown;

const kinds = [
  { variant: 'sum', single: singleKes, compose: sumKes as Compose, other: 'compactSumKes' },
  {
    variant: 'compact',
    single: compactSingleKes,
    compose: compactSumKes as Compose,
    other: 'sumKes',
  },
] as const;

describe.each(kinds)('$compose.name', ({ variant, single, compose, other }) => {
  const { name } = compose;
  const leaf = single(ed25519);

  function refusalOf(inner: unknown): string {
    const error = errorOf(() => compose(wrongly(inner)));
    expect(error).toBeInstanceOf(CompositionError);
    expect(error['code']).toBe('ERR_EVOLOCK_KES_COMPOSITION');
    return error.message;
  }

  test('refuses algorithms of the other variant and names the function for them', () => {
    for (const depth of [0, 1]) {
      const inner = freshAlgorithm(variant === 'sum' ? 'compact' : 'sum', depth);
      const message = refusalOf(inner);
      expect(message).toContain(`${name} does not accept ${inner.name}`);
      expect(message).toContain(`with ${other}`);
    }
  });

  test.each<[string, unknown, string]>([
    ['a value that is no object', 6, 'a value of type number'],
    ['null', null, 'a value of type null'],
    ['a signature scheme', ed25519, 'ed25519'],
    ['a copy of an algorithm', { ...leaf }, leaf.name],
    ['an object with a very long name', { name: 'x'.repeat(1000) }, 'an object without a name'],
  ])('refuses %s', (_, inner, called) => {
    expect(refusalOf(inner)).toContain(`${name} does not accept ${called}: it was not made by`);
  });

  test('refuses a leaf scheme with seeds of 64 bytes: an expanded seed has 32', () => {
    const dsign: LeafScheme = wrongly({ ...toyDsign(), seedSize: 64 });
    expect(refusalOf(single(dsign))).toMatch(/64 bytes.*32/);
  });

  test('composes up to the greatest depth, at which it verifies', () => {
    const deepest = freshAlgorithm(variant, MAX_DEPTH);
    expect(MAX_DEPTH).toBe(20);
    expect(refusalOf(deepest)).toContain('greatest depth is 20');
    expect(Object.isFrozen(deepest)).toBe(true);
    const signature = new Uint8Array(deepest.signatureSize);
    for (const period of [0, 1, 2 ** 19, 2 ** 20 - 1, 2 ** 20, 2 ** 32]) {
      expect(deepest.verify(new Uint8Array(32), period, signature, signature)).toBe(false);
    }
  });
});

test('an algorithm of another copy of kes-single is refused, and the error says what to do', async () => {
  const require = createRequire(import.meta.url);
  const folder = mkdtempSync(join(tmpdir(), 'evolock-copy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const original = dirname(require.resolve('@evolock/kes-single/package.json'));
  const modules = (require.resolve.paths('@evolock/kes-single') ?? []).find((path) =>
    existsSync(join(path, '@evolock', 'kes-single')),
  );
  cpSync(join(original, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(original, 'package.json'), join(folder, 'package.json'));
  symlinkSync(modules!, join(folder, 'node_modules'), 'dir');
  const { href } = pathToFileURL(join(folder, 'dist', 'index.js'));
  const copy = (await import(/* @vite-ignore */ href)) as typeof import('@evolock/kes-single');
  const foreign: [Compose, unknown][] = [
    [sumKes, copy.singleKes(ed25519)],
    [compactSumKes, copy.compactSingleKes(ed25519)],
    [sumKes, copy.compactSingleKes(ed25519)],
  ];
  for (const [compose, inner] of foreign) {
    const error = errorOf(() => compose(wrongly(inner)));
    expect(error['code']).toBe('ERR_EVOLOCK_DUPLICATE_PACKAGE');
    expect(error.message).toContain('npm dedupe');
  }
  expect(sumKes(singleKes(ed25519)).name).toBe('ed25519_kes_2^1');
});
