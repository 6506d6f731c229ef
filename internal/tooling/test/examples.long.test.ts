// Every example in the documentation is a test, named by its file and line: its types are checked, and it runs as a reader
// runs it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, describe, expect, test } from 'vitest';
import {
  allExamples,
  commentedExamples,
  compilerOptions,
  fencedExamples,
  installedBy,
  writeExamples,
  type Written,
} from '../src/examples.js';
import { installFlat } from './installed/install.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'evolock-examples-'));
afterAll(() => rmSync(base, { recursive: true }));

const documented = allExamples(root);
// Inside the repository, where they find the packages.
const folder = `${root}/internal/tooling/.examples`;
const written = writeExamples(documented, folder);
const program = ts.createProgram(
  written.map(({ source }) => source),
  compilerOptions,
);

/** The mistakes in the types of an example, at their places in the documentation. */
function typeErrors({ example, source }: Written): string[] {
  const file = program.getSourceFile(source);
  return (
    [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
      // JavaScript has no syntax for the type of a parameter.
      .filter(({ code }) => example.language === 'ts' || code < 7000 || code >= 7100)
      .map(({ start = 0, messageText, code }) => {
        const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
        const message = ts.flattenDiagnosticMessageText(messageText, '\n');
        return `${example.file}:${String(example.line + 1 + line)} TS${String(code)}: ${message}`;
      })
  );
}

/** Runs an example. The examples of a page run in one folder, since a later one may read what an earlier one wrote. */
function run({ example, program: file }: Written) {
  const cwd = join(folder, 'run', example.file.replaceAll('/', '-'));
  mkdirSync(cwd, { recursive: true });
  // Without the options of vitest.
  const env = { ...process.env, NODE_OPTIONS: '', TMPDIR: base };
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
    ...{ cwd, env, encoding: 'utf8' },
  });
  return { status, stdout, stderr };
}

for (const one of written) {
  const { file, line, code, noRun, prints } = one.example;
  const name = `${file}:${line}${noRun === undefined ? '' : ` (${noRun})`}`;
  test.skipIf(noRun !== undefined)(name, () => {
    expect(typeErrors(one)).toEqual([]);
    // A value that may be missing is looked at, and no type is asserted.
    expect(code).not.toMatch(/[\w\])]!(?=[.,;)[\]])/);
    const { stdout, ...ended } = run(one);
    expect(ended).toEqual({ status: 0, stderr: '' });
    if (prints !== undefined) expect(stdout).toBe(prints);
  });
}

// In a strict layout, such as pnpm's, no other package can be imported.
test.each(
  [...new Set(documented.map(({ file }) => file))].filter((file) => file.endsWith('README.md')),
)('%s installs what its examples import, above each of them', (file) => {
  const text = readFileSync(`${root}/${file}`, 'utf8');
  for (const { line, code } of fencedExamples(text, file)) {
    const above = installedBy(text.split('\n').slice(0, line).join('\n'));
    const imported = [
      ...code.matchAll(/(?:from|import\() ?'(?!node:)((?:@[^/]+\/)?[^'./][^'/]*)/g),
    ];
    const names = imported.map(([, name]) => name);
    expect(above, `line ${line}`).toEqual(expect.arrayContaining(names));
  }
});

test('"Get started" works in an empty folder, by its own commands', () => {
  const text = readFileSync(`${root}/docs/GET_STARTED.md`, 'utf8');
  const [, first = ''] = /^```sh\n(.*?)^```/ms.exec(text) ?? [];
  const [, file = '', then = ''] = /^Save this as `(.*?)`.*^Run it with `(.*?)`/ms.exec(text) ?? [];
  const [example] = fencedExamples(text, 'docs/GET_STARTED.md');
  const folder = mkdtempSync(join(base, 'get-started-'));
  const shell = (line: string) =>
    execFileSync('sh', ['-ec', line], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  // The packages of the working tree stand for those of the registry.
  shell(first.replace(/npm install .*/, 'true'));
  installFlat(folder, installedBy(first));
  writeFileSync(join(folder, file), example!.code);
  expect(shell(then)).toBe(example!.prints);
});

describe('an example is', () => {
  const block = (language: string, ...code: string[]) =>
    ['```' + language, ...code, '```', ''].join('\n');

  test('a block of TypeScript or JavaScript in Markdown, at the line of its fence', () => {
    const list = ['- item', '', '  ```ts', '  if (1) {', '    f();', '  }', '  ```', ''].join('\n');
    const nested = ['````md', '```ts', 'not an example', '```', '````', ''].join('\n');
    const noRun = block('ts no-run: needs a second process', 'f();');
    const text = ['# Title\n', block('sh', 'npm test'), block('js', 'let b;'), list, nested, noRun];
    expect(fencedExamples(text.join('\n'), 'a.md')).toEqual([
      { file: 'a.md', line: 7, language: 'js', code: 'let b;\n' },
      { file: 'a.md', line: 13, language: 'ts', code: 'if (1) {\n  f();\n}\n' },
      { file: 'a.md', line: 25, language: 'ts', code: 'f();\n', noRun: 'needs a second process' },
    ]);
    expect(() => fencedExamples(block('ts no-run', 'f();'), 'a.md')).toThrow('a.md:1: the block');
  });

  test('a block in a doc comment, with its at-signs and indents', () => {
    const code = ['@decorated class A {}', 'if (add(1, 2) !== 3) {', '  throw new Error();', '}'];
    const lines = ['/**', ...['Adds.', '', '@example', ...block('ts', ...code).split('\n')]];
    const source = ['export const one = 1;', lines.join('\n   * '), '   */', 'add() {}'].join('\n');
    expect(commentedExamples(source, 'a.ts')).toEqual([
      { file: 'a.ts', line: 6, language: 'ts', code: `${code.join('\n')}\n` },
    ]);
    const bare = '/**\n * @example add(1)\n */\nexport const a = 1;';
    expect(() => commentedExamples(bare, 'a.ts')).toThrow('needs a block');
  });
});
