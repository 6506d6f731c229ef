/** `kes erase`: it erases the file of a KES signing key that is over, and nothing else. */
import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { envelopeIn, makeKeyOfDepth7, makeOtherKey } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { makePool, messageOf, NETWORK, run } from '../support/rotation.js';

/** The certificate of the pool ends before. */
const LATER = new Date('2026-11-15T00:00:00Z');

beforeEach(makePool);

const erase = (...more: readonly string[]) => run(['erase', 'kes.skey', ...more]);
const byCertificate = ['--cert', 'node.cert', ...NETWORK];

async function refused(says: RegExp, ...more: readonly string[]): Promise<void> {
  const before = readdirSync(inFolder());
  const key = readFileSync(inFolder('kes.skey'));
  const { code, stderr } = await erase(...more);
  expect(code).not.toBe(0);
  expect(messageOf(stderr)).toMatch(says);
  expect(readdirSync(inFolder())).toEqual(before);
  expect(readFileSync(inFolder('kes.skey'))).toEqual(key);
}

test('erases the key of a certificate that has ended, and overwrites its bytes', async () => {
  const fd = openSync(inFolder('kes.skey'), 'r');
  onTestFinished(() => closeSync(fd));
  const ended = await run(['erase', 'kes.skey', ...byCertificate], LATER);
  expect(ended).toMatchObject({ code: 0, stderr: '', json: { erased: 'kes.skey' } });
  expect(readFileSync(fd).every((byte) => byte === 0)).toBe(true);
  expect(existsSync(inFolder('kes.skey'))).toBe(false);
  expect(readdirSync(inFolder()).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a key whose certificate is still valid needs --force, however the key is named', async () => {
  await refused(/node\.cert: valid at this KES period.*--force/, ...byCertificate);
  const { stderr } = await erase('--vkey', 'kes.vkey');
  const [, advised = ''] =
    /node\.cert: it is a certificate of this key.*run: kes erase kes\.skey (.*)$/.exec(
      messageOf(stderr),
    ) ?? [];
  await refused(/valid at this KES period/, ...advised.replace('<name>', 'mainnet').split(' '));
  expect((await erase(...byCertificate, '--force')).code).toBe(0);
});

test('a key without a certificate is named by its verification key', async () => {
  rmSync(inFolder('node.cert'));
  await refused(/name the key a second time/);
  await refused(/give --vkey or --cert, not both/, '--vkey', 'kes.vkey', '--cert', 'node.cert');
  await refused(/need --cert/, '--vkey', 'kes.vkey', ...NETWORK);
  await refused(/it is not the key of --vkey/, '--vkey', '00'.repeat(32));
  const { code, json } = await erase('--vkey', 'kes.vkey');
  expect({ code, erased: json.erased }).toEqual({ code: 0, erased: 'kes.skey' });
});

describe('anything else stays', () => {
  test.each(['cold.skey', 'cold.vkey', 'cold.counter', 'kes.vkey', 'node.cert'])(
    '%s',
    async (name) => {
      const before = readFileSync(inFolder(name));
      const { code, stderr } = await run(['erase', name, '--vkey', 'kes.vkey', '--force']);
      expect(code).toBe(1);
      expect(messageOf(stderr)).toMatch(/only KES signing keys are erased here/);
      expect(readFileSync(inFolder(name))).toEqual(before);
    },
  );

  test('a link, a file of two names, another key, a file of another size', async () => {
    rmSync(inFolder('node.cert'));
    renameSync(inFolder('kes.skey'), inFolder('real.skey'));
    symlinkSync('real.skey', inFolder('kes.skey'));
    await refused(/symbolic link/, '--vkey', 'kes.vkey');
    rmSync(inFolder('kes.skey'));
    linkSync(inFolder('real.skey'), inFolder('kes.skey'));
    await refused(/names|hard link/, '--vkey', 'kes.vkey');
    rmSync(inFolder('kes.skey'));
    makeOtherKey(inFolder('kes.skey'));
    await refused(/kes\.skey: it is not the key of kes\.vkey/, '--vkey', 'kes.vkey', '--force');
    const { type } = envelopeIn(inFolder('kes.skey'));
    const short = JSON.stringify({ type, description: '', cborHex: '5820'.padEnd(68, '0') });
    writeFileSync(inFolder('kes.skey'), short, { mode: 0o600 });
    await refused(/not have the size of a KES signing key/, '--vkey', 'kes.vkey', '--force');
    expect(existsSync(inFolder('real.skey'))).toBe(true);
  });
});

test('a damaged key is erased by its type and size with --force, and a key of depth 7 like any other', async () => {
  rmSync(inFolder('node.cert'));
  const envelope = envelopeIn(inFolder('kes.skey'));
  const damaged = { ...envelope, cborHex: envelope.cborHex.replace(/....$/, '0000') };
  writeFileSync(inFolder('kes.skey'), JSON.stringify(damaged), { mode: 0o600 });
  await refused(/damaged.*add --force/, '--vkey', 'kes.vkey');
  expect((await erase('--vkey', 'kes.vkey', '--force')).code).toBe(0);
  const key = Buffer.from(makeKeyOfDepth7(inFolder('kes.skey'))).toString('hex');
  expect((await erase('--vkey', key)).code).toBe(0);
  expect(existsSync(inFolder('kes.skey'))).toBe(false);
});
