// The example of the README that reads the files of a log, run as its reader would run it.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sealedLogVectors } from '@evolock/test-vectors';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { verifySealedLog, type SealedLogState } from '../src/verify/index.js';
import { newPlace } from './support/engines.js';

const resolveDir = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(resolveDir, 'README.md'), 'utf8');
const example = readme.split('```').find((block) => block.includes('createReadStream'))!;
const { verifierKey, entries, seals } = sealedLogVectors().logs[0]!;
const state = (await verifySealedLog({ verifierKey, files: [entries], seals })).state!;

/** Runs the example in a folder with these files. */
function run(files: Readonly<Record<string, Uint8Array>>, from?: SealedLogState) {
  const { folder } = newPlace();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  const contents = example.slice(example.indexOf('\n'));
  const define = {
    verifierKey: JSON.stringify(verifierKey),
    from: JSON.stringify(from) ?? 'undefined',
  };
  buildSync({
    ...{ stdin: { contents, resolveDir, loader: 'ts' }, define, bundle: true },
    ...{ platform: 'node', format: 'esm', outfile: join(folder, 'example.mjs'), logLevel: 'error' },
  });
  const { stdout, stderr } = spawnSync(process.execPath, ['example.mjs'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return stdout + stderr;
}
const files = { 'audit.log': entries, 'audit.log.seals': seals };

test('the example of the README tells a verdict, also when nothing came since the last run', () => {
  expect(run(files)).toMatch(/^incomplete [^]* old, and at most 30 min is expected/);
  expect(run(files, state)).toMatch(/^incomplete [^]* old, and at most 30 min is expected/);
});

test('the example of the README tells that seals are missing, and rejects without a log', () => {
  expect(run({ ...files, 'audit.log.seals': new Uint8Array(0) })).toMatch(
    /^invalid [^]*has no seal 0/,
  );
  expect(run({ 'audit.log': entries })).toMatch(/^invalid [^]*has no seal 0/);
  expect(run({ 'audit.log.seals': seals })).toMatch(/ENOENT/);
});
