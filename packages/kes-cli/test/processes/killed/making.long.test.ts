/** `kes keygen`, killed at any call that names the file, leaves a whole key or none. */
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { periodOf, testSeed } from '../../support/files.js';
import { inFolder } from '../../support/folder.js';
import { kes } from '../../support/kes.js';
import { startRun } from '../../support/processes/stopped-run.js';

test.each([
  // The call, and the key file afterwards.
  ['fsyncSync', 'none'],
  ['linkSync:.evolock-new', 'none'],
  ['unlinkSync:.evolock-new', 'whole'],
] as const)(
  'killed before %s, the key file is %s, and the next run leaves only a whole one',
  async (call, found) => {
    const [path, vkey, seed] = [inFolder('kes.skey'), inFolder('kes.vkey'), inFolder('seed')];
    writeFileSync(seed, testSeed(), { mode: 0o600 });
    const make = ['keygen', '--skey', path, '--vkey', vkey, '--seed-file', seed];
    const child = startRun(make, call, 'SIGKILL');
    for (const stream of child.stdio) stream?.on('data', () => undefined);
    const [, signal] = (await once(child, 'close')) as [unknown, NodeJS.Signals | null];
    expect(signal).toBe('SIGKILL');
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
