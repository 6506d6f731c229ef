/** A command that is killed at a call to the file system leaves each file old or new, and the next run succeeds. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readCounter } from '@evolock/cardano-kes';
import { expect, test } from 'vitest';
import { makeCertificate, makeKey, periodOf } from '../support/files.js';
import { inFolder } from '@evolock/command-line/testing/folder';
import { kes, kesJson } from '../support/kes.js';
import { atEachCall, endOf } from '../support/processes/interruptions.js';

function emptyFolder(): void {
  for (const name of readdirSync(inFolder())) rmSync(inFolder(name));
}

test.each([
  // The call, and the key file afterwards.
  ['fsyncSync', 'none'],
  ['linkSync:.evolock-new', 'none'],
  ['unlinkSync:.evolock-new', 'whole'],
] as const)(
  'kes keygen: killed before %s, the key file is %s, and the next run leaves only a whole one',
  async (call, found) => {
    const path = inFolder('kes.skey');
    const make = ['keygen', '--skey', path, '--vkey', inFolder('kes.vkey')];
    expect(await endOf(make, call, 'SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    // The temporary file remains in any case.
    expect(readdirSync(inFolder()).filter((name) => name.endsWith('.evolock-new'))).toHaveLength(1);
    expect(existsSync(path) ? 'whole' : 'none').toBe(found);

    if (found === 'none') expect(await kes(make)).toMatchObject({ code: 0, stderr: '' });
    expect(await kes(['evolve', path, '--to', '5', '--leave-node'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    const { stdout } = await kes(['vkey', path]);
    expect(periodOf(path, Buffer.from(stdout.trim(), 'hex'))).toBe(5);
    expect(readdirSync(inFolder()).filter((name) => name.includes('kes.skey'))).toEqual([
      'kes.skey',
    ]);
  },
);

test('kes cold keygen: the key is whole or absent, the other files can be made of it, and no second name is left', async () => {
  const [skey, vkey, counter] = ['skey', 'vkey', 'counter'].map((each) => inFolder(`cold.${each}`));
  if (skey === undefined || vkey === undefined || counter === undefined)
    return expect.unreachable();
  const make = ['cold', 'keygen', '--skey', skey, '--vkey', vkey, '--counter', counter];
  const seen = new Set<boolean>();
  await atEachCall([...make, '--offline'], emptyFolder, async (what) => {
    const isThere = existsSync(skey);
    seen.add(isThere);
    if (isThere) expect(statSync(skey).mode & 0o777, what).toBe(0o400);
    const again = await kesJson([...make, '--offline']);
    expect(again.code, what).toBe(isThere ? 2 : 0);
    if (isThere) {
      const { json } = await kesJson(['vkey', skey]);
      const key = json.coldVerificationKey as string;
      if (!existsSync(vkey)) expect((await kes(['vkey', skey, '--out', vkey])).code).toBe(0);
      const missing = ['counter', 'new', '--cold-vkey', key, '--out', counter];
      if (!existsSync(counter)) expect((await kes(missing)).code).toBe(0);
    }
    expect(statSync(skey).nlink, what).toBe(1);
    expect(readCounter(counter).next, what).toBe(0n);
    const keys = readdirSync(inFolder()).filter((name) => name.includes('skey'));
    expect(keys, what).toEqual(['cold.skey']);
  });
  expect(seen).toEqual(new Set([true, false]));
});

const OLD = '# HELP kes_certificate_valid Of the run before.\n';

test.each([
  // The call, and the metrics afterwards.
  ['linkSync', 'SIGKILL', 'old'],
  ['writeSync', 'half', 'old'],
  ['fsyncSync', 'SIGKILL', 'old'],
  ['renameSync', 'SIGKILL', 'old'],
  ['exit', 'SIGKILL', 'new'],
] as const)(
  'kes status: killed at %s (%s), the metrics are the %s ones, and the next run succeeds',
  async (call, interruption, left) => {
    const [cert, path] = [inFolder('node.cert'), inFolder('kes.prom')];
    makeCertificate(cert, new Uint8Array(32), 1080n);
    writeFileSync(path, OLD);
    const status = ['status', cert, '--network', 'mainnet', '--at', '2024-11-15', '--prometheus'];
    expect(await endOf([...status, path], call, interruption)).toMatchObject({ signal: 'SIGKILL' });

    const { stdout: whole } = await kes([...status, '-']);
    expect(readFileSync(path, 'utf8')).toBe(left === 'old' ? OLD : whole);
    // The collector reads no file that a killed run leaves.
    const read = readdirSync(inFolder()).filter((name) => name.endsWith('.prom'));
    expect(read).toEqual(['kes.prom']);

    expect(await kes([...status, path])).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(path, 'utf8')).toBe(whole);
    expect(readdirSync(inFolder()).sort()).toEqual(['kes.prom', 'node.cert']);
  },
);

test('kes evolve: the next run removes the files that killed runs left', async () => {
  const path = inFolder('kes.skey');
  const verificationKey = makeKey(path);
  const evolve = ['evolve', path, '--to', '5', '--leave-node'];
  // A lock and half a temporary file; then a lock and a whole one.
  for (const call of ['fsyncSync', 'renameSync']) {
    const before = readdirSync(inFolder()).length;
    expect(await endOf(evolve, call, 'SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(inFolder()).length).toBeGreaterThanOrEqual(Math.max(before, 3));
  }
  expect(await endOf(evolve, 0, 'SIGKILL')).toMatchObject({ code: 0, stderr: '' });
  expect(periodOf(path, verificationKey)).toBe(5);
  expect(readdirSync(inFolder())).toEqual(['kes.skey']);
});
