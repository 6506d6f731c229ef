/** Issuing certificates, and telling how long they are good. */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeColdSigningKey, writeColdVerificationKey, writeCounter } from '@evolock/cardano-kes';
import { ed25519 } from '@evolock/kes-sum';
import { beforeEach, describe, expect, it } from 'vitest';
import { inFolder } from './support/folder.js';
import { kes, kesJson } from './support/kes.js';
import { seedOf } from './support/own-header.js';
import { makeKey } from './support/test-key.js';

const START = 500;

/** A cold key with its counter at 3, and a KES key. */
beforeEach(async () => {
  const seed = seedOf(5);
  const cold = ed25519.generateKey(seed);
  const coldVerificationKey = cold.deriveVerificationKey();
  writeColdSigningKey(inFolder('cold.skey'), cold);
  writeColdVerificationKey(inFolder('cold.vkey'), coldVerificationKey);
  writeCounter(inFolder('cold.counter'), { next: 3n, coldVerificationKey });
  cold.release();
  seed.release();
  makeKey(inFolder('kes.skey'));
  await kes(['vkey', inFolder('kes.skey'), '--out', inFolder('kes.vkey')]);
});

function issue(out: string, ...more: string[]) {
  return kesJson([
    ...[
      'opcert',
      'issue',
      '--kes-vkey',
      inFolder('kes.vkey'),
      '--cold-skey',
      inFolder('cold.skey'),
    ],
    ...['--counter', inFolder('cold.counter'), '--start-period', String(START)],
    ...['--out', inFolder(out), ...more],
  ]);
}

async function counter(): Promise<string> {
  return (await kesJson(['inspect', inFolder('cold.counter')])).json.next as string;
}

describe('kes opcert issue', () => {
  it('makes a certificate that verifies, and never uses a number twice', async () => {
    expect(await issue('one.cert')).toMatchObject({
      code: 0,
      json: { sequenceNumber: '3', startPeriod: String(START) },
    });
    expect(await counter()).toBe('4');
    expect(await issue('two.cert')).toMatchObject({ code: 0, json: { sequenceNumber: '4' } });
    for (const name of ['one.cert', 'two.cert']) {
      const keys = ['--cold-vkey', inFolder('cold.vkey'), '--kes-vkey', inFolder('kes.vkey')];
      const { code, json } = await kesJson(['opcert', 'verify', inFolder(name), ...keys]);
      expect({ code, valid: json.valid }).toEqual({ code: 0, valid: true });
    }
  });

  it('takes no number where the certificate could not be written, and replaces one only with --force', async () => {
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

  it('refuses the counter of another key, and takes no number', async () => {
    const coldVerificationKey = new Uint8Array(32).fill(1);
    rmSync(inFolder('cold.counter'));
    writeCounter(inFolder('cold.counter'), { next: 3n, coldVerificationKey });
    expect((await issue('one.cert')).code).toBe(1);
    expect(await counter()).toBe('3');
    expect(readdirSync(inFolder())).not.toContain('one.cert');
  });
});

describe('kes status', () => {
  /** What it says at a slot of a network of 100 slots a period and 62 evolutions. */
  async function at(slot: number, ...more: string[]) {
    const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62'];
    const place = ['--cert', inFolder('one.cert'), '--slot', String(slot)];
    return kesJson(['status', ...place, ...numbers, ...more]);
  }

  beforeEach(async () => {
    await issue('one.cert');
  });

  it.each([
    [49_999, 1, 'not-yet', '-1', null],
    [50_000, 0, 'valid', '0', 61],
    [50_099, 0, 'valid', '0', 61],
    [56_199, 0, 'valid', '61', 0],
    [56_200, 1, 'expired', '62', null],
  ])(
    'at slot %i ends with %i: %s, evolution %s',
    async (slot, code, state, evolution, remaining) => {
      expect(await at(slot)).toMatchObject({
        code,
        json: {
          valid: code === 0,
          state,
          evolution,
          remainingPeriods: remaining,
          clock: { source: 'slot' },
          kesPeriod: String(Math.floor(slot / 100)),
          expiry: { kesPeriod: '562', slot: '56200' },
        },
      });
    },
  );

  it.each([
    [0, 0, /stands at period 0$/],
    [12, 0, /12 behind: kes evolve .* --to 12$/],
  ])('at evolution %i tells where the signing key stands', async (evolution, code, words) => {
    const seen = await at(50_000 + 100 * evolution, '--skey', inFolder('kes.skey'));
    expect(seen.code).toBe(code);
    expect(seen.json.checks.at(-1).words).toMatch(words);
  });

  it('is not valid with a key that is too far, or with another key', async () => {
    await kes(['evolve', inFolder('kes.skey'), '--to', '5']);
    const late = await at(50_400, '--skey', inFolder('kes.skey'));
    expect(late.code).toBe(1);
    expect(late.json.checks.at(-1).words).toMatch(/too late/);
    await kes(['keygen', '--skey', inFolder('o.skey'), '--vkey', inFolder('o.vkey')]);
    const other = await at(50_400, '--skey', inFolder('o.skey'));
    expect(other.code).toBe(1);
    expect(other.json.checks.at(-1).words).toMatch(/not the key/);
  });

  it('counts from the clock of the machine or from a moment, and says which', async () => {
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

  it('reads a genesis file, which alone has no dates', async () => {
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

  it.each([
    [[]],
    [['--network', 'mainnet', '--slots-per-kes-period', '1', '--max-kes-evolutions', '2']],
    [['--slots-per-kes-period', '1']],
    [['--network', 'nowhere']],
    [['--network', 'mainnet', '--at', 'tomorrow']],
    [['--network', 'mainnet', '--at', '2026-02-30']],
    [['--network', 'mainnet', '--at', '2026-01-01', '--slot', '3']],
    [['--slots-per-kes-period', '0', '--max-kes-evolutions', '2', '--slot', '1']],
  ])('is a usage error with %j', async (more) => {
    const { code, stderr } = await kes(['status', '--cert', inFolder('one.cert'), ...more]);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
