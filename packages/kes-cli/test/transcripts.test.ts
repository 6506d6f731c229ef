/**
 * Runs the terminal transcripts of `transcripts/`, of the READMEs and of the operator's guide again, and compares the output.
 * With EVOLOCK_WRITE_TRANSCRIPT=1 it writes the output to these files instead: review the difference.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { makeCertificate } from './support/files.js';
import { newStage, TRANSCRIPTS } from './support/transcript.js';

/** KES period 1080 of mainnet. */
const NOW = new Date('2024-11-15T00:00:00Z');

const FOLDER = fileURLToPath(new URL('transcripts/', import.meta.url));

TRANSCRIPTS.testAll(FOLDER, () => newStage(NOW));

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

test.each(['../README.md', '../../../README.md', '../../../docs/OPERATORS_GUIDE.md'])(
  'the commands print the transcript of %s',
  async (name) => {
    const stage = newStage(NOW);
    stage.onChain = 0;
    makeCertificates(join(stage.folder, 'certs'));
    await TRANSCRIPTS.testPage(fileURLToPath(new URL(name, import.meta.url)), stage);
  },
);
