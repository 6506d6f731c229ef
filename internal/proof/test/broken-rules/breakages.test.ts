import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { breakages } from './breakages.js';
import { builtFiles } from './broken-copy.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

function builtCode(name: string): string {
  const folder = name === 'proof' ? join(root, 'internal', 'proof') : join(root, 'packages', name);
  const dist = join(folder, 'dist');
  return builtFiles(dist)
    .map((file) => readFileSync(join(dist, file), 'utf8'))
    .join('\n');
}

const places = breakages.flatMap(({ how, edits }) =>
  edits.flatMap(({ in: names, code }) => names.map((name) => [how, name, code] as const)),
);

// broken-rules.long.test.ts takes minutes. This test checks only that each edit still matches the built code.
test.each(places)('"%s" changes one place of the built %s', (_how, name, code) => {
  expect([...builtCode(name).matchAll(new RegExp(code, 'g'))]).toHaveLength(1);
});
