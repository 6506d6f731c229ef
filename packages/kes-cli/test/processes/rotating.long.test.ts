/** `kes rotate`, killed or refused by the system at any call: the old pair stays, and the next run continues. */
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { absolutePeriod, dateOfSlot, firstSlotOfPeriod, mainnet } from '@evolock/cardano-headers';
import { readCertificate, readCounter } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeOtherKey, makePool } from '../support/files.js';
import { inFolder } from '@evolock/command-testing/folder';
import { kes, kesJson, type Json } from '../support/kes.js';
import { atEachCall, leftovers, Picture } from '../support/processes/interruptions.js';
import { kesProcess } from '../support/processes/process.js';

const NETWORK = ['--network', 'mainnet'];
const oldPair = () => ['--cert', inFolder('node.cert'), '--skey', inFolder('kes.skey')];
const here = () => [
  ...['--cold-skey-here', inFolder('cold.skey')],
  ...['--counter', inFolder('cold.counter')],
];
const rotate = (...more: readonly string[]) => ['rotate', ...oldPair(), ...NETWORK, ...more];

/** The moment of an interrupted run, by the period in the names of its files: the next run may be in a later period. */
function momentOfFiles(): Date {
  const [, period] =
    readdirSync(inFolder())
      .map((name) => /^kes-(\d+)\.skey$/.exec(name))
      .find((found) => found !== null) ?? [];
  const slot =
    period === undefined ? undefined : firstSlotOfPeriod(mainnet, absolutePeriod(BigInt(period)));
  return slot === undefined ? new Date() : (dateOfSlot(mainnet, slot) ?? new Date());
}

beforeEach(() => makePool(inFolder()));

describe.each([
  ['with a request', () => [], 'request'],
  ['with the cold key here', here, 'cert'],
] as const)('kes rotate %s', (_what, more, made) => {
  test('continues when it is run again, with the same key and at most one number', async () => {
    const before = new Picture();
    const old = readdirSync(inFolder());
    const states = new Set<string>();
    const calls = await atEachCall(
      rotate(...more()),
      () => before.restore(),
      async (what) => {
        before.expectUnchanged(old.filter((name) => name !== 'cold.counter'));
        const key = readdirSync(inFolder()).find((name) => /^kes-\d+\.skey$/.test(name));
        const found = key === undefined ? undefined : readFileSync(inFolder(key));
        const now = momentOfFiles();
        states.add(stateOf(found));
        const { code, json } = await kesJson(rotate(...more()), { now });
        expect(code, what).toBe(0);
        if (found !== undefined) expect(readFileSync(inFolder(key ?? '')), what).toEqual(found);
        expectComplete(json, old, what);
      },
    );
    for (const name of ['linkSync', 'fsyncSync', 'writeSync']) expect(calls).toContain(name);
    expect([...states].sort()).toEqual(
      made === 'request' ? ['key', 'nothing'] : ['key', 'nothing', 'number'],
    );
  });

  function stateOf(key: unknown): string {
    if (readCounter(inFolder('cold.counter')).next === 5n) return 'number';
    return key === undefined ? 'nothing' : 'key';
  }

  function expectComplete(json: Json, old: readonly string[], what: string): void {
    const { startPeriod: period, kesVerificationKey } = json;
    const files = [`kes-${period}.skey`, `kes-${period}.vkey`];
    const last = made === 'request' ? `kes-${period}.request` : `node-${period}.cert`;
    expect(readdirSync(inFolder()).sort(), what).toEqual([...old, ...files, last].sort());
    const { next } = readCounter(inFolder('cold.counter'));
    if (made === 'request') {
      expect(next, what).toBe(4n);
      return;
    }
    const { certificate } = readCertificate(inFolder(last));
    expect([certificate.sequenceNumber, next], what).toEqual([4n, 5n]);
    expect(Buffer.from(certificate.hotVerificationKey).toString('hex')).toBe(kesVerificationKey);
  }
});

test('kes rotate --finish leaves the old key whole or erases it, and the next run ends it', async () => {
  const { json } = await kesJson(rotate(...here()));
  const { signingKeyFile, certificateFile } = json;
  const made = ['--new-cert', certificateFile, '--new-skey', signingKeyFile];
  const finish = rotate('--finish', ...made, '--on-chain', '3');
  const before = new Picture();
  const names = readdirSync(inFolder());
  const others = names.filter((name) => name !== 'kes.skey');
  const seen = new Set<boolean>();
  await atEachCall(
    finish,
    () => before.restore(),
    async (what) => {
      before.expectUnchanged(others);
      const isThere = existsSync(inFolder('kes.skey'));
      if (isThere) before.expectUnchanged(['kes.skey']);
      seen.add(isThere);
      expect((await kes(finish)).code, what).toBe(0);
      expect(readdirSync(inFolder()).sort(), what).toEqual(others);
      expect(leftovers(), what).toEqual([]);
    },
  );
  expect(seen).toEqual(new Set([true, false]));
});

test('kes rotate --finish --link: both names lead to one pair at any moment, and the next run ends it', async () => {
  const { json } = await kesJson(rotate(...here()));
  const { signingKeyFile, certificateFile } = json;
  const made = ['--new-cert', certificateFile, '--new-skey', signingKeyFile];
  const links = ['kes.skey', 'node.cert'].map((name) => inFolder(name));
  const finish = rotate('--finish', ...made, '--on-chain', '3', '--link', links.join(','));
  const before = new Picture();
  const texts = (paths: readonly string[]) => paths.map((path) => readFileSync(path, 'utf8'));
  const [oldKey = '', oldCert = ''] = texts(links);
  const next = texts([signingKeyFile, certificateFile]);
  const seen = new Set<string>();
  const calls = await atEachCall(
    finish,
    () => {
      for (const name of readdirSync(inFolder())) rmSync(inFolder(name), { recursive: true });
      before.restore();
    },
    async (what) => {
      const pair = texts(links);
      expect([[oldKey, oldCert], next], what).toContainEqual(pair);
      seen.add(pair[0] === oldKey ? 'old' : 'new');
      expect((await kes(finish)).code, what).toBe(0);
      expect(texts(links), what).toEqual(next);
      // Only the links are left, and the certificate has another name.
      const files = readdirSync(inFolder(), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => readFileSync(inFolder(name), 'utf8'));
      expect(files.includes(oldKey), what).toBe(false);
      expect(files.includes(oldCert), what).toBe(true);
      const current = basename(readlinkSync(inFolder('.node.cert.pair')));
      // A lock whose removal the system refused is that of a process that has ended.
      const left = leftovers().filter((name) => !name.endsWith('.evolock-lock'));
      expect(left.sort(), what).toEqual(['.node.cert.pair', current]);
    },
  );
  expect(seen).toEqual(new Set(['old', 'new']));
  for (const name of ['linkSync', 'mkdirSync', 'renameSync']) expect(calls).toContain(name);
});

const otherKey = new URL('../support/processes/other-key.mjs', import.meta.url).href;

test('kes rotate --finish erases no key that got the name of the old one meanwhile', async () => {
  const { json } = await kesJson(rotate(...here()));
  const { signingKeyFile, certificateFile } = json;
  const [skey, other] = [inFolder('kes.skey'), inFolder('other.skey')];
  makeOtherKey(other);
  const text = readFileSync(other, 'utf8');
  const made = ['--new-cert', certificateFile, '--new-skey', signingKeyFile];
  // The old key was compared when the new one is opened.
  const ended = await kesProcess(rotate('--finish', ...made, '--on-chain', '3'), {
    node: ['--import', otherKey],
    environment: { KES_TEST_AT: signingKeyFile, KES_TEST_KEY: skey, KES_TEST_OTHER: other },
  });
  const stderr = `kes: error: ${skey}: it is not the key of ${inFolder('node.cert')}\n`;
  expect(ended).toMatchObject({ code: 1, stdout: '', stderr });
  expect(readFileSync(skey, 'utf8')).toBe(text);
  expect(leftovers()).toEqual([]);
});
