/** `kes opcert issue` and `kes status`: new certificates, and how long they are valid. */
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { preview, writeCounter, writeKesVerificationKey } from '@evolock/cardano-kes';
import { errorOf } from '@evolock/test-support';
import { beforeEach, describe, expect, test } from 'vitest';
import { CommandError } from '../../src/cli/errors.js';
import { clockInWords, momentOf } from '../../src/network/clock.js';
import {
  envelopeIn,
  makeColdKey,
  makeKey,
  makeKeyOfDepth7,
  makeOtherKey,
} from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson } from '../support/kes.js';

const START = 500;

/** A cold key whose counter is at 3, and a KES key. */
beforeEach(() => {
  makeColdKey(inFolder());
  writeKesVerificationKey(inFolder('kes.vkey'), makeKey(inFolder('kes.skey')));
});

function issue(out: string, ...more: string[]) {
  return kesJson([
    ...['opcert', 'issue', '--kes-vkey', inFolder('kes.vkey')],
    ...['--cold-skey', inFolder('cold.skey')],
    ...['--counter', inFolder('cold.counter'), '--unchecked', '--start-period', String(START)],
    ...['--out', inFolder(out), ...more],
  ]);
}

async function counter(): Promise<string> {
  return (await kesJson(['inspect', inFolder('cold.counter')])).json.next as string;
}

describe('kes opcert issue', () => {
  test('makes a valid certificate, and uses no number twice', async () => {
    expect(await issue('one.cert')).toMatchObject({
      code: 0,
      json: { sequenceNumber: '3', startPeriod: String(START) },
    });
    expect(await counter()).toBe('4');
    expect(await issue('two.cert')).toMatchObject({ code: 0, json: { sequenceNumber: '4' } });
    for (const name of ['one.cert', 'two.cert']) {
      const keys = ['--cold-vkey', inFolder('cold.vkey'), '--kes-vkey', inFolder('kes.vkey')];
      const { code, json } = await kesJson(['inspect', inFolder(name), ...keys]);
      expect({ code, valid: json.valid }).toEqual({ code: 0, valid: true });
    }
  });

  test.each([
    [
      'its folder does not exist',
      'nowhere/one.cert',
      /nowhere\/one\.cert: its folder .*nowhere does not/,
    ],
    ['the file is a link', 'link', /link: it is a symbolic link/],
    ['the file is a directory', 'inner', /inner: it is not a regular file/],
  ])('takes no number when %s, in any number of runs', async (_what, out, says) => {
    symlinkSync('one.cert', inFolder('link'));
    mkdirSync(inFolder('inner'));
    const before = readdirSync(inFolder());
    for (let run = 0; run < 2; run += 1) {
      const { code, stderr } = await issue(out, '--force');
      expect(code).toBe(3);
      expect(stderr).toMatch(says);
    }
    expect(await counter()).toBe('3');
    expect(readdirSync(inFolder())).toEqual(before);
  });

  test('without --force replaces no certificate and takes no number', async () => {
    expect((await issue('one.cert')).code).toBe(0);
    const before = readFileSync(inFolder('one.cert'));
    const again = await issue('one.cert');
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('--force');
    expect(await counter()).toBe('4');
    expect(readFileSync(inFolder('one.cert'))).toEqual(before);
    expect(await issue('one.cert', '--force')).toMatchObject({
      code: 0,
      json: { sequenceNumber: '4' },
    });
  });

  test('refuses a verification key of depth 7, and takes no number', async () => {
    makeKeyOfDepth7(inFolder('7.skey'));
    await kes(['vkey', inFolder('7.skey'), '--out', inFolder('7.vkey')]);
    expect(envelopeIn(inFolder('7.vkey')).type).toBe('KesVerificationKey_ed25519_kes_2^7');
    const { code, stderr } = await issue('one.cert', '--kes-vkey', inFolder('7.vkey'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/7\.vkey: .*depth 7/);
    expect(await counter()).toBe('3');
    expect(readdirSync(inFolder())).not.toContain('one.cert');
  });

  test('refuses the counter of another key, and takes no number', async () => {
    const coldVerificationKey = new Uint8Array(32).fill(1);
    rmSync(inFolder('cold.counter'));
    writeCounter(inFolder('cold.counter'), { next: 3n, coldVerificationKey });
    expect((await issue('one.cert')).code).toBe(1);
    expect(await counter()).toBe('3');
    expect(readdirSync(inFolder())).not.toContain('one.cert');
  });
});

describe('kes status', () => {
  /** Its output at a slot of a network of 100 slots a period and 62 evolutions. */
  async function at(slot: number, ...more: string[]) {
    const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62'];
    const place = ['--cert', inFolder('one.cert'), '--slot', String(slot)];
    return kesJson(['status', ...place, ...numbers, ...more]);
  }

  beforeEach(async () => {
    await issue('one.cert');
  });

  test.each([
    [49_999, 1, 'not-yet', '-1', 62],
    [50_000, 0, 'valid', '0', 61],
    [50_099, 0, 'valid', '0', 61],
    [56_199, 0, 'valid', '61', 0],
    [56_200, 1, 'expired', '62', 0],
  ])(
    'at slot %i ends with %i: %s, evolution %s',
    async (slot, code, state, evolution, remaining) => {
      expect(await at(slot)).toMatchObject({
        code,
        json: {
          valid: code === 0,
          evolution: {
            state,
            value: evolution,
            limit: { evolutions: 62, setBy: 'network' },
            remainingPeriods: remaining,
          },
          clock: { source: 'slot' },
          kesPeriod: String(Math.floor(slot / 100)),
          expiry: { kesPeriod: '562', slot: '56200' },
        },
      });
    },
  );

  test.each([0, 12])(
    'at evolution %i accepts a key at period 0, and does not advise to evolve it',
    async (evolution) => {
      const place = ['--skey', inFolder('kes.skey')];
      const { code, json, stderr } = await at(50_000 + 100 * evolution, ...place);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const { words } = json.checks.at(-1);
      expect(words).toMatch(/at period 0, and usable: the node evolves its own copy in memory$/);
      expect(JSON.stringify(json)).not.toContain('kes evolve');
    },
  );

  test('says that a node refuses an evolved key, and how to repair that', async () => {
    await kes(['evolve', inFolder('kes.skey'), '--to', '12', '--leave-node']);
    for (const slot of [49_999, 51_200, 56_200]) {
      const { code, json, stderr } = await at(slot, '--skey', inFolder('kes.skey'));
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      const { valid, words } = json.checks.at(-1);
      expect(valid).toBe(false);
      expect(words).toMatch(
        /period 12, but unusable: the node refuses this type.*kes keygen.*kes opcert issue/,
      );
      expect(words.includes('cannot sign at evolutions 0 to 11 any more')).toBe(slot === 49_999);
    }
  });

  test('warns of an evolved key under the type of a key at period 0', async () => {
    await kes(['evolve', inFolder('kes.skey'), '--to', '12', '--leave-node']);
    const evolved = envelopeIn(inFolder('kes.skey'));
    const plain = { ...evolved, type: 'KesSigningKey_ed25519_kes_2^6' };
    writeFileSync(inFolder('kes.skey'), JSON.stringify(plain), { mode: 0o600 });
    const { code, json, stderr } = await at(51_200, '--skey', inFolder('kes.skey'));
    expect(code).toBe(1);
    expect(json.checks.at(-1).words).toMatch(/would read this key as one of period 0.*kes keygen/);
    expect(json.warnings).toHaveLength(1);
    expect(stderr).toBe(`kes: warning: ${json.warnings[0]}\n`);
  });

  test('says that a certificate never starts when its start period has no slots', async () => {
    await issue('never.cert', '--start-period', String(2n ** 64n - 1n));
    const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62'];
    const place = ['status', '--cert', inFolder('never.cert'), '--slot', '5', ...numbers];
    expect((await kesJson(place)).json).toMatchObject({
      valid: false,
      evolution: { remainingPeriods: 0 },
    });
    const { stdout } = await kes(place);
    expect(stdout).toMatch(/never starts/);
    expect(stdout).toMatch(/^ {2}remaining +none$/m);
    // The last periods that have slots.
    const last = (2n ** 64n - 1n) / 100n;
    await issue('late.cert', '--start-period', String(last - 2n));
    const late = ['status', '--cert', inFolder('late.cert'), ...numbers, '--slot'];
    for (const [period, left] of [
      [last - 3n, 3],
      [last - 2n, 2],
      [last, 0],
    ] as const) {
      const { json } = await kesJson([...late, String(period * 100n)]);
      expect(json.evolution.remainingPeriods).toBe(left);
    }
  });

  test('says that no header holds a signature of a key of depth 7', async () => {
    // Other tools write the verification key under the type of depth 6.
    writeKesVerificationKey(inFolder('6.vkey'), makeKeyOfDepth7(inFolder('7.skey')));
    await issue('seven.cert', '--kes-vkey', inFolder('6.vkey'));
    const seen = await at(
      50_000,
      ...['--cert', inFolder('seven.cert'), '--skey', inFolder('7.skey')],
    );
    expect(seen).toMatchObject({ code: 1, json: { valid: false } });
    expect(seen.json.checks.at(-1).words).toMatch(/depth 7.*512 bytes.*depth 6/);
  });

  test('is not valid with a key at a later period, or with another key', async () => {
    await kes(['evolve', inFolder('kes.skey'), '--to', '5', '--leave-node']);
    const late = await at(50_400, '--skey', inFolder('kes.skey'));
    expect(late.code).toBe(1);
    expect(late.json.checks.at(-1).words).toMatch(/cannot sign at evolution 4 any more/);
    makeOtherKey(inFolder('o.skey'));
    const other = await at(50_400, '--skey', inFolder('o.skey'));
    expect(other.code).toBe(1);
    expect(other.json.checks.at(-1).words).toMatch(/not the key/);
  });

  test('uses the clock of the machine or a given moment, and says which', async () => {
    const place = ['status', '--cert', inFolder('one.cert'), '--network', 'mainnet'];
    const now = await kesJson(place);
    expect(now.json.clock.source).toBe('machine');
    const then = await kesJson([...place, '--at', '2022-07-01T00:00:00Z']);
    // Slot 4,492,800 was at 2020-07-29T21:44:51Z, and a slot is a second.
    const slot =
      4_492_800 + (Date.parse('2022-07-01T00:00:00Z') - Date.parse('2020-07-29T21:44:51Z')) / 1_000;
    expect(then.json).toMatchObject({
      clock: { source: 'at', date: '2022-07-01T00:00:00.000Z' },
      slot: String(slot),
      kesPeriod: String(Math.floor(slot / 129_600)),
    });
    const days = (562 * 129_600 - slot) / 86_400;
    expect(then.json.remainingDays).toBeCloseTo(days, 6);
    const { stdout } = await kes([...place, '--at', '2022-07-01']);
    expect(stdout).toContain('the moment given by --at: 2022-07-01T00:00:00Z');
  });

  test('reads a genesis file, whose slots have no dates without --without-byron', async () => {
    const genesis = inFolder('genesis.json');
    const content = {
      networkMagic: 42,
      slotsPerKESPeriod: 100,
      maxKESEvolutions: 62,
      systemStart: '2026-01-01T00:00:00Z',
      slotLength: 1,
    };
    writeFileSync(genesis, JSON.stringify(content));
    const place = ['status', '--cert', inFolder('one.cert'), '--genesis', genesis];
    expect((await kesJson([...place, '--slot', '50000'])).json).toMatchObject({ valid: true });
    const undated = await kes(place);
    expect(undated).toMatchObject({ code: 2, stdout: '' });
    expect(undated.stderr).toContain('--slot');
    const dated = await kesJson([...place, '--without-byron', '--at', '2026-01-01T13:53:20Z']);
    expect(dated.json).toMatchObject({ valid: true, slot: '50000' });
  });

  test.each([
    [[]],
    [['--network', 'mainnet', '--slots-per-kes-period', '1', '--max-kes-evolutions', '2']],
    [['--slots-per-kes-period', '1']],
    [['--network', 'nowhere']],
    [['--network', 'mainnet', '--at', 'tomorrow']],
    [['--network', 'mainnet', '--at', '2026-02-30']],
    [['--network', 'mainnet', '--at', '2010-01-01']],
    [['--network', 'mainnet', '--at', '2026-01-01', '--slot', '3']],
    [['--slots-per-kes-period', '0', '--max-kes-evolutions', '2', '--slot', '1']],
  ])('is a usage error with %j', async (more) => {
    const { code, stderr } = await kes(['status', '--cert', inFolder('one.cert'), ...more]);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('the clock', () => {
  const LONG_AGO = new Date('2001-02-03T04:05:06Z');
  const IN_TIME = new Date('2022-10-25T00:01:00Z');

  test('a moment of --at before the first slot is a usage error', () => {
    const error = errorOf(() => momentOf(preview, { at: LONG_AGO }, IN_TIME));
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({ exitCode: 2 });
    expect((error as Error).message).toMatch(/^--at 2001-02-03T04:05:06Z: .*before the first slot/);
  });

  test('a clock of the machine before the first slot is an error of the machine', () => {
    const error = errorOf(() => momentOf(preview, {}, LONG_AGO));
    expect(error).toMatchObject({ exitCode: 3 });
    expect((error as Error).message).toMatch(
      /^the clock of this machine says 2001-02-03T04:05:06Z: .*before the first slot.*: set it/,
    );
  });

  test('is named in the output', () => {
    const machine = clockInWords(momentOf(preview, {}, IN_TIME));
    expect(machine).toMatch(/^the clock of this machine: 2022/);
    const at = clockInWords(momentOf(preview, { at: IN_TIME }, LONG_AGO));
    expect(at).toMatch(/--at: 2022-10-25T00:01:00Z$/);
    expect(momentOf(preview, { slot: 3n }, LONG_AGO)).toMatchObject({ clock: 'slot', slot: 3n });
  });
});
