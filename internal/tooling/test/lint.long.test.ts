// The root configuration of eslint, as `eslint .` uses it.
import { fileURLToPath } from 'node:url';
import { ESLint, type Linter } from 'eslint';
import { describe, expect, test } from 'vitest';
import { ladderLint } from '../src/ladder/ladder-lint.mjs';
import { ladder } from '../src/ladder/ladder.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
// Under CI the parser expects each file once, with its content on the disk. Here one file gets many texts.
const parserOptions = { disallowAutomaticSingleRunInference: true };
const eslint = new ESLint({ cwd: root, overrideConfig: { languageOptions: { parserOptions } } });

// Rules with type information need a file of the project, so a text is linted in place of a file that exists.
const source = 'packages/kes-sum/src/index.ts';
const testFile = 'internal/tooling/test/lint.long.test.ts';

/** The rules that a text breaks in place of the file. */
async function brokenRules(filePath: string, code: string) {
  const [result] = await eslint.lintText(code, { filePath: `${root}/${filePath}` });
  return new Set(result?.messages.map(({ ruleId, message }) => ruleId ?? message));
}

/** A declaration with a doc comment. */
function documented(declaration: string) {
  return `/** Adds one. */\n${declaration}`;
}

describe('the root configuration', () => {
  test.each(ladderLint.map(({ name }) => name ?? ''))('contains %s', async (name) => {
    const expected = ladderLint.find((entry) => entry.name === name);
    const [, layer = '', folder = 'test'] = name.split('/');
    const { folder: place = `packages/${layer}` } = ladder.find((one) => one.name === layer) ?? {};
    const config = (await eslint.calculateConfigForFile(
      `${root}/${place}/${folder}/any.ts`,
    )) as Linter.Config;
    for (const [rule, entry] of Object.entries(expected?.rules ?? {})) {
      const [, ...options] = entry as [string, ...unknown[]];
      expect(config.rules?.[rule]).toEqual([2, ...options]);
    }
  });

  test.each(['dist/index.js', 'coverage/a.js', 'vectors/a.js'])('ignores %s', async (path) => {
    expect(await eslint.isPathIgnored(`${root}/packages/kes-sum/${path}`)).toBe(true);
  });
});

describe('source', () => {
  test('passes when documented', async () => {
    const code = documented('export function addOne(a: number): number { return a + 1; }');
    expect(await brokenRules(source, code)).toEqual(new Set());
  });

  test.each([
    [
      'a skipped layer',
      "export * from '@evolock/mlocked-bytes';",
      '@typescript-eslint/no-restricted-imports',
    ],
    ['an undeclared package', "export * from 'picocolors';", 'n/no-extraneous-import'],
    ['a tool of the root', "export * from 'vitest';", 'n/no-restricted-import'],
    ['test vectors', "export * from '@evolock/test-vectors';", 'n/no-unpublished-import'],
    ['top-level await', 'await Promise.resolve();', 'no-restricted-syntax'],
    ['a print', "console.log('secret');", 'no-console'],
    ['an undocumented function', 'export function f(): void { return; }', 'jsdoc/require-jsdoc'],
  ])('may not have %s', async (_, code, rule) => {
    expect(await brokenRules(source, code)).toContain(rule);
  });
});

describe('tests', () => {
  test.each([
    ['a focused test', "import { test } from 'vitest';\ntest.only('a', () => { /* nothing */ });"],
    ['the second name of test', "import { it } from 'vitest';\nit('a', () => { /* nothing */ });"],
    [
      'a skipped test',
      "import { describe } from 'vitest';\ndescribe.skip('a', () => { /* nothing */ });",
    ],
  ])('may not have %s', async (_, code) => {
    expect(await brokenRules(testFile, code)).toEqual(new Set(['no-restricted-syntax']));
  });

  test('may mock a module only in a long test', async () => {
    const code = "import { vi } from 'vitest';\nvi.mock('node:fs');";
    const short = 'internal/tooling/test/links.test.ts';
    expect(await brokenRules(short, code)).toEqual(new Set(['no-restricted-properties']));
    expect(await brokenRules(testFile, code)).toEqual(new Set());
  });
});
