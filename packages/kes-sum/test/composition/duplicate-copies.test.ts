import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codeOf, wrongly } from '@evolock/test-support';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compactSumKes, ed25519, singleKes, sumKes } from '../../src/index.js';

type KesSingle = Pick<typeof import('@evolock/kes-single'), 'singleKes' | 'compactSingleKes'>;

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'evolock-copy-'));
let other: KesSingle;

beforeAll(async () => {
  const original = dirname(require.resolve('@evolock/kes-single/package.json'));
  const modules = (require.resolve.paths('@evolock/kes-single') ?? []).find((path) =>
    existsSync(join(path, '@evolock', 'kes-single')),
  );
  cpSync(join(original, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(original, 'package.json'), join(folder, 'package.json'));
  symlinkSync(modules!, join(folder, 'node_modules'), 'dir');
  const { href } = pathToFileURL(join(folder, 'dist', 'index.js'));
  other = (await import(/* @vite-ignore */ href)) as KesSingle;
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('an algorithm of another copy of kes-single', () => {
  test('is made by another copy, over the same lower packages', () => {
    expect(other.singleKes).not.toBe(singleKes);
    expect(other.singleKes(ed25519).name).toBe('ed25519_kes_2^0');
  });

  test('is refused by sumKes and compactSumKes, and the error says what to do', () => {
    const single = other.singleKes(ed25519);
    const compact = other.compactSingleKes(ed25519);
    const code = 'ERR_EVOLOCK_DUPLICATE_PACKAGE';
    expect(codeOf(() => sumKes(single))).toBe(code);
    expect(codeOf(() => compactSumKes(compact))).toBe(code);
    expect(codeOf(() => sumKes(wrongly(compact)))).toBe(code);
    expect(() => sumKes(single)).toThrow(/npm dedupe/);
  });

  test('does not affect algorithms of this copy', () => {
    expect(sumKes(singleKes(ed25519)).name).toBe('ed25519_kes_2^1');
  });
});
