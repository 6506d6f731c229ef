/**
 * Runs the terminal transcripts of `transcripts/`, of the READMEs and of the operator's guide again, and compares the output.
 * With EVOLOCK_WRITE_TRANSCRIPT=1 it writes the output to these files instead: review the difference.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { makeCertificate, makeColdKey, testSeed } from './support/files.js';
import { printedBy, transcriptOf, type Stage } from './support/transcript.js';

const IS_WRITTEN = process.env['EVOLOCK_WRITE_TRANSCRIPT'] === '1';

const zone = process.env['TZ'];

beforeEach(() => {
  process.env['TZ'] = 'Europe/Berlin';
});

afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** KES period 1080 of mainnet. */
const NOW = new Date('2024-11-15T00:00:00Z');

// Lines break where they do because this path has 18 characters, wherever temporary files are.
function newStage(): Stage {
  const folder = mkdtempSync('/tmp/kes-tr-');
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { folder, now: NOW, isTTY: false };
}

const FOLDER = fileURLToPath(new URL('transcripts/', import.meta.url));

describe.each(readdirSync(FOLDER))('%s', (name) => {
  const path = join(FOLDER, name);
  // Before the first heading stands what the file is about.
  const [about = '', ...parts] = readFileSync(path, 'utf8').split(/^## /m);
  const written: string[] = [];

  test.each(parts.map((part) => part.split(/\n([^]*)/) as [title: string, text: string]))(
    '%s',
    async (title, text) => {
      const after = `${await transcriptOf(text, newStage())}\n`;
      written.push(`## ${title}\n${after}`);
      if (!IS_WRITTEN) expect(after.trimEnd()).toBe(text.trimEnd());
      else if (written.length === parts.length) writeFileSync(path, about + written.join('\n'));
    },
  );
});

const BLOCK = /(```console\n)([\s\S]*?)(```)/g;

/** A rotation makes a random key. The pages show this one. */
const ROTATED = '7f3c9a1be06d52c84f1e7ab390d2658c1d94e0f7b35a28c6e9f0417d6b82a35c';

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

/** The transcript of the lines after a prompt. Both outputs stand one after the other. */
async function blockOf(block: string, stage: Stage): Promise<string> {
  const parts: string[] = [];
  for (const line of block.split('\n').filter((each) => each.startsWith('$ '))) {
    const { stdout, stderr } = await printedBy(line.slice(2), stage);
    const isRandom = line.startsWith('$ kes rotate ');
    const output = (stdout + stderr).replace(
      /(KES key\s+)[0-9a-f]{64}/,
      isRandom ? `$1${ROTATED}` : '$&',
    );
    parts.push(`${line}\n${output}`);
  }
  return parts.join('\n');
}

test.each(['../README.md', '../../../README.md', '../../../docs/OPERATORS_GUIDE.md'])(
  'the commands print the transcript of %s',
  async (name) => {
    const stage = newStage();
    // The cold key of a pool exists before. All seeds are public.
    makeColdKey(stage.folder, 0n);
    writeFileSync(join(stage.folder, 'public-test-seed'), testSeed(), { mode: 0o600 });
    makeCertificates(join(stage.folder, 'certs'));
    const page = fileURLToPath(new URL(name, import.meta.url));
    const before = readFileSync(page, 'utf8');
    let after = before;
    for (const [whole, open = '', block = '', close = ''] of before.matchAll(BLOCK)) {
      const transcript = await blockOf(block, stage);
      after = after.replace(whole, () => open + transcript + close);
    }
    expect(after).toContain('✓');
    if (IS_WRITTEN) writeFileSync(page, after);
    else expect(after).toBe(before);
  },
);
