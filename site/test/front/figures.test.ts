import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { figuresOf, type Documents } from '../../src/front/figures.js';

const text = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const documents: Documents = {
  proof: text('docs/measured/proof.md'),
  performance: text('docs/measured/performance.md'),
  haskell: text('packages/test-vectors/vectors/kes-haskell.json'),
};

describe('the figures of the front page', () => {
  test('are those of the measured documents', () => {
    const figures = figuresOf(documents);
    expect(figures).toHaveLength(6);
    for (const { value, source } of figures.slice(2))
      expect(documents[source]).toContain(value.replace(' µs', ''));
  });

  test('count every copy that a scan found outside locked memory', () => {
    const copiesIn = (proof: string) => figuresOf({ ...documents, proof })[0]?.value;
    const layers = documents.proof.match(/\| 0 \| 0 \|$/gm)!.length;
    expect(copiesIn(documents.proof)).toBe('0');
    expect(
      copiesIn(
        documents.proof
          .replaceAll(/\| 0 \| 0 \|$/gm, '| 2 | 0 |')
          .replace('| 2 | 0 |', '| 1 | 0 |'),
      ),
    ).toBe(String(2 * layers - 1));
  });

  test('are not shown when a document does not contain them', () => {
    expect(() => figuresOf({ ...documents, performance: '' })).toThrow('no text like');
    expect(() => figuresOf({ ...documents, proof: '; 1 scans' })).toThrow('no text like');
  });
});

test('a build without a browser says that it draws no preview card', () => {
  const card = new URL('../../.vitepress/card.mjs', import.meta.url).href;
  const program = `import { drawCard } from '${card}'; await drawCard('/nowhere');`;
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { encoding: 'utf8', env: {} },
  );
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^no Chromium in PATH: .*\n$/)]);
});
