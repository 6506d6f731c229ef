import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  absolutePeriod,
  dateOfSlot,
  expiryOf,
  hasDates,
  kesParameters,
  mainnet,
  networkNamed,
  networkNames,
  preview,
  slot,
  slotOfDate,
} from '../../src/index.js';

const anyNetwork = fc.constantFrom(...networkNames).map(networkNamed);

test.each([
  ['mainnet', 0, '2017-09-23T21:44:51Z'],
  ['mainnet', 1, '2017-09-23T21:45:11Z'],
  ['mainnet', 4_492_799, '2020-07-29T21:44:31Z'],
  ['mainnet', 4_492_800, '2020-07-29T21:44:51Z'],
  ['mainnet', 4_492_801, '2020-07-29T21:44:52Z'],
  ['preprod', 0, '2022-06-01T00:00:00Z'],
  ['preprod', 86_400, '2022-06-21T00:00:00Z'],
  ['preview', 0, '2022-10-25T00:00:00Z'],
  ['preview', 86_400, '2022-10-26T00:00:00Z'],
] as const)('%s: slot %i begins at %s', (name, number, date) => {
  const network = networkNamed(name);
  expect(dateOfSlot(network, slot(number))).toEqual(new Date(date));
  expect(slotOfDate(network, new Date(date))).toBe(BigInt(number));
});

test('the slot of a moment begins at or before the moment, and the next slot later', () => {
  const moments = fc.date({
    min: new Date('2022-10-25'),
    max: new Date('2200-01-01'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(anyNetwork, moments, (network, date) => {
      const at = slotOfDate(network, date);
      expect(+dateOfSlot(network, at)).toBeLessThanOrEqual(+date);
      expect(+dateOfSlot(network, slot(at + 1n))).toBeGreaterThan(+date);
    }),
  );
});

test('slots of the Byron era take 20 seconds', () => {
  const byronSlots = fc.bigInt({ min: 0n, max: 4_492_799n }).map(slot);
  fc.assert(
    fc.property(byronSlots, fc.integer({ min: 0, max: 19_999 }), (at, within) => {
      const begins = dateOfSlot(mainnet, at);
      expect(+dateOfSlot(mainnet, slot(at + 1n)) - +begins).toBe(20_000);
      expect(slotOfDate(mainnet, new Date(+begins + within))).toBe(at);
    }),
  );
});

test('the date of an expiry is exact', () => {
  // 1062 periods of 129,600 slots, minus the 4,492,800 slots of Byron: 133,142,400 seconds, or 1541 days.
  const { date } = expiryOf(mainnet, absolutePeriod(1000));
  expect(date).toEqual(new Date('2024-10-17T21:44:51Z'));
});

const anchorless = kesParameters({ slotsPerKesPeriod: 86_400, maxKesEvolutions: 62 });
const unknownBefore = kesParameters({
  slotsPerKesPeriod: 86_400,
  maxKesEvolutions: 62,
  anchor: { slot: slot(1_000), unixMilliseconds: 0, slotMilliseconds: 1_000 },
});

test.each([
  ['no anchor', () => dateOfSlot(anchorless, slot(0)), 'no-anchor'],
  ['no anchor, for a date', () => slotOfDate(anchorless, new Date()), 'no-anchor'],
  ['a slot before the anchor', () => dateOfSlot(unknownBefore, slot(999)), 'byron'],
  ['a date before the anchor', () => slotOfDate(unknownBefore, new Date(-1)), 'byron'],
  ['a date before the network', () => slotOfDate(preview, new Date('2022-10-24')), 'before-start'],
  [
    'a date before Byron',
    () => slotOfDate(mainnet, new Date('2017-09-23T21:44:50Z')),
    'before-start',
  ],
  ['a slot in the distant future', () => dateOfSlot(mainnet, slot(2n ** 64n - 1n)), 'out-of-range'],
])('throws NoDateError: %s', (_name, call, reason) => {
  expect(call).toThrow(expect.objectContaining({ code: 'ERR_EVOLOCK_CARDANO_NO_DATE', reason }));
});

test('a date of another realm is accepted, and an invalid date is refused', () => {
  const foreign = runInNewContext("new Date('2022-10-25T00:01:00Z')") as Date;
  expect(slotOfDate(preview, foreign)).toBe(60n);
  for (const wrong of [new Date(NaN), 0, '2022-10-25', null, {}, Object.create(Date.prototype)])
    expect(() => slotOfDate(preview, wrong as Date)).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE' }),
    );
});

test('an expiry without an anchor has a period and a slot, and no date', () => {
  expect(hasDates(anchorless)).toBe(false);
  expect(expiryOf(anchorless, absolutePeriod(1))).toEqual({
    period: 63n,
    slot: 5_443_200n,
    date: undefined,
  });
});
