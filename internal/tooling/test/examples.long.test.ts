// Every example in the documentation is a test, named by its file and line, and a broken example does not pass.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  allExamples,
  commentedExamples,
  fencedExamples,
  installedBy,
  proveExamples,
} from '../src/examples.js';
import { installFlat } from './installed/install.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const using = [
  "import assert from 'node:assert/strict';",
  'const held: Disposable & { open: boolean } = { open: true, [Symbol.dispose]() { this.open = false; } };',
  '{ using key = held; assert.ok(key.open); }',
  'assert.ok(!held.open);',
  'await Promise.resolve();',
];
/** Pages with an example, after which another one stands, and what is wrong with the first. */
const pages: readonly (readonly [name: string, text: string, problem?: RegExp])[] = [
  ['that checks and runs passes', block('ts', ...using)],
  ['in JavaScript may have an untyped parameter', block('js', 'const f = (a) => a;', 'f(1);')],
  ['without a reason not to run fails', block('ts no-run', 'f();'), /needs a reason/],
  ['that throws fails', block('ts', "throw new Error('wrong answer');"), /wrong answer/],
  [
    'that is mistyped fails at its line',
    block('ts', 'const b: string = 1;', 'export { b };'),
    /^page 4:2 TS2322: /,
  ],
  [
    'that imports what does not exist fails',
    block('js', "import 'no-such-package';"),
    /ERR_MODULE_NOT_FOUND/,
  ],
  ['passes when it prints what the page shows', printing('7')],
  ['fails when it prints something else', printing('8'), /^prints "7\\n", and/],
  ['that ends the process fails', block('js', 'process.exit(3);'), /^ended the process \(3\)/],
  [
    'whose forgotten promise rejects fails',
    block('js', "Promise.reject(new Error('late'));"),
    /late/,
  ],
];

const documented = allExamples(root);
const made = pages.map(([, text], at) =>
  fencedExamples(text + block('ts', 'export const next = 1;'), `page ${String(at)}`),
);
const all = [...documented, ...made.flat()];
const problems = proveExamples(all, `${root}/internal/tooling/.examples`);

describe('documentation', () => {
  for (const example of documented) {
    const { file, line, noRun } = example;
    const name = `${file}:${line}${noRun === undefined ? '' : ` (${noRun})`}`;
    test.skipIf(noRun !== undefined)(name, () => {
      expect(problems.get(example)).toEqual([]);
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
});

test('"Get started" works in an empty folder, by its own commands', () => {
  const text = readFileSync(`${root}/docs/GET_STARTED.md`, 'utf8');
  const [, first = ''] = /^```sh\n(.*?)^```/ms.exec(text) ?? [];
  const [, file = '', then = ''] = /^Save this as `(.*?)`.*^Run it with `(.*?)`/ms.exec(text) ?? [];
  const [example] = fencedExamples(text, 'docs/GET_STARTED.md');
  const folder = mkdtempSync(join(tmpdir(), 'evolock-get-started-'));
  const run = (line: string) =>
    execFileSync('sh', ['-ec', line], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  try {
    // The packages of the working tree stand for those of the registry.
    run(first.replace(/npm install .*/, 'true'));
    installFlat(folder, installedBy(first));
    writeFileSync(join(folder, file), example!.code);
    expect(run(then)).toBe(example!.prints);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function block(language: string, ...code: string[]) {
  return ['```' + language, ...code, '```', ''].join('\n');
}

function printing(shown: string) {
  return `${block('js', 'console.log(7);')}It prints:\n\n${block('text', shown)}`;
}

describe('an example is', () => {
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
  });

  test('a block in a doc comment, with its at-signs and indents', () => {
    const code = ['@decorated class A {}', 'if (add(1, 2) !== 3) {', '  throw new Error();', '}'];
    const lines = ['/**', ...['Adds.', '', '@example', ...block('ts', ...code).split('\n')]];
    const source = ['export const one = 1;', lines.join('\n   * '), '   */', 'add() {}'].join('\n');
    expect(commentedExamples(source, 'a.ts')).toEqual([
      { file: 'a.ts', line: 6, language: 'ts', code: `${code.join('\n')}\n` },
    ]);
  });
});

describe('an example', () => {
  test.each(pages.map(([name, , problem], at) => [name, problem, made[at]!] as const))(
    '%s',
    (_, problem, examples) => {
      const [first, second] = examples.map((example) => problems.get(example));
      expect(first?.join('\n')).toMatch(problem ?? /^$/);
      expect(second).toEqual([]);
    },
  );

  test('has a block', () => {
    const examples = commentedExamples('/**\n * @example add(1)\n */\nexport const a = 1;', 'a.ts');
    expect(examples).toMatchObject([{ mistake: 'an @example needs a ```ts block' }]);
  });
});
