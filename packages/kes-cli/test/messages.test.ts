/** What an error says: which file, what is really wrong, and what to do. */
import { readdirSync, writeFileSync } from 'node:fs';
import { FileError, writeColdSigningKey, writeCounter } from '@evolock/cardano-kes';
import { ed25519 } from '@evolock/kes-sum';
import { describe, expect, it } from 'vitest';
import { complaintOf } from '../src/complaint.js';
import { envelopeIn } from './support/envelope-text.js';
import { inFolder } from './support/folder.js';
import { kes } from './support/kes.js';
import { seedOf } from './support/own-header.js';
import { makeKey, testSeed } from './support/test-key.js';

/** Runs in the folder of the test; one line, and what it says. */
async function complains(args: readonly string[], code: number, says: RegExp): Promise<void> {
  const ended = await kes(args, { cwd: inFolder() });
  expect(ended).toMatchObject({ code, stdout: '' });
  expect(ended.stderr).toMatch(/^kes: error: .*\n$/);
  expect(ended.stderr).toMatch(says);
}

it('a key that states another period than its own is named, with both', async () => {
  makeKey(inFolder('kes.skey'), 12);
  const { cborHex, ...label } = envelopeIn(inFolder('kes.skey')) as { cborHex: string };
  const rust = { ...label, cborHex: `590264${cborHex.slice(6)}0000000d` };
  writeFileSync(inFolder('kes.skey'), JSON.stringify(rust), { mode: 0o600 });
  for (const args of [
    ['inspect', 'kes.skey'],
    ['vkey', 'kes.skey'],
    ['evolve', 'kes.skey', '--to', '20'],
    ['sign', '--skey', 'kes.skey'],
  ]) {
    const says =
      /kes\.skey: it states period 13, which is not the period of the key, 12.*good copy/;
    await complains(args, 1, says);
  }
});

it('a public file where a signing key belongs is said to be one, not to be closed to others', async () => {
  makeKey(inFolder('kes.skey'));
  await kes(['vkey', 'kes.skey', '--out', 'kes.vkey'], { cwd: inFolder() });
  const isVkey = /kes\.vkey: it is a KES verification key, and a KES signing key is asked for/;
  await complains(['vkey', 'kes.vkey'], 1, isVkey);
  await complains(['evolve', 'kes.vkey', '--to', '1'], 1, isVkey);
  const issue = ['opcert', 'issue', '--kes-vkey', 'kes.vkey', '--cold-skey', 'kes.vkey'];
  await complains(
    [...issue, '--counter', 'c', '--start-period', '1', '--out', 'o'],
    1,
    /kes\.vkey: it is a KES verification key, and a cold signing key is asked for/,
  );
});

it('a counter of another cold key is named', async () => {
  const seed = seedOf(5);
  const cold = ed25519.generateKey(seed);
  writeColdSigningKey(inFolder('cold.skey'), cold);
  for (const each of [cold, seed]) each.release();
  const coldVerificationKey = new Uint8Array(32).fill(1);
  writeCounter(inFolder('cold.counter'), { next: 3n, coldVerificationKey });
  makeKey(inFolder('kes.skey'));
  await kes(['vkey', 'kes.skey', '--out', 'kes.vkey'], { cwd: inFolder() });
  await complains(
    [
      ...['opcert', 'issue', '--kes-vkey', 'kes.vkey', '--cold-skey', 'cold.skey'],
      ...['--counter', 'cold.counter', '--start-period', '1', '--out', 'node.cert'],
    ],
    1,
    /: cold\.counter: the counter belongs to another cold key: name/,
  );
});

it.each([
  ['no JSON', '{', /: genesis\.json: .*no JSON/],
  ['a Byron genesis', '{"avvmDistr": {}}', /: genesis\.json: .*is it the Shelley genesis/],
])('a genesis file that is %s is named', async (_name, content, says) => {
  writeFileSync(inFolder('genesis.json'), content);
  const verify = ['header', 'verify', '--genesis', 'genesis.json', 'no.header'];
  await complains(verify, 1, says);
});

it('a seed file that is missing, too short or too long is named', async () => {
  const keygen = ['keygen', '--skey', 'k.skey', '--vkey', 'k.vkey', '--seed-file', 'seed'];
  await complains(keygen, 3, /: seed: there is no such file/);
  const [seed, mode] = [testSeed(), { mode: 0o600 }];
  writeFileSync(inFolder('seed'), seed.subarray(1), mode);
  await complains(keygen, 1, /: seed: a seed has exactly 32 bytes/);
  writeFileSync(inFolder('seed'), Buffer.concat([seed, seed]));
  await complains(keygen, 1, /: seed: a seed has exactly 32 bytes/);
});

describe('what the system refuses, in words, wherever it was refused', () => {
  it.each([
    ['ENOSPC', 'system', /kes\.skey: the disk is full: make room/],
    ['EACCES', 'no-permission', /kes\.skey: no permission.*chmod 600/],
    ['EROFS', 'no-permission', /kes\.skey: its file system is read-only/],
    // What it means for the key is more than what the system says.
    ['ENOSPC', 'left-behind', /kes\.skey: writing failed, and a temporary file.*ENOSPC/],
  ] as const)('%s, as %s', (code, reason, says) => {
    const cause = Object.assign(new Error(code), { code });
    const error = new FileError(reason, 'kes.skey', { cause });
    const complaint = complaintOf(error);
    expect(complaint).toMatchObject({ exitCode: 3, code: 'ERR_EVOLOCK_IO_FILE' });
    expect(complaint.message).toMatch(says);
  });
});

it('a name is printed whole, without any character that could change the screen', async () => {
  const strange = ['a\nb', 'a\u2028b', 'a\u2029b', 'a\u202eb', 'a\u009bb', 'a\u200bb'];
  for (const name of strange) {
    await complains(['inspect', name], 3, /: a\ufffdb: there is no such file\n$/);
    const { stderr } = await kes(['inspect', name, '--json'], { cwd: inFolder() });
    expect(JSON.parse(stderr).error.message).toMatch(/^a\ufffdb: there is no such file/);
  }
  makeKey(inFolder('kes.skey'));
  for (const name of strange) {
    const args = ['vkey', 'kes.skey', '--out', name];
    const { stdout } = await kes([...args, '--json'], { cwd: inFolder() });
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(stdout)).toMatchObject({ verificationKeyFile: name });
    const again = await kes([...args, '--force'], { cwd: inFolder() });
    expect(again.stdout).toMatch(/^✓ a\ufffdb holds the verification key\n/);
  }
});

it('a folder that does not exist is named, by whatever reads or writes there', async () => {
  makeKey(inFolder('kes.skey'));
  writeFileSync(inFolder('message'), 'a message');
  const says = /: no\/where\/it: its folder no does not exist\n$/;
  for (const args of [
    ['inspect', 'no/where/it'],
    ['vkey', 'kes.skey', '--out', 'no/where/it'],
    ['sign', '--skey', 'kes.skey', '--out', 'no/where/it', 'message'],
    ['sign', '--skey', 'kes.skey', 'no/where/it'],
    ['keygen', '--skey', 'no/where/it', '--vkey', 'new.vkey'],
    ['opcert', 'verify', 'no/where/it'],
    ['evolve', 'no/where/it', '--to', '1'],
  ]) {
    await complains(args, 3, says);
  }
});

it('a period that the scheme of a signature does not have is told, with those that it has', async () => {
  makeKey(inFolder('kes.skey'));
  writeFileSync(inFolder('message'), 'a message');
  await kes(['sign', '--skey', 'kes.skey', '--out', 'sig', 'message'], { cwd: inFolder() });
  const verify = ['verify', '--vkey', 'aa'.repeat(32), '--signature', 'sig', 'message'];
  await complains([...verify, '--period', '64'], 2, /--period 64: .* the periods 0 to 63\n$/);
});

it('a seed of zeros makes no key', async () => {
  writeFileSync(inFolder('seed'), new Uint8Array(32), { mode: 0o600 });
  const keygen = ['keygen', '--skey', 'k.skey', '--vkey', 'k.vkey', '--seed-file', 'seed'];
  await complains(keygen, 1, /: seed: it holds zeros only/);
  expect(readdirSync(inFolder())).toEqual(['seed']);
});
