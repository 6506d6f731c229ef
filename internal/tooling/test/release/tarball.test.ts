// The check of a tarball finds each planted file that no user needs, and each that is missing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkTarball } from '../../src/release/tarball.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evolock-tarball-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const sound: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    bin: { run: 'bin/run.cjs' },
  }),
  'README.md': '',
  'CHANGELOG.md': '',
  LICENSE: '',
  'bin/run.cjs': "require('../dist/command.cjs');",
  'dist/command.cjs': '',
  'dist/index.js': 'import "./chunk-A1.js"; new URL("worker.js", import.meta.url);',
  'dist/index.js.map': JSON.stringify({ sources: ['../src/index.ts'] }),
  'dist/index.d.ts': '',
  'dist/chunk-A1.js': '',
  'dist/worker.js': '',
  'src/index.ts': '',
};

/** The violations in a tarball of the sound files with some replaced, or left out where they are undefined. */
function violations(changed: Readonly<Record<string, string | undefined>>): string[] {
  const files = Object.entries({ ...sound, ...changed });
  const written = files.flatMap(([file, text]) => (text === undefined ? [] : [{ file, text }]));
  for (const { file, text } of written) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return checkTarball(
    folder,
    written.map(({ file }) => file),
  );
}

test('a sound tarball has no violation', () => {
  expect(violations({})).toEqual([]);
});

test.each([
  ['a test', { 'src/index.test.ts': '' }, 'src/index.test.ts is of no kind that users need'],
  ['a configuration', { 'tsconfig.json': '{}' }, 'tsconfig.json is of no kind that users need'],
  ['a build log', { 'dist/.log': '' }, 'dist/.log is of no kind that users need'],
  ['code for the build', { 'dist/manual.cjs': '' }, 'dist/manual.cjs is reached from no entry'],
  ['no changelog', { 'CHANGELOG.md': undefined }, 'CHANGELOG.md is missing'],
  ['no licence', { LICENSE: undefined }, 'LICENSE is missing'],
  [
    'a map whose source is elsewhere',
    { 'dist/index.js.map': JSON.stringify({ sources: ['../src/index.ts', '../../a/b.ts'] }) },
    'dist/index.js.map needs ../a/b.ts, which is missing',
  ],
  [
    'a source twice',
    { 'dist/index.js.map': '{"sources":["../src/index.ts"],"sourcesContent":["code"]}' },
    'dist/index.js.map repeats src/index.ts',
  ],
  ['sources without a map', { 'dist/index.js.map': undefined }, 'src is used by no source map'],
])('%s is found', (_, changed, violation) => {
  expect(violations(changed)).toEqual([violation]);
});
