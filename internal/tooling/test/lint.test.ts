// The root configuration of eslint finds planted mistakes and passes what is allowed. Rules with type information are off
// here, so that a planted file need not exist.
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import tseslint from 'typescript-eslint';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    { languageOptions: { parserOptions: { project: false, program: null } } },
  ],
});

/** The rules that a text breaks at a path, and the messages. */
async function lint(path: string, code: string) {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: `${root}/${path}` });
  return result?.messages.map(({ ruleId, message }) => `${ruleId ?? ''}: ${message}`) ?? [];
}

const sum = 'packages/kes-sum/src/planted.ts';
const deep = 'packages/kes-sum/src/deep/planted.ts';
const single = 'packages/kes-single/src/planted.ts';
const shared = 'packages/direct-serialise/src/planted.ts';
const sumTest = 'packages/kes-sum/test/planted.test.ts';
const singleTest = 'packages/kes-single/test/planted.test.ts';
const longTest = 'packages/kes-sum/test/planted.long.test.ts';

test.each([
  ['the package below', sum, "export * from '@evolock/kes-single';"],
  ['an entry of the package below', sum, "export * from '@evolock/kes-single/unsound';"],
  ['the shared package', sum, "export * from '@evolock/direct-serialise/arguments';"],
  ['its own files', deep, "export * from '../sum.js';"],
  ['Node.js', sum, "export { join } from 'node:path';"],
  ['an await in a function', sum, 'const f = async () => { await using a = null; await a; }; f();'],
  [
    'a documented function',
    sum,
    '/** Adds one. */\nexport function f(a: number): number { return a + 1; }',
  ],
  ['test vectors in a test', sumTest, "export * from '@evolock/test-vectors';"],
  [
    'a layer far below in a test',
    'packages/cardano-kes/test/planted.test.ts',
    "export * from '@evolock/mlocked-bytes/unsound';",
  ],
  ['its own package in a test', sumTest, "export * from '@evolock/kes-sum';"],
  ['its own source in a test', sumTest, "export * from '../src/index.js';"],
  ['an await in a test', sumTest, 'await Promise.resolve();'],
  ['a mock in a long test', longTest, "import { vi } from 'vitest';\nvi.mock('node:fs');"],
])('a package may have %s', async (_, path, code) => {
  expect(await lint(path, code)).toEqual([]);
});

const layers = /no-restricted-imports|no-restricted-syntax/;

test.each([
  ['what releases everything', sum, "export * from '@evolock/mlocked-bytes/release-all';", layers],
  [
    'a skipped layer',
    sum,
    "export * from '@evolock/mlocked-bytes';",
    /kes-sum may use only @evolock\/kes-single and @evolock\/direct-serialise/,
  ],
  [
    'a skipped layer for its types',
    sum,
    "export type { A } from '@evolock/mlocked-bytes';",
    layers,
  ],
  [
    'a skipped layer dynamically',
    sum,
    "export const a = import('@evolock/mlocked-bytes');",
    layers,
  ],
  ['a skipped layer in a type', sum, "export type A = import('@evolock/mlocked-bytes').A;", layers],
  ['a name that only begins alike', sum, "export * from '@evolock/kes-single-other';", layers],
  ['the layer above', single, "export * from '@evolock/kes-sum';", layers],
  ['itself by name', sum, "export * from '@evolock/kes-sum';", layers],
  ['test vectors', sum, "export * from '@evolock/test-vectors';", layers],
  ['anything in the shared package', shared, "export * from '@evolock/mlocked-bytes';", layers],
  ['the native module in the shared package', shared, "export * from 'sodium-native';", layers],
  ['a neighbour by path', sum, "export * from '../../kes-single/src/index.js';", layers],
  [
    'a neighbour by path from below',
    deep,
    "export * from '../../../kes-single/dist/index.js';",
    layers,
  ],
  [
    'a neighbour by path dynamically',
    sum,
    "export const a = import('../../kes-single/src/index.js');",
    layers,
  ],
  ["a package's files by name", sum, "export * from '@evolock/kes-single/dist/index.js';", layers],
  ['a layer above in a test', singleTest, "export * from '@evolock/kes-sum';", layers],
  [
    'a neighbour by path in a test',
    sumTest,
    "export * from '../../kes-single/src/index.js';",
    layers,
  ],
  [
    'a package in the tests of the vectors',
    'packages/test-vectors/test/planted.test.ts',
    "export * from '@evolock/kes-sum';",
    layers,
  ],
  ['an undeclared package', sum, "export * from 'picocolors';", /n\/no-extraneous-import/],
  ['a tool of the root', sum, "export * from 'vitest';", /n\/no-restricted-import/],
  [
    'a package that users do not install',
    sum,
    "export * from '@evolock/test-vectors';",
    /n\/no-unpublished-import/,
  ],
  ['a print', sum, "console.log('secret');", /no-console/],
  ['an undocumented function', sum, 'export function f(): void { return; }', /require-jsdoc/],
  ['an await', sum, 'await Promise.resolve();', /ERR_REQUIRE_ASYNC_MODULE/],
  ['an await in a block', sum, 'if (globalThis) { await 1; }', /ERR_REQUIRE_ASYNC_MODULE/],
  ['an await of a loop', sum, 'for await (const a of []) throw a;', /ERR_REQUIRE_ASYNC_MODULE/],
  ['an await using', sum, 'await using a = null;', /ERR_REQUIRE_ASYNC_MODULE/],
  [
    'a focused test',
    sumTest,
    "import { test } from 'vitest';\ntest.only('a', () => undefined);",
    /no-restricted-syntax/,
  ],
  [
    'a skipped test',
    sumTest,
    "import { describe } from 'vitest';\ndescribe.skip('a', () => undefined);",
    /no-restricted-syntax/,
  ],
  [
    'the second name of test',
    sumTest,
    "import { it } from 'vitest';\nit('a', () => undefined);",
    /no-restricted-syntax/,
  ],
  [
    'a mock in a short test',
    sumTest,
    "import { vi } from 'vitest';\nvi.mock('node:fs');",
    /no-restricted-properties/,
  ],
])('a package may not have %s', async (_, path, code, found) => {
  expect((await lint(path, code)).join('\n')).toMatch(found);
});

describe('what is generated', () => {
  test.each(['dist/index.js', 'coverage/a.js', 'vectors/a.js'])('is ignored: %s', async (path) => {
    expect(await eslint.isPathIgnored(`${root}/packages/kes-sum/${path}`)).toBe(true);
  });
});
