/**
 * Runs the terminal transcripts of `transcripts/`, of the READMEs and of the operator's guide again, and compares the output.
 * With EVOLOCK_WRITE_TRANSCRIPT=1 it writes the output to these files instead: review the difference.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { makeCertificate, makeColdKey, testSeed } from './support/files.js';
import { newStage, printedBy, transcriptOf, type Stage } from './support/transcript.js';

const IS_WRITTEN = process.env['EVOLOCK_WRITE_TRANSCRIPT'] === '1';

/** KES period 1080 of mainnet. */
const NOW = new Date('2024-11-15T00:00:00Z');

const FOLDER = fileURLToPath(new URL('transcripts/', import.meta.url));

describe.each(readdirSync(FOLDER))('%s', (name) => {
  const path = join(FOLDER, name);
  // Before the first heading stands what the file is about.
  const [about = '', ...parts] = readFileSync(path, 'utf8').split(/^## /m);
  const written: string[] = [];

  test.each(parts.map((part) => part.split(/\n([^]*)/) as [title: string, text: string]))(
    '%s',
    async (title, text) => {
      const after = `${await transcriptOf(text, newStage(NOW))}\n`;
      written.push(`## ${title}\n${after}`);
      if (!IS_WRITTEN) expect(after.trimEnd()).toBe(text.trimEnd());
      else if (written.length === parts.length) writeFileSync(path, about + written.join('\n'));
    },
  );
});

test('every line of checks, facts and prose fits 80 columns; keys and commands are whole', () => {
  for (const name of readdirSync(FOLDER)) {
    const text = stripVTControlCharacters(readFileSync(join(FOLDER, name), 'utf8'));
    // No JSON, no key, no path, and no command or its options, which are never broken.
    const broken = /^ {2}(?! *(?:["}\]]|--|(?:kes|cardano-cli) ))/;
    const texts = text.split('\n').filter((line) => broken.test(line));
    for (const line of texts.filter((each) => !/\S{56}/.test(each)))
      expect(line.length, line).toBeLessThanOrEqual(80);
  }
});

const BLOCK = /(```console\n)([\s\S]*?)(```)/g;

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
    parts.push(`${line}\n${stdout}${stderr}`);
  }
  return parts.join('\n');
}

test.each(['../README.md', '../../../README.md', '../../../docs/OPERATORS_GUIDE.md'])(
  'the commands print the transcript of %s',
  async (name) => {
    const stage = newStage(NOW);
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
