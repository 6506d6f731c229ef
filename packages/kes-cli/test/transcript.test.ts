/**
 * The terminal transcript of the README, run again and compared, line by line. With EVOLOCK_WRITE_TRANSCRIPT=1 what the
 * commands print is written there instead.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeColdSigningKey, writeCounter } from '@evolock/cardano-kes';
import { ed25519 } from '@evolock/kes-sum';
import { expect, it } from 'vitest';
import { inFolder } from './support/folder.js';
import { program } from './support/kes.js';
import { seedOf } from './support/own-header.js';
import { testSeed } from './support/test-key.js';

const readme = fileURLToPath(new URL('../README.md', import.meta.url));
const BLOCK = /(```console\n)([\s\S]*?)(```)/g;

/** What an operator has before the first command: a cold key and its counter, of public seeds here. */
function prepare(): void {
  writeFileSync(inFolder('public-test-seed'), testSeed(), { mode: 0o600 });
  const seed = seedOf(5);
  const cold = ed25519.generateKey(seed);
  writeColdSigningKey(inFolder('cold.skey'), cold);
  writeCounter(inFolder('cold.counter'), {
    next: 0n,
    coldVerificationKey: cold.deriveVerificationKey(),
  });
  cold.release();
  seed.release();
  mkdirSync(inFolder('.bin'));
  chmodSync(program, 0o755);
  symlinkSync(program, inFolder('.bin', 'kes'));
}

/** Runs each line that begins with a prompt, and puts what it prints below it. */
function runAgain(block: string): string {
  const env = { ...process.env, PATH: `${inFolder('.bin')}:${process.env['PATH'] ?? ''}` };
  const commands = block.split('\n').filter((line) => line.startsWith('$ '));
  return commands
    .map((line) => {
      const { stdout, stderr } = spawnSync('sh', ['-c', `${line.slice(2)} 2>&1`], {
        cwd: inFolder(),
        env,
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      return `${line}\n${stdout}\n`;
    })
    .join('')
    .replace(/\n\n$/, '\n');
}

it('the transcript of the README is what the commands print', () => {
  prepare();
  const before = readFileSync(readme, 'utf8');
  const after = before.replaceAll(
    BLOCK,
    (_whole, open: string, block: string, close: string) => open + runAgain(block) + close,
  );
  expect(after).toContain('┏');
  if (process.env['EVOLOCK_WRITE_TRANSCRIPT'] === '1') writeFileSync(readme, after);
  else expect(after).toBe(before);
});
