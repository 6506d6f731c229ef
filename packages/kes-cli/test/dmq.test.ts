/** Messages that are no messages: `kes dmq verify` and `inspect` say so for any input. */
import { writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { makeCertificate, makeKeyOfDepth7 } from './support/files.js';
import { inFolder } from '@evolock/command-line/testing/folder';
import { kes } from './support/kes.js';

/** KES period 1080 of mainnet. */
const NOW = new Date('2024-11-15T00:00:00Z');
const SIGN = 'dmq sign body --network mainnet --cert node.cert --out message.dmq --skey';
const VERIFY = 'dmq verify --network mainnet';

function run(line: string, input: string | Uint8Array = '') {
  return kes(line.split(' '), { cwd: inFolder(), now: NOW, input });
}

beforeEach(() => writeFileSync(inFolder('body'), 'a signature of Mithril'));

test('no more is read of an endless source than a message can have', async () => {
  const { code, stdout } = await run(`${VERIFY} /dev/zero`);
  expect(code).toBe(4);
  expect(stdout).toContain('at most 2800 bytes');
});

test.each([
  ['nothing', '', /not a message: there is nothing in it/],
  ['text', 'zz', /not a message: /],
  ['an odd number of digits', '855', /not a message: /],
  ['a large file', Buffer.alloc(100_000, 0x85), /not a message: .* at most 2800 bytes/],
  ['digits of a large file', '85'.repeat(2_801), /not a message: .* at most 2800 bytes/],
])('%s is no message', async (_what, content, says) => {
  writeFileSync(inFolder('file'), content);
  const { code, stdout, stderr } = await run(`${VERIFY} file`);
  expect({ code, stderr }).toEqual({ code: 4, stderr: '' });
  expect(stdout).toMatch(says);
  const json = await run(`${VERIFY} file --json`);
  expect(json.stdout).toMatch(/"result":"not-a-message".*"message":null/);
  const inspected = await run('dmq inspect file');
  expect(inspected).toMatchObject({ code: 1, stdout: '' });
  expect(inspected.stderr).toMatch(/^kes: error: file: it is not a message: [^\n]+\n$/);
});

test('kes dmq sign refuses a key of depth 7', async () => {
  makeCertificate(inFolder('node.cert'), makeKeyOfDepth7(inFolder('seven.skey')), 1_077n);
  const { code, stderr } = await run(`${SIGN} seven.skey`);
  expect(code).toBe(1);
  expect(stderr).toMatch(/seven\.skey: .* depth 7, .* depth 6 only/);
});
