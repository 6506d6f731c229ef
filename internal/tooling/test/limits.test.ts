// The limits of the sources of packages. A new file in a full folder shows that the folder has two ideas.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { circles, crowded, namesOfTwo, sourcesOf } from '../src/limits.js';
import { ladder, native } from '../src/ladder/ladder.mjs';

const packages = fileURLToPath(new URL('../../../packages', import.meta.url));

test.each(readdirSync(packages))(
  'in %s: 12 files in a folder at most, no circle of folders, no exported name of two things',
  (folder) => {
    const sources = sourcesOf(join(packages, folder));
    expect(sources.length).toBeGreaterThan(0);
    expect(crowded(sources, 12)).toEqual([]);
    expect(circles(sources)).toEqual([]);
    expect(namesOfTwo(sources)).toEqual([]);
  },
);

test('no package uses what is internal', () => {
  const folders = readdirSync(packages);
  const used = ladder
    .filter(({ name }) => folders.includes(name))
    .flatMap(({ below, builtIn = [] }) => [...below, ...builtIn.filter((each) => isOurs(each))]);
  expect(folders).toEqual(expect.arrayContaining(used.filter((each) => each !== native.name)));
});

function isOurs(name: string): boolean {
  return ladder.some((layer) => layer.name === name);
}

test('what is above a limit is found', () => {
  const files = Array.from({ length: 13 }, (_, index) => ({ path: `a/${index}.ts`, text: '' }));
  expect(crowded(files, 12)).toEqual(['a']);
  expect(crowded(files.slice(1), 12)).toEqual([]);
  const circle = [
    { path: 'index.ts', text: `export * from './a/one.js';` },
    { path: 'a/one.ts', text: `import { two } from '../b/two.js';\nexport const one = two;` },
    { path: 'b/two.ts', text: `import { three } from '../c/three.js';` },
    { path: 'c/three.ts', text: `import type { one } from '../a/one.js';\nexport const one = 1;` },
  ];
  expect(circles(circle)).toEqual(['a', 'b', 'c']);
  expect(circles(circle.slice(0, 3))).toEqual([]);
  expect(namesOfTwo(circle)).toEqual(['one: a/one.ts, c/three.ts']);
});
