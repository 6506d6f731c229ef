/**
 * Runs the terminal transcripts of the READMEs and of the operator's guide again, and compares the output. With
 * EVOLOCK_WRITE_TRANSCRIPT=1 it writes the output to these pages instead.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { makeCertificate, makeColdKey, testSeed } from './support/files.js';
import { inFolder } from './support/folder.js';
import { kes } from './support/kes.js';

const BLOCK = /(```console\n)([\s\S]*?)(```)/g;

/** The clock of the transcripts. */
const NOW = new Date('2024-11-15T00:00:00Z');

/** A rotation makes a random key. The pages show this one. */
const ROTATED = '7f3c9a1be06d52c84f1e7ab390d2658c1d94e0f7b35a28c6e9f0417d6b82a35c';

const zone = process.env['TZ'];

afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** The certificates of a folder: one that is new, one that ends soon, and one that has ended. */
function makeCertificates(folder: string): void {
  mkdirSync(folder);
  for (const [name, startPeriod] of [
    ['alpha', 1_075n],
    ['beta', 1_021n],
    ['gamma', 1_010n],
  ] as const) {
    makeCertificate(join(folder, `${name}.cert`), new Uint8Array(32), startPeriod);
  }
}

/** Runs one line: `kes …`, or `echo '…' > file`. */
async function outputOf(line: string): Promise<string> {
  const [, text, file] = /^echo '(.*)' > (\S+)$/.exec(line) ?? [];
  if (text !== undefined && file !== undefined) {
    writeFileSync(inFolder(file), `${text}\n`);
    return '';
  }
  const [name, ...args] = line.split(' ');
  expect(name).toBe('kes');
  const { stdout, stderr } = await kes(args, { cwd: inFolder(), now: NOW });
  const output = stdout + stderr;
  return args[0] === 'rotate' ? output.replace(/(KES key +)[0-9a-f]{64}/, `$1${ROTATED}`) : output;
}

/** The transcript of the lines after a prompt. */
async function transcriptOf(block: string): Promise<string> {
  const parts: string[] = [];
  for (const line of block.split('\n').filter((each) => each.startsWith('$ ')))
    parts.push(`${line}\n${await outputOf(line.slice(2))}`);
  return parts.join('\n');
}

it.each(['../README.md', '../../../README.md', '../../../docs/OPERATORS_GUIDE.md'])(
  'the commands print the transcript of %s',
  async (name) => {
    // The cold key of a pool exists before. All seeds are public.
    makeColdKey(inFolder(), 0n);
    writeFileSync(inFolder('public-test-seed'), testSeed(), { mode: 0o600 });
    makeCertificates(inFolder('certs'));
    process.env['TZ'] = 'Europe/Berlin';
    const page = fileURLToPath(new URL(name, import.meta.url));
    const before = readFileSync(page, 'utf8');
    let after = before;
    for (const [whole, open = '', block = '', close = ''] of before.matchAll(BLOCK)) {
      const transcript = await transcriptOf(block);
      after = after.replace(whole, () => open + transcript + close);
    }
    expect(after).toContain('✓');
    if (process.env['EVOLOCK_WRITE_TRANSCRIPT'] === '1') writeFileSync(page, after);
    else expect(after).toBe(before);
  },
);
