/** `-`: standard input for what is public and only read, and refused for the rest. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeColdKey } from './support/cold-key.js';
import { inFolder } from './support/folder.js';
import { kes, kesJson } from './support/kes.js';
import { makeKey, testSeed } from './support/test-key.js';

const ISSUE = ['opcert', 'issue', '--cold-skey', 'cold.skey', '--start-period', '500'];
const ISSUE_ALL = [...ISSUE, '--counter', 'cold.counter', '--kes-vkey', 'kes.vkey'];

/** Runs in the folder of the test. */
function here(args: readonly string[], input?: string | Uint8Array) {
  return kes(args, { cwd: inFolder(), ...(input === undefined ? {} : { input }) });
}

beforeEach(async () => {
  makeColdKey(inFolder());
  makeKey(inFolder('kes.skey'));
  writeFileSync(inFolder('seed'), testSeed(), { mode: 0o600 });
  writeFileSync(inFolder('message'), 'a message');
  await here(['vkey', 'kes.skey', '--out', 'kes.vkey']);
});

describe('standard input is', () => {
  it('the verification key of a certificate that is issued, and of one that is verified', async () => {
    const key = readFileSync(inFolder('kes.vkey'));
    const issue = [...ISSUE, '--counter', 'cold.counter', '--kes-vkey', '-', '--out', 'node.cert'];
    expect(await here(issue, key)).toMatchObject({ code: 0, stderr: '' });
    const verify = ['opcert', 'verify', 'node.cert'];
    for (const [option, name] of [
      ['--kes-vkey', 'kes.vkey'],
      ['--cold-vkey', 'cold.vkey'],
    ] as const) {
      const { code, stdout } = await here([...verify, option, '-'], readFileSync(inFolder(name)));
      expect(code).toBe(0);
      expect(stdout).toContain('that of standard input');
    }
    const wrong = await here([...verify, '--kes-vkey', '-'], readFileSync(inFolder('cold.vkey')));
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/^kes: error: standard input: it is of another type.*\n$/);
    const cold = readFileSync(inFolder('cold.vkey'));
    const both = await here([...verify, '--kes-vkey', '-', '--cold-vkey', '-'], cold);
    expect(both).toMatchObject({ code: 2, stdout: '' });
  });

  it('the verification key of a signature', async () => {
    await here(['sign', '--skey', 'kes.skey', '--out', 'sig', 'message']);
    const verify = ['verify', '--vkey', '-', '--period', '0', '--signature', 'sig', 'message'];
    expect(await here(verify, readFileSync(inFolder('kes.vkey')))).toMatchObject({ code: 0 });
    expect(await here(verify, readFileSync(inFolder('cold.vkey')))).toMatchObject({ code: 1 });
  });
});

describe('- is refused, by one line that says what to do, and nothing is made or spent', () => {
  it.each([
    [['sign', '--skey', 'kes.skey', '--out', '-', 'message'], /--out -: without --out/],
    [['sign', '--skey', 'kes.skey', '--out', '-', '--force', 'message'], /--out -: without --out/],
    [['vkey', 'kes.skey', '--out', '-'], /--out -: without --out/],
    [[...ISSUE_ALL, '--out', '-'], /--out -: a certificate goes to a file/],
    [
      [...ISSUE, '--kes-vkey', 'kes.vkey', '--counter', '-', '--out', 'node.cert'],
      /--counter -: .*name it/,
    ],
    [['keygen', '--skey', '-', '--vkey', 'new.vkey'], /--skey -: .*to a file only/],
    [['keygen', '--skey', 'new.skey', '--vkey', '-'], /--vkey -: .*to a file/],
    [
      ['keygen', '--skey', 'new.skey', '--vkey', 'new.vkey', '--seed-file', '-'],
      /--seed-file -: .*from a file only/,
    ],
    [['inspect', '-'], /inspect -: .*from a file only.*kes opcert inspect -/],
  ])('%j', async (args, says) => {
    const before = readdirSync(inFolder());
    const { code, stdout, stderr } = await here(args, readFileSync(inFolder('seed')));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(inFolder())).toEqual(before);
    const { json } = await kesJson(['inspect', inFolder('cold.counter')]);
    expect(json.next).toBe('3');
  });
});
