/** `kes opcert issue`, killed or failing, loses no number: the next run finds it. The library is killed before any call. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { readCertificate, readCounter } from '@evolock/cardano-kes';
import { beforeEach, expect, test } from 'vitest';
import { makeColdKey, makeKey } from '../support/files.js';
import { inFolder } from '@evolock/command-line/testing/folder';
import { kes } from '../support/kes.js';
import { kesProcess, program } from '../support/processes/process.js';
import { startRun } from '../support/processes/interruptions.js';

const FIRST = 3n;

beforeEach(async () => {
  makeKey(inFolder('kes.skey'));
  await kes(['vkey', inFolder('kes.skey'), '--out', inFolder('kes.vkey')]);
});

function issueArgs(): string[] {
  return [
    ...['opcert', 'issue', '--kes-vkey', inFolder('kes.vkey')],
    ...['--cold-skey', inFolder('cold.skey')],
    ...['--counter', inFolder('cold.counter'), '--unchecked', '--start-period', '500'],
    ...['--out', inFolder('node.cert')],
  ];
}

/** Writes a new cold key and counter, and removes everything else but the KES key. */
function startAgain(): void {
  for (const name of readdirSync(inFolder())) if (!name.startsWith('kes.')) rmSync(inFolder(name));
  makeColdKey(inFolder());
}

function numberOfCertificate(): bigint | undefined {
  const path = inFolder('node.cert');
  return existsSync(path) ? readCertificate(path).certificate.sequenceNumber : undefined;
}

test('the next run reports a number that a killed run reserved, and --reuse-number uses it', async () => {
  startAgain();
  // Only a complete certificate is truncated to its length.
  const child = startRun(issueArgs(), 'ftruncateSync', 'SIGKILL');
  for (const stream of child.stdio) stream?.on('data', () => undefined);
  expect((await once(child, 'close'))[1]).toBe('SIGKILL');
  expect(numberOfCertificate()).toBeUndefined();
  expect(readCounter(inFolder('cold.counter')).next).toBe(FIRST + 1n);

  // Another certificate does not get a number either.
  const elsewhere = issueArgs().map((each) => each.replace('node.cert', 'other.cert'));
  const { code, stdout, stderr } = await kes(elsewhere);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(
    /cold\.counter: number 3 was reserved on 20.*Z for .*node\.cert, where no/,
  );
  expect(stderr).toContain(`this number: kes ${elsewhere.join(' ')} --reuse-number 3\n`);
  const dry = await kes([...elsewhere, '--dry-run']);
  expect(dry.code).toBe(1);
  // Lines of text end at 80 columns.
  expect(dry.stdout.replace(/\s+/g, ' ')).toMatch(/✗ .*3 was reserved on .* --reuse-number 3 ✓/);
  // The printed command.
  const [, printed = ''] = /Issue with this number: kes (.*)\n$/.exec(stderr) ?? [];
  const again = await kes(printed.split(' '));
  expect(again).toMatchObject({ code: 0, stderr: '' });
  expect(again.stdout).toMatch(/sequence number +3\n/);
  expect(readCounter(inFolder('cold.counter')).next).toBe(FIRST + 1n);
  // The next run for the first file removes what the killed run left beside it.
  expect((await kes(issueArgs())).stdout).toMatch(/sequence number +4\n/);
  expect(readdirSync(inFolder()).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('of two runs at once, the number that each has judged is the one that it takes', async () => {
  startAgain();
  const other = issueArgs().map((each) => each.replace('node.cert', 'other.cert'));
  let second = '';
  const first = await kes([...issueArgs(), '--on-chain', '2'], {
    onOutput: (part) => {
      // The number was judged, and is not taken.
      if (!part.startsWith('Issuing')) return;
      second = spawnSync(process.execPath, [program, ...other]).stderr.toString();
    },
  });
  expect(first.code).toBe(0);
  expect(numberOfCertificate()).toBe(FIRST);
  expect(second).toMatch(/cold\.counter\.evolock-lock: .*\(process \d+\)/);
  expect(existsSync(inFolder('other.cert'))).toBe(false);
});

test('when the certificate cannot get its name, the message names the number and the next step', async () => {
  startAgain();
  const linkFails = new URL('../support/processes/no-certificate.mjs', import.meta.url).href;
  const { code, stderr } = await kesProcess(issueArgs(), {
    node: ['--import', linkFails],
  });
  expect(code).toBe(3);
  expect(stderr).toMatch(
    /^kes: error: .*node\.cert.*number 3 is used up.*number: kes opcert issue .*--reuse-number 3\n$/,
  );
  expect(readCounter(inFolder('cold.counter')).next).toBe(FIRST + 1n);
  const again = await kes([...issueArgs(), '--reuse-number', '3']);
  expect(again).toMatchObject({ code: 0, stderr: '' });
  expect(numberOfCertificate()).toBe(FIRST);
  expect(readCounter(inFolder('cold.counter')).next).toBe(FIRST + 1n);
  const names = readdirSync(inFolder()).filter((name) => name.includes('node.cert'));
  expect(names).toEqual(['node.cert']);
});
