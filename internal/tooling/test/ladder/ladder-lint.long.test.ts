// The ladder as lint rules: they find planted imports and pass allowed ones.
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import tseslint from 'typescript-eslint';
import { ladderLint } from '../../src/ladder/ladder-lint.mjs';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

// The rules of the ladder need no type information, so a planted file need not exist.
const eslint = new ESLint({
  cwd: root,
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ['**/*.ts'],
      languageOptions: { parser: tseslint.parser },
      plugins: { '@typescript-eslint': tseslint.plugin },
    },
    ...ladderLint,
  ],
});

/** The messages about a text at a path. */
async function lint(filePath: string, code: string) {
  const [result] = await eslint.lintText(code, { filePath: `${root}/${filePath}` });
  return result?.messages.map(({ message }) => message) ?? [];
}

const sum = 'packages/kes-sum/src/planted.ts';
const sumTest = 'packages/kes-sum/test/planted.test.ts';

describe('source', () => {
  test.each([
    ['the package below', sum, "import { a } from '@evolock/kes-single';"],
    ['an entry of the package below', sum, "import { a } from '@evolock/kes-single/unsound';"],
    ['the shared package', sum, "import { a } from '@evolock/direct-serialise/arguments';"],
    ['its own files', 'packages/kes-sum/src/deep/planted.ts', "import { a } from '../sum.js';"],
    [
      'the native module in a rung',
      'packages/kes-single/src/native.ts',
      "import a from 'sodium-native';",
    ],
    ['Node', sum, "import { a } from 'node:fs';"],
  ])('may import %s', async (_, filePath, code) => {
    expect(await lint(filePath, code)).toEqual([]);
  });

  test.each([
    [
      'what releases everything',
      'packages/mlocked-seed/src/planted.ts',
      "export * from '@evolock/mlocked-bytes/release-all';",
    ],
    ['a skipped layer', sum, "import { a } from '@evolock/mlocked-bytes';"],
    ['a skipped layer for its types', sum, "import type { A } from '@evolock/mlocked-bytes';"],
    ['a skipped layer re-exported', sum, "export * from '@evolock/mlocked-bytes';"],
    ['an entry of a skipped layer', sum, "import { a } from '@evolock/mlocked-bytes/unsound';"],
    [
      'a skipped layer dynamically',
      sum,
      "export const a = () => import('@evolock/mlocked-bytes');",
    ],
    ['a skipped layer in a type', sum, "export type A = import('@evolock/mlocked-bytes').A;"],
    [
      'a package whose name only begins alike',
      sum,
      "import { a } from '@evolock/kes-single-other';",
    ],
    [
      'the layer above',
      'packages/kes-single/src/planted.ts',
      "import { a } from '@evolock/kes-sum';",
    ],
    ['itself by name', sum, "import { a } from '@evolock/kes-sum';"],
    ['test vectors', sum, "import { a } from '@evolock/test-vectors';"],
    [
      'anything in the shared package',
      'packages/direct-serialise/src/planted.ts',
      "import { a } from '@evolock/mlocked-bytes';",
    ],
    [
      'the native module in the shared package',
      'packages/direct-serialise/src/planted.ts',
      "import a from 'sodium-native';",
    ],
    ['a neighbour by path', sum, "import { a } from '../../kes-single/src/index.js';"],
    [
      'a neighbour by path from below',
      'packages/kes-sum/src/deep/planted.ts',
      "import { a } from '../../../kes-single/dist/index.js';",
    ],
    [
      'a neighbour by path dynamically',
      sum,
      "export const a = () => import('../../kes-single/src/index.js');",
    ],
    ["a package's files by name", sum, "import { a } from '@evolock/kes-single/dist/index.js';"],
  ])('may not import %s', async (_, filePath, code) => {
    expect(await lint(filePath, code)).not.toEqual([]);
  });

  test('says what may be imported instead', async () => {
    expect(await lint(sum, "import { a } from '@evolock/mlocked-bytes';")).toEqual([
      expect.stringContaining(
        'kes-sum may use only @evolock/kes-single and @evolock/direct-serialise',
      ),
    ]);
  });
});

describe('tests', () => {
  test.each([
    ['test vectors', sumTest, "import { a } from '@evolock/test-vectors';"],
    ['any layer below', sumTest, "import { a } from '@evolock/mlocked-bytes/unsound';"],
    ['their own package by name', sumTest, "import { a } from '@evolock/kes-sum';"],
    ["their own package's source", sumTest, "import { a } from '../src/index.js';"],
  ])('may import %s', async (_, filePath, code) => {
    expect(await lint(filePath, code)).toEqual([]);
  });

  test.each([
    [
      'a layer above',
      'packages/kes-single/test/planted.test.ts',
      "import { a } from '@evolock/kes-sum';",
    ],
    ['a neighbour by path', sumTest, "import { a } from '../../kes-single/src/index.js';"],
    [
      'a package, where they test the vectors',
      'packages/test-vectors/test/planted.test.ts',
      "import { a } from '@evolock/kes-sum';",
    ],
  ])('may not import %s', async (_, filePath, code) => {
    expect(await lint(filePath, code)).not.toEqual([]);
  });
});

describe('top-level await', () => {
  test.each([
    ['await', 'await Promise.resolve();'],
    ['await in a block', 'if (globalThis) { await 1; }'],
    ['for await', 'for await (const a of []) console.log(a);'],
    ['await using', 'await using a = null;'],
  ])('is an error as %s', async (_, code) => {
    expect(await lint(sum, code)).toEqual([expect.stringContaining('ERR_REQUIRE_ASYNC_MODULE')]);
  });

  test.each([
    ['a function', 'export async function f() { await 1; for await (const a of []) { await a; } }'],
    ['an arrow function', 'export const f = async () => { await using a = null; await a; };'],
    ['a method', 'export class A { async f() { await 1; } }'],
  ])('is not what stands in %s', async (_, code) => {
    expect(await lint(sum, code)).toEqual([]);
  });

  test('is allowed in tests', async () => {
    expect(await lint(sumTest, 'await Promise.resolve();')).toEqual([]);
  });
});
