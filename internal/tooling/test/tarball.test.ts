// The check of a tarball finds each planted file that no user needs, and each that is missing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkTarball } from '../src/release/tarball.js';

const sound: Readonly<Record<string, string>> = {
  'package.json': '',
  'README.md': '',
  'CHANGELOG.md': '',
  LICENSE: '',
  'bin/run.cjs': '',
  'dist/index.js': '',
  'dist/index.js.map': '{"sources":["../src/index.ts"]}',
  'dist/index.d.ts': '',
  'src/index.ts': '',
};

const twice = '{"sources":["../src/index.ts"],"sourcesContent":["code"]}';

test.each<[change: Readonly<Record<string, string | undefined>>, violation?: string]>([
  [{}],
  [{ 'src/index.test.ts': '' }, 'src/index.test.ts is of no kind that users need'],
  [{ 'tsconfig.json': '{}' }, 'tsconfig.json is of no kind that users need'],
  [{ 'dist/.log': '' }, 'dist/.log is of no kind that users need'],
  [{ 'CHANGELOG.md': undefined }, 'CHANGELOG.md is missing'],
  [{ LICENSE: undefined }, 'LICENSE is missing'],
  [
    { 'dist/index.js.map': '{"sources":["../src/index.ts","../../a/b.ts"]}' },
    'dist/index.js.map needs ../a/b.ts, which is missing',
  ],
  [{ 'dist/index.js.map': twice }, 'dist/index.js.map repeats src/index.ts'],
  [{ 'dist/index.js.map': undefined }, 'src is used by no source map'],
])('a tarball with %j', (change, violation) => {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-tarball-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = Object.entries({ ...sound, ...change }).flatMap(([file, text]) => {
    if (text === undefined) return [];
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
    return [file];
  });
  expect(checkTarball(folder, files)).toEqual(violation === undefined ? [] : [violation]);
});
