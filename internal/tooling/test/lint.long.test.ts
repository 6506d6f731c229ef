// The root configuration of eslint, as `eslint .` uses it.
import { fileURLToPath } from 'node:url';
import { ESLint, type Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import { ladderLint } from '../src/ladder/ladder-lint.mjs';
import { ladder } from '../src/ladder/ladder.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
// Under CI the parser expects each file once, with its content on the disk. Here one file gets many texts.
const parserOptions = { disallowAutomaticSingleRunInference: true };
const eslint = new ESLint({ cwd: root, overrideConfig: { languageOptions: { parserOptions } } });

// Rules with type information need a file of the project, so a text is linted in place of a file that exists.
const source = 'packages/kes-sum/src/index.ts';
const test = 'internal/tooling/test/lint.long.test.ts';

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
  it.each(ladderLint.map(({ name }) => name ?? ''))('contains %s', async (name) => {
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

  it.each(['dist/index.js', 'coverage/a.js', 'vectors/a.js'])('ignores %s', async (path) => {
    expect(await eslint.isPathIgnored(`${root}/packages/kes-sum/${path}`)).toBe(true);
  });
});

describe('source', () => {
  it('passes when documented', async () => {
    const code = documented('export function addOne(a: number): number { return a + 1; }');
    expect(await brokenRules(source, code)).toEqual(new Set());
  });

  it.each([
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
    ['a forgotten promise', 'Promise.resolve();', '@typescript-eslint/no-floating-promises'],
    [
      'a non-null assertion',
      'const [a] = [1]; export const b: number = a!;',
      '@typescript-eslint/no-non-null-assertion',
    ],
    ['an undocumented function', 'export function f(): void { return; }', 'jsdoc/require-jsdoc'],
    ['an undocumented arrow function', 'export const f = (): number => 1;', 'jsdoc/require-jsdoc'],
    ['an undocumented class', 'export class A { a = 1 }', 'jsdoc/require-jsdoc'],
    [
      'an undocumented method',
      '/** A. */ export class A { f(): number { return 1; } }',
      'jsdoc/require-jsdoc',
    ],
    ['an undocumented interface', 'export interface A { a: 1 }', 'jsdoc/require-jsdoc'],
    [
      'no description',
      '/** @internal */ export function f(): void { return; }',
      'jsdoc/require-description',
    ],
    [
      'a tag misspelt',
      '/**\n * F.\n * @thows a\n */\nexport function f(): void { return; }',
      'jsdoc/check-tag-names',
    ],
  ])('may not have %s', async (_, code, rule) => {
    expect(await brokenRules(source, code)).toContain(rule);
  });

  it('may say that an interface documents a method', async () => {
    const code =
      'export class A implements Iterator<1> { /** {@inheritDoc Iterator.next} */ next() { return { value: 1 } as const; } }';
    expect(await brokenRules(source, documented(code))).toEqual(new Set());
  });

  it('may leave the documentation of a method that overrides a documented one', async () => {
    const code = 'export class A extends Set<string> { override clear(): void { super.clear(); } }';
    expect(await brokenRules(source, documented(code))).toEqual(new Set());
  });
});

describe('tests', () => {
  it.each([
    ['a focused test', "import { it } from 'vitest';\nit.only('a', () => { /* nothing */ });"],
    [
      'a skipped test',
      "import { describe } from 'vitest';\ndescribe.skip('a', () => { /* nothing */ });",
    ],
  ])('may not have %s', async (_, code) => {
    expect(await brokenRules(test, code)).toEqual(new Set(['no-restricted-syntax']));
  });

  it('may mock a module only in a long test', async () => {
    const code = "import { vi } from 'vitest';\nvi.mock('node:fs');";
    const short = 'internal/tooling/test/links.test.ts';
    expect(await brokenRules(short, code)).toEqual(new Set(['no-restricted-properties']));
    expect(await brokenRules(test, code)).toEqual(new Set());
  });

  it('may use the tools of the root', async () => {
    const code =
      "import { it } from 'vitest';\nit.skipIf(it.name === 'b')('a', () => { /* nothing */ });";
    expect(await brokenRules(test, code)).toEqual(new Set());
  });
});
