/** `kes evolve`: which keys it evolves, how it writes them, and how it treats locks. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { withLockFile } from '@evolock/cardano-kes';
import { describe, expect, test } from 'vitest';
import { envelopeIn, makeKey, periodOf } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson } from '../support/kes.js';

const PLAIN = 'KesSigningKey_ed25519_kes_2^6';
const EVOLVED = `Evolock${PLAIN}`;

/** Puts a key under another type, as other software may write it. */
function underType(path: string, type: string): string {
  const text = JSON.stringify({ ...envelopeIn(path), type });
  writeFileSync(path, text, { mode: 0o600 });
  return text;
}

test('refuses a key that a node could use, says why, and evolves it on request', async () => {
  const path = inFolder('kes.skey');
  const verificationKey = makeKey(path);
  const before = readFileSync(path);
  const refused = await kes(['evolve', path, '--to', '5']);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toMatch(
    /^kes: error: .*A node evolves its own copy.*kes sign.*--leave-node\n$/,
  );
  expect(readFileSync(path)).toEqual(before);

  const done = await kes(['evolve', path, '--to', '5', '--leave-node']);
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout).toMatch(/for a node +unusable/);
  expect(envelopeIn(path)).toMatchObject({
    type: EVOLVED,
    description: 'KES Signing Key at period 5 (evolock: not for cardano-node)',
  });
  // The evolved key needs no request.
  expect(await kes(['evolve', path, '--to', '6'])).toMatchObject({ code: 0, stderr: '' });
  expect(periodOf(path, verificationKey)).toBe(6);
});

test.each(['--help', 'help'])('says in its help that it is not for a node: %s', async (way) => {
  const args = way === 'help' ? ['help', 'evolve'] : ['evolve', '--help'];
  const { stdout } = await kes(args);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('It is not for the key of a node');
});

test.each([9, 5])(
  'rewrites an evolved key under the type of a key at period 0, also at the same period: to %i',
  async (to) => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path, 5);
    const text = underType(path, PLAIN);
    const commands = [
      ['inspect', path],
      ['vkey', path],
      ['sign', '--skey', path, '-'],
    ];
    for (const command of commands) {
      const { code, json, stderr } = await kesJson(command, { input: 'a message' });
      expect({ command, code }).toEqual({ command, code: 0 });
      expect(json.warnings).toEqual([expect.stringMatching(/is at period 5.*Do not give/)]);
      expect(stderr).toBe(`kes: warning: ${json.warnings[0]}\n`);
    }
    expect(readFileSync(path, 'utf8')).toBe(text);

    const evolve = ['evolve', path, '--to', String(to)];
    const { json } = await kesJson(evolve);
    expect(json).toMatchObject({ from: 5, period: to });
    // The warning is about the old file. The new one needs none.
    expect(json.warnings).toEqual([expect.stringMatching(/was at period 5.*make a new key/)]);
    expect(envelopeIn(path).type).toBe(EVOLVED);
    expect(periodOf(path, verificationKey)).toBe(to);
    expect((await kesJson(['inspect', path])).json).not.toHaveProperty('warnings');
  },
);

test('evolves a key at period 0 under the type of evolved keys without a request', async () => {
  const path = inFolder('kes.skey');
  const verificationKey = makeKey(path);
  underType(path, EVOLVED);
  const { json } = await kesJson(['inspect', path]);
  expect(json).toMatchObject({ type: EVOLVED, period: 0, nodeReading: 'refused' });
  expect(await kes(['evolve', path, '--to', '1'])).toMatchObject({ code: 0, stderr: '' });
  expect(periodOf(path, verificationKey)).toBe(1);
});

test.each([
  ['keygen', ['keygen', '--skey', 'kes.skey', '--vkey', 'out', '--force']],
  ['vkey', ['vkey', 'kes.skey', '--out', 'kes.skey', '--force']],
])('%s --force recognises an evolved key as a signing key', async (command, args) => {
  makeKey(inFolder('kes.skey'), 5);
  const { code } = await kes(args, { cwd: inFolder() });
  expect(code).toBe(command === 'keygen' ? 0 : 2);
  expect(envelopeIn(inFolder('kes.skey')).type).toBe(command === 'keygen' ? PLAIN : EVOLVED);
});

test('evolves no file with two names, by neither of them', async () => {
  const names = [inFolder('kes.skey'), inFolder('twin.skey')] as const;
  makeKey(names[0]);
  linkSync(...names);
  const before = readFileSync(names[0], 'utf8');
  for (const name of names) {
    const { code, stdout, stderr } = await kes(['evolve', name, '--to', '5', '--leave-node']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/more than one name \(hard links\).*\n$/);
  }
  for (const name of names) expect(readFileSync(name, 'utf8')).toBe(before);
  expect(readdirSync(inFolder()).sort()).toEqual(['kes.skey', 'twin.skey']);
});

const lock = (): string => inFolder('.kes.skey.evolock-lock');

describe('a lock of another run', () => {
  /** Writes the lock of this process, with some facts changed. */
  function leave(path: string, facts: object): void {
    const own = withLockFile(path, () => readFileSync(lock(), 'utf8'));
    writeFileSync(lock(), JSON.stringify({ ...(JSON.parse(own) as object), ...facts }));
  }

  test.each([
    // The largest process id is below this one.
    ['of a process that has ended', { pid: 4_194_999 }],
    ['of a process whose id now belongs to a later process', { start: '1' }],
  ])('%s is stale', async (_what, facts) => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    leave(path, facts);
    expect(await kes(['evolve', path, '--to', '5', '--leave-node'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(periodOf(path, verificationKey)).toBe(5);
    expect(existsSync(lock())).toBe(false);
  });

  test.each([
    ['of a running process', {}, `(process ${process.pid})`],
    [
      'of another container',
      { pid: 4_194_999, pidNamespace: 'pid:[1]' },
      'of another container or of another start of this machine',
    ],
    ['of another machine', { pid: 4_194_999, host: 'relay-1' }, 'container relay-1)'],
  ])('%s is kept, and the error says what to do', async (_what, facts, holder) => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    leave(path, facts);
    const { code, stderr } = await kes(['evolve', path, '--to', '5', '--leave-node']);
    expect(code).toBe(3);
    expect(stderr.startsWith(`kes: error: ${lock()}: `)).toBe(true);
    expect(stderr).toContain(holder);
    expect(stderr.includes('remove the lock file')).toBe(holder !== `(process ${process.pid})`);
    expect(periodOf(path, verificationKey)).toBe(0);
  });

  test('is found by another path to the same file', async () => {
    const path = inFolder('kes.skey');
    const verificationKey = makeKey(path);
    leave(path, {});
    mkdirSync(inFolder('other'));
    symlinkSync(inFolder(), inFolder('other', 'way'));
    const around = inFolder('other', 'way', 'kes.skey');
    const { code } = await kes(['evolve', around, '--to', '7', '--leave-node']);
    expect(code).toBe(3);
    expect(periodOf(path, verificationKey)).toBe(0);
  });
});
