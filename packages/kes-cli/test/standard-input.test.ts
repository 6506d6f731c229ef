/** `-`: standard input for what is public and only read, and refused for the rest. */
import {
  existsSync,
  lstatSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

describe('what is public is read alike from a link, a pipe, process substitution and standard input', () => {
  const READERS: readonly (readonly [
    name: string,
    args: (path: string) => string[],
    holds: string,
  ])[] = [
    ['inspect', (path) => ['inspect', path], 'cold.counter'],
    ['opcert inspect', (path) => ['opcert', 'inspect', path], 'node.cert'],
    [
      'verify, all of them',
      (path) => ['verify', '--cert', 'node.cert', '--period', '0', '--signature', 'sig', path],
      'message',
    ],
  ];

  beforeEach(async () => {
    await here([...ISSUE_ALL, '--out', 'node.cert']);
    await here(['sign', '--skey', 'kes.skey', '--out', 'sig', 'message']);
  });

  it.each(READERS)('%s', async (_name, args, holds) => {
    const expected = (await here([...args(holds), '--json'])).stdout;
    expect(expected).toContain('{');
    symlinkSync(holds, inFolder('link'));
    const input = readFileSync(inFolder(holds));
    const shell = ['bash', '-c', `"$@" /dev/stdin < ${holds}`, 'bash'];
    const substitution = ['bash', '-c', `"$@" <(cat ${holds})`, 'bash'];
    const piped = ['bash', '-c', `cat ${holds} | "$@" /dev/stdin`, 'bash'];
    const bare = [...args('-').slice(0, -1), '--json'];
    for (const ended of [
      await here([...args('link'), '--json']),
      await here([...args('-'), '--json'], input),
      ...(await Promise.all(
        [shell, substitution, piped].map((before) => kes(bare, { cwd: inFolder(), before })),
      )),
    ]) {
      expect(ended).toMatchObject({ code: 0, stdout: expected, stderr: '' });
    }
  });

  it('and a signing key that comes so is refused', async () => {
    for (const args of [['inspect'], ['opcert', 'inspect'], ['sign', '--skey', 'kes.skey']]) {
      const before = ['bash', '-c', 'cat kes.skey | "$@" /dev/stdin', 'bash'];
      const options = { cwd: inFolder(), before };
      const [piped, given] = await Promise.all([
        kes(args, options),
        here([...args, '-'], readFileSync(inFolder('kes.skey'))),
      ]);
      for (const { code, stdout, stderr } of [piped, given]) {
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toMatch(/looks like the file of a signing key|is of another type/);
      }
    }
  });

  it('a signing key is read through a link, and nothing is written through one', async () => {
    symlinkSync('kes.skey', inFolder('link.skey'));
    symlinkSync('cold.counter', inFolder('link.counter'));
    symlinkSync('seed', inFolder('link.seed'));
    expect(await here(['vkey', 'link.skey'])).toMatchObject({ code: 0, stderr: '' });
    const seeded = ['keygen', '--skey', 'k', '--vkey', 'v', '--seed-file', 'link.seed'];
    expect(await here(seeded)).toMatchObject({ code: 0, stderr: '' });
    const issue = [...ISSUE, '--kes-vkey', 'kes.vkey', '--counter', 'link.counter', '--out', 'new'];
    const evolve = ['evolve', 'link.skey', '--leave-node', '--to'];
    for (const args of [[...evolve, '0'], [...evolve, '1'], issue]) {
      const { code, stderr } = await here(args);
      expect(code).toBe(3);
      expect(stderr).toMatch(/: link\..*: it is a symbolic link, which is not followed here/);
    }
    expect(lstatSync(inFolder('link.skey')).isSymbolicLink()).toBe(true);
    expect(existsSync(inFolder('new'))).toBe(false);
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
