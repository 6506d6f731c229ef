/** `kes period`: the KES period of a network, without a certificate. */
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { durationInWords, localTimeInWords } from '../../src/network/clock.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson } from '../support/kes.js';

const zone = process.env['TZ'];

beforeEach(() => {
  process.env['TZ'] = 'Asia/Kolkata';
});

afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

describe('kes period', () => {
  test('shows slot, period, beginning and end of a network, by the clock', async () => {
    const now = new Date('2024-11-15T00:00:00Z');
    const { code, stdout, stderr } = await kes(['period', '--network', 'mainnet'], { now });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`KES period 1080
  clock       the clock of this machine: 2024-11-15T00:00:00Z
  network     mainnet: 129600 slots a KES period, 62 evolutions
  slot        140062509
  began       slot 139968000, 2024-11-13T21:44:51Z
  ends        slot 140097600, 2024-11-15T09:44:51Z, in 9.7 hours
  local time  2024-11-14T03:14:51+05:30 to 2024-11-15T15:14:51+05:30
`);
  });

  test.each([
    [139_967_999, '1079', '1'],
    [139_968_000, '1080', '129600'],
    [140_097_599, '1080', '1'],
    [0, '0', '129600'],
  ])('at slot %i is %s', async (slot, kesPeriod, remainingSlots) => {
    const { json } = await kesJson(['period', '--network', 'mainnet', '--slot', String(slot)]);
    expect(json).toMatchObject({ kesPeriod, remainingSlots, slot: String(slot) });
    expect(json.remainingSeconds).toBe(slot === 0 ? 129_600 * 20 : Number(remainingSlots));
  });

  test('works for a network of which only the numbers are known, and at the last slot', async () => {
    const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62'];
    const { stdout } = await kes(['period', ...numbers, '--slot', '250']);
    expect(stdout).toContain('KES period 2\n');
    expect(stdout).toContain('began    slot 200\n');
    expect(stdout).toContain('ends     slot 300, in 50 slots\n');
    expect(stdout).not.toContain('local');
    const last = String(2n ** 64n - 1n);
    const { json } = await kesJson(['period', ...numbers, '--slot', last]);
    expect(json).toMatchObject({ end: null, remainingSlots: null, remainingSeconds: null });
    const narrow = ['--slots-per-kes-period', '1', '--max-kes-evolutions', '62', '--slot', last];
    expect((await kesJson(['period', ...narrow])).json).toMatchObject({
      kesPeriod: last,
      end: null,
    });
  });

  test('works with a genesis, and without its dates needs the slot', async () => {
    const genesis = {
      networkMagic: 42,
      systemStart: '2026-01-01T00:00:00Z',
      slotLength: 0.5,
      slotsPerKESPeriod: 86_400,
      maxKESEvolutions: 60,
    };
    writeFileSync(inFolder('genesis.json'), JSON.stringify(genesis));
    const place = ['period', '--genesis', inFolder('genesis.json')];
    const now = new Date('2026-01-02T00:00:00Z');
    const dated = await kesJson([...place, '--without-byron'], { now });
    expect(dated.json).toMatchObject({
      kesPeriod: '2',
      slot: '172800',
      end: { slot: '259200', date: '2026-01-02T12:00:00.000Z' },
    });
    const { code, stderr } = await kes(place, { now });
    expect(code).toBe(2);
    expect(stderr).toMatch(/no dates: give the slot, by --slot \(or add --without-byron/);
    expect((await kes(['period'])).stderr).toMatch(/name the network: /);
  });
});

test.each([
  [1_000, '1 second'],
  [119_000, '119 seconds'],
  [120_000, '2.0 minutes'],
  [7_200_000, '2.0 hours'],
  [172_800_000, '2.0 days'],
])('%i milliseconds are %s', (milliseconds, words) => {
  expect(durationInWords(milliseconds)).toBe(words);
});

test('a date at the end of the range may have no local time', () => {
  expect(localTimeInWords(new Date(8.64e15))).toBe('no local time');
  process.env['TZ'] = 'America/St_Johns';
  expect(localTimeInWords(new Date('2026-01-01T00:00:00Z'))).toBe('2025-12-31T20:30:00-03:30');
});
