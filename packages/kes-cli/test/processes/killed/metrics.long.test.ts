/** `kes status --prometheus`, killed at a call that changes files, leaves the old or the new metrics, never a part. */
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeCertificate } from '../../support/files.js';
import { inFolder } from '../../support/folder.js';
import { kes } from '../../support/kes.js';
import { startRun } from '../../support/processes/stopped-run.js';

const OLD = '# HELP kes_certificate_valid Of the run before.\n';

test.each([
  // The call, and the metrics afterwards.
  ['linkSync', 'SIGKILL', 'old'],
  ['writeSync', 'half', 'old'],
  ['fsyncSync', 'SIGKILL', 'old'],
  ['renameSync', 'SIGKILL', 'old'],
  ['exit', 'SIGKILL', 'new'],
] as const)(
  'killed at %s (%s), the metrics are the %s ones, and the next run succeeds',
  async (call, interruption, left) => {
    const [cert, path] = [inFolder('node.cert'), inFolder('kes.prom')];
    makeCertificate(cert, new Uint8Array(32), 1080n);
    writeFileSync(path, OLD);
    const status = ['status', cert, '--network', 'mainnet', '--at', '2024-11-15', '--prometheus'];
    const child = startRun([...status, path], call, interruption);
    for (const stream of child.stdio) stream?.on('data', () => undefined);
    const [, signal] = (await once(child, 'close')) as [unknown, NodeJS.Signals | null];
    expect(signal).toBe('SIGKILL');

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
