// The root configuration of eslint finds planted mistakes; `npm run lint` shows that it passes what is allowed. Rules with
// type information are off here, so that a planted file need not exist.
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { expect, test } from 'vitest';
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

/** A case a line: what a file has, the file, its code, and the rule that it breaks. */
const cases = `
  what releases everything | kes-sum/src/a.ts | export * from '@evolock/mlocked-bytes/release-all'; | no-restricted-imports
  a skipped layer | kes-sum/src/a.ts | export * from '@evolock/mlocked-bytes'; | n/no-extraneous-import
  a skipped layer for its types | kes-sum/src/a.ts | export type { A } from '@evolock/mlocked-bytes'; | no-restricted-imports
  a skipped layer dynamically | kes-sum/src/a.ts | export const a = import('@evolock/mlocked-bytes'); | n/no-extraneous-import
  a skipped layer in a type | kes-sum/src/a.ts | export type A = import('@evolock/mlocked-bytes').A; | no-restricted-syntax
  the layer above | kes-single/src/a.ts | export * from '@evolock/kes-sum'; | n/no-extraneous-import
  anything in the shared package | direct-serialise/src/a.ts | export * from '@evolock/mlocked-bytes'; | n/no-extraneous-import
  the native module in the shared package | direct-serialise/src/a.ts | export * from 'sodium-native'; | n/no-extraneous-import
  a neighbour by path | kes-sum/src/a.ts | export * from '../../kes-single/src/index.js'; | no-restricted-imports
  a layer above in a test | kes-single/test/a.test.ts | export * from '@evolock/kes-sum'; | n/no-extraneous-import
  a neighbour by path in a test | kes-sum/test/a.test.ts | export * from '../../kes-single/src/index.js'; | no-restricted-imports
  a package in the tests of the vectors | test-vectors/test/a.test.ts | export * from '@evolock/kes-sum'; | n/no-extraneous-import
  an undeclared package | kes-sum/src/a.ts | export * from 'picocolors'; | n/no-extraneous-import
  a tool of the root | kes-sum/src/a.ts | export * from 'vitest'; | n/no-restricted-import
  a package that users do not install | kes-sum/src/a.ts | export * from '@evolock/test-vectors'; | n/no-unpublished-import
  a print | kes-sum/src/a.ts | console.log('secret'); | no-console
  an undocumented function | kes-sum/src/a.ts | export function f(): void { return; } | require-jsdoc
  a focused test | kes-sum/test/a.test.ts | import { test } from 'vitest'; test.only('a', () => undefined); | no-restricted-syntax
  a skipped test | kes-sum/test/a.test.ts | import { describe } from 'vitest'; describe.skip('a', () => undefined); | no-restricted-syntax
  the second name of test | kes-sum/test/a.test.ts | import { it } from 'vitest'; it('a', () => undefined); | no-restricted-syntax
  a mock in a short test | kes-sum/test/a.test.ts | import { vi } from 'vitest'; vi.mock('node:fs'); | no-restricted-properties
`
  .trim()
  .split(/\n */)
  .map((line) => line.split(' | ') as [what: string, file: string, code: string, rule: string]);

test.each(cases)('a package may not have %s', async (_, file, code, rule) => {
  expect((await lint(`packages/${file}`, code)).join('\n')).toContain(rule);
});
