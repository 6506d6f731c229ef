/** `kes rotate --cold-skey-here`: the certificate is issued at once, with the cold key on this machine. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { readCertificate, readCounter } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, test } from 'vitest';
import { envelopeText, extendedColdKey, writeExtendedColdKey } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import {
  END,
  HERE,
  issue,
  makePool,
  messageOf,
  NETWORK,
  OLD,
  request,
  rotate,
  run,
} from '../support/rotation.js';

beforeEach(makePool);

const numberOf = (name: string) => readCertificate(inFolder(name)).certificate.sequenceNumber;
const nextNumber = () => readCounter(inFolder('cold.counter')).next;

test('makes key and certificate at once, checks them as a node does, and warns', async () => {
  const { code, json } = await rotate(...HERE);
  expect(code).toBe(0);
  expect(json).toMatchObject({
    signingKeyFile: 'kes-1080.skey',
    requestFile: null,
    certificateFile: 'node-1080.cert',
    startPeriod: '1080',
    certificate: { sequenceNumber: '4', startPeriod: '1080' },
    warnings: [
      expect.stringMatching(/the cold key is on this machine: whoever gets a copy/),
      expect.stringMatching(/accepts number 4 only if .*that is unknown; .*in use has 3/),
    ],
  });
  expect(json.checks).toHaveLength(5);
  expect(json.checks.every(({ valid }: { valid: boolean }) => valid)).toBe(true);
  expect(existsSync(inFolder('kes-1080.request'))).toBe(false);
  expect(numberOf('node.cert')).toBe(3n);
  // Run again, it continues with the existing files.
  const names = readdirSync(inFolder());
  const again = await rotate(...HERE);
  expect(again).toMatchObject({ code: 0, json: { certificate: json.certificate } });
  expect(readdirSync(inFolder())).toEqual(names);
  expect(nextNumber()).toBe(5n);
  expect(await rotate(...END)).toMatchObject({ code: 0, stderr: '' });
});

test('makes no key and takes no number when cold key or counter are wrong', async () => {
  const names = readdirSync(inFolder());
  mkdirSync(inFolder('other'));
  const files = ['skey', 'vkey', 'counter'].flatMap((each) => [`--${each}`, `other/cold.${each}`]);
  await run(['cold', 'keygen', '--offline', ...files]);
  const [, skey, , counter] = HERE as [string, string, string, string];
  const refused = async (says: RegExp, coldSkey: string, coldCounter: string) => {
    const { code, stderr } = await rotate('--cold-skey-here', coldSkey, '--counter', coldCounter);
    expect(code).not.toBe(0);
    expect(messageOf(stderr)).toMatch(says);
    expect(readdirSync(inFolder()).filter((name) => name !== 'other')).toEqual(names);
  };
  await refused(
    /other\/cold\.skey: it is not the cold key of the pool/,
    'other/cold.skey',
    counter,
  );
  await refused(
    /other\/cold\.counter: it is not the counter of the pool/,
    skey,
    'other/cold.counter',
  );
  await refused(/read from a file only/, '-', counter);
  await refused(/--counter -: the counter is changed in its file/, skey, '-');
  await refused(/kes\.skey: it is of another type/, 'kes.skey', counter);
  const extended = envelopeText(
    'StakePoolExtendedSigningKey_ed25519_bip32',
    `5880${'00'.repeat(128)}`,
  );
  writeFileSync(inFolder('other', 'x.skey'), extended, { mode: 0o600 });
  await refused(/x\.skey: /, 'other/x.skey', counter);
  await run(['counter', 'set', 'cold.counter', '--next', '3', '--force']);
  await refused(/cold\.counter: the counter would give number 3 again/, skey, counter);
  const lower = await rotate(...HERE, '--reuse-number', '2');
  expect(messageOf(lower.stderr)).toMatch(/accepts number 2 only if .*in use has 3/);
  expect(existsSync(inFolder('kes-1080.skey'))).toBe(false);
  expect((await rotate('--cold-skey-here', skey)).code).toBe(2);
  expect((await rotate('--counter', counter)).code).toBe(2);
  expect(nextNumber()).toBe(3n);
});

test('leaves a number out only with --force-number, and keeps the file of another certificate', async () => {
  await run(['counter', 'set', 'cold.counter', '--next', '6', '--force']);
  const refused = await rotate(...HERE);
  expect(messageOf(refused.stderr)).toMatch(/accepts number 6 only if .*State what is on chain/);
  expect(existsSync(inFolder('kes-1080.skey'))).toBe(false);
  expect((await rotate('--force-number')).code).toBe(2);
  const { code, json } = await rotate(...HERE, '--force-number');
  expect(code).toBe(0);
  expect(json.warnings[1]).toMatch(/accepts number 6 only if .*in use has 3/);
  rmSync(inFolder('node-1080.cert'));
  await issue(
    ...['--unchecked', '--start-period', '1079', '--kes-vkey', 'kes-1080.vkey'],
    '--out',
    'node-1080.cert',
  );
  const other = readFileSync(inFolder('node-1080.cert'));
  expect(messageOf((await rotate(...HERE)).stderr)).toMatch(/node-1080\.cert: it exists already/);
  expect(readFileSync(inFolder('node-1080.cert'))).toEqual(other);
});

test('uses the number of the certificate in use again, while no block with it is on chain', async () => {
  expect((await rotate('--reuse-number', '3')).code).toBe(2);
  const { code, json } = await rotate(...HERE, '--reuse-number', '3');
  expect(code).toBe(0);
  expect(json.certificate.sequenceNumber).toBe('3');
  expect(nextNumber()).toBe(4n);
  const { json: end } = await rotate(...END, '--on-chain', '2');
  expect(end.finished).toBe(true);
  expect(JSON.stringify(end.checks)).toMatch(/accepts number 3: 2 is the last number on chain/);
});

test('with one number, the pair that starts earlier is not taken for the new one', async () => {
  await rotate(...HERE, '--reuse-number', '3');
  const swapped = [
    '--cert',
    'node-1080.cert',
    '--skey',
    'kes-1080.skey',
    '--finish',
    '--on-chain',
    '3',
  ];
  const old = ['--new-cert', 'node.cert', '--new-skey', 'kes.skey'];
  const { code, json } = await run(['rotate', ...swapped, ...old, ...NETWORK]);
  expect({ code, finished: json.finished, erased: json.erased }).toEqual({
    code: 1,
    finished: false,
    erased: null,
  });
  expect(JSON.stringify(json.checks)).toMatch(/starts earlier, at KES period 1020: name the old/);
  expect(existsSync(inFolder('kes-1080.skey'))).toBe(true);
  expect((await rotate(...END)).json.erased).toBe('kes.skey');
});

describe('a pool with an extended cold key', () => {
  beforeEach(async () => {
    writeExtendedColdKey(inFolder('x.skey'));
    for (const name of ['cold.skey', 'cold.counter', 'node.cert']) rmSync(inFolder(name));
    renameSync(inFolder('x.skey'), inFolder('cold.skey'));
    const counter = ['--cold-vkey', extendedColdKey().verificationKey, '--out', 'cold.counter'];
    expect((await run(['counter', 'new', ...counter])).code).toBe(0);
    const [, cert = ''] = OLD;
    const old = ['--unchecked', '--start-period', '1020', '--kes-vkey', 'kes.vkey', '--out', cert];
    expect((await issue(...old)).code).toBe(0);
  });

  test('rotates with the key here', async () => {
    const { code, json } = await rotate(...HERE);
    expect(code).toBe(0);
    expect(json.certificate).toMatchObject({
      sequenceNumber: '1',
      coldVerificationKey: extendedColdKey().verificationKey,
    });
    expect((await rotate(...END, '--on-chain', '0')).json.finished).toBe(true);
  });

  test('rotates by a request', async () => {
    await rotate();
    expect(await request()).toMatchObject({ code: 0, json: { sequenceNumber: '1' } });
    expect((await rotate(...END, '--on-chain', '0')).json.finished).toBe(true);
  });
});
