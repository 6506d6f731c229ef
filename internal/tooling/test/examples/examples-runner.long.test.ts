// The extractor and the runner of examples: what they find, and that a broken example does not pass.
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { markdownExamples } from '../../src/examples/collect.mjs';
import { docCommentExamples } from '../../src/examples/doc-comments.mjs';
import { proveExamples } from '../../src/examples/prove.mjs';

const scratch = fileURLToPath(new URL('../../.examples', import.meta.url));

/** The problems in one Markdown text, in the order of its examples. */
async function problemsOf(markdown: string, folder: string) {
  const examples = markdownExamples(markdown, 'inline.md');
  return [...(await proveExamples(examples, `${scratch}/${folder}`)).values()];
}

function block(language: string, ...code: string[]) {
  return ['```' + language, ...code, '```', ''].join('\n');
}

describe('extracting from Markdown', () => {
  test('takes TypeScript and JavaScript blocks with the line of their fence', () => {
    const text = [
      '# Title',
      '',
      block('ts', 'const a = 1;'),
      block('sh', 'npm test'),
      block('js', 'let b;'),
    ];
    expect(markdownExamples(text.join('\n'), 'README.md')).toEqual([
      { file: 'README.md', line: 3, language: 'ts', code: 'const a = 1;\n' },
      { file: 'README.md', line: 11, language: 'js', code: 'let b;\n' },
    ]);
  });

  test('takes the indent of a block in a list off its code', () => {
    const text = ['- item', '', '  ```ts', '  if (1) {', '    f();', '  }', '  ```'].join('\n');
    expect(markdownExamples(text, 'a.md')[0]?.code).toBe('if (1) {\n  f();\n}\n');
  });

  test('keeps a shorter fence inside a longer one as text', () => {
    const text = ['````md', '```ts', 'not an example', '```', '````'].join('\n');
    expect(markdownExamples(text, 'a.md')).toEqual([]);
  });

  test('marks a block that says why it is not run', () => {
    const [example] = markdownExamples(block('ts no-run: needs a second process', 'f();'), 'a.md');
    expect(example?.noRun).toBe('needs a second process');
  });

  test('does not accept no-run without a reason', async () => {
    expect(await problemsOf(block('ts no-run', 'f();'), 'no-reason')).toEqual([
      [expect.stringContaining('needs a reason')],
    ]);
  });
});

describe('extracting from doc comments', () => {
  const source = [
    '/**',
    ' * Adds.',
    ' *',
    ' * @example',
    ' * ```ts',
    " * import { add } from '@evolock/add';",
    ' * @decorated class A {}',
    ' * if (add(1, 2) !== 3) {',
    ' *   throw new Error();',
    ' * }',
    ' * ```',
    ' * @throws nothing',
    ' */',
    'export function add(a: number, b: number) { return a + b; }',
    '',
    '/**',
    ' * @example',
    ' * ```ts',
    ' * hidden();',
    ' * ```',
    ' */',
    'function hidden() {}',
    '',
    'export class Key {',
    '  /**',
    '   * @example',
    '   * ```js',
    '   * key.sign();',
    '   * ```',
    '   */',
    '  sign() {}',
    '}',
    '',
    '/**',
    ' * @example',
    ' * ```ts',
    ' * later();',
    ' * ```',
    ' */',
    'const later = () => {};',
    'export { later as sooner };',
  ].join('\n');

  test('finds those of exported declarations and their members, at their lines', () => {
    const found = docCommentExamples(source, 'a.ts').map(
      ({ line, language }) => `${line} ${language}`,
    );
    expect(found).toEqual(['5 ts', '27 js', '36 ts']);
  });

  test('keeps the code as it is written, at-signs and indents included', () => {
    expect(docCommentExamples(source, 'a.ts')[0]?.code).toBe(
      [
        "import { add } from '@evolock/add';",
        '@decorated class A {}',
        'if (add(1, 2) !== 3) {',
        '  throw new Error();',
        '}',
        '',
      ].join('\n'),
    );
  });

  test('does not accept an example without a block', async () => {
    const examples = docCommentExamples(
      '/**\n * @example add(1)\n */\nexport const a = 1;',
      'a.ts',
    );
    const problems = await proveExamples(examples, `${scratch}/unfenced`);
    expect([...problems.values()]).toEqual([[expect.stringContaining('needs a ```ts block')]]);
  });
});

describe('proving examples', () => {
  test('passes TypeScript that checks and runs, types and `using` included', async () => {
    const code = [
      "import assert from 'node:assert/strict';",
      'const held: Disposable & { open: boolean } = { open: true, [Symbol.dispose]() { this.open = false; } };',
      '{ using key = held; assert.ok(key.open); }',
      'assert.ok(!held.open);',
      'await Promise.resolve();',
    ];
    expect(await problemsOf(block('ts', ...code), 'good')).toEqual([[]]);
  });

  test('passes JavaScript with an untyped parameter', async () => {
    expect(await problemsOf(block('js', 'const f = (a) => a;', 'f(1);'), 'good-js')).toEqual([[]]);
  });

  test('fails an example that throws, and still runs the next', async () => {
    const text =
      block('ts', "throw new Error('wrong answer');") + block('ts', 'export const a = 1;');
    const [first, second] = await problemsOf(text, 'throws');
    expect(first).toEqual([expect.stringContaining('wrong answer')]);
    expect(second).toEqual([]);
  });

  test('fails an example that does not type-check, at its line', async () => {
    const text = `\n${block('ts', 'const a = 1;', 'const b: string = a;', 'export { b };')}`;
    expect(await problemsOf(text, 'mistyped')).toEqual([
      [expect.stringMatching(/^inline\.md:4 TS2322: /)],
    ]);
  });

  test('fails an example that imports what does not exist', async () => {
    const [problems] = await problemsOf(
      block('ts', "import '@evolock/no-such-package';"),
      'missing',
    );
    expect(problems).toContainEqual(expect.stringContaining('ERR_MODULE_NOT_FOUND'));
  });

  test('fails an example that ends the process, and says so of those after it', async () => {
    const text = block('js', 'process.exit(3);') + block('js', 'export const a = 1;');
    const [first, second] = await problemsOf(text, 'exits');
    expect(first).toEqual([expect.stringMatching(/^ended the process \(exit code 3/)]);
    expect(second).toEqual([expect.stringMatching(/^did not run: line 1 /)]);
  });

  test('fails an example whose forgotten promise rejects', async () => {
    const [problems] = await problemsOf(block('js', "Promise.reject(new Error('late'));"), 'late');
    expect(problems).toEqual([expect.stringContaining('late')]);
  });
});
