import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import {
  absolutePeriod,
  dateOfSlot,
  evolutionLimit,
  evolutionOf,
  expiryOf,
  firstSlotOfPeriod,
  hasDates,
  kesParameters,
  mainnet,
  networkNamed,
  networkNames,
  periodOfDate,
  periodOfSlot,
  preprod,
  preview,
  slot,
  slotOfDate,
  type AbsolutePeriod,
  type Evolution,
  type Slot,
} from '../../src/index.js';
import { expect, expectTypeOf, test } from 'vitest';

const LAST_SLOT = 2n ** 64n - 1n;
const anySlot = fc.bigInt({ min: 0n, max: LAST_SLOT }).map(slot);
const anyPeriod = fc.bigInt({ min: 0n, max: LAST_SLOT }).map(absolutePeriod);
const anyParameters = fc
  .record({
    slotsPerKesPeriod: fc.bigInt({ min: 1n, max: LAST_SLOT }),
    maxKesEvolutions: fc.integer({ min: 1, max: 500 }),
  })
  .map((init) => kesParameters(init));

test('a slot lies between the first slot of its period and the first slot of the next period', () => {
  fc.assert(
    fc.property(anyParameters, anySlot, (parameters, at) => {
      const period = periodOfSlot(parameters, at);
      expect(firstSlotOfPeriod(parameters, period)! <= at).toBe(true);
      if (period === LAST_SLOT) return;
      const next = firstSlotOfPeriod(parameters, absolutePeriod(period + 1n));
      expect(next === undefined || next > at).toBe(true);
    }),
  );
});

test('the first slot of a period lies in that period, and the slot before it does not', () => {
  fc.assert(
    fc.property(anyParameters, anyPeriod, (parameters, period) => {
      const first = firstSlotOfPeriod(parameters, period);
      if (first === undefined) return;
      expect(periodOfSlot(parameters, first)).toBe(period);
      if (first > 0n) expect(periodOfSlot(parameters, slot(first - 1n))).toBe(period - 1n);
    }),
  );
});

test('a period is valid exactly from the start to the limits of network and algorithm', () => {
  fc.assert(
    fc.property(
      anyParameters,
      anyPeriod,
      fc.integer({ min: -70, max: 570 }),
      (parameters, start, distance) => {
        const at = start + BigInt(distance);
        if (at < 0n || at > LAST_SLOT) return;
        const limit = Math.min(parameters.maxKesEvolutions, 64);
        const status = evolutionOf(parameters, start, absolutePeriod(at));
        expect(status.difference).toBe(BigInt(distance));
        if (distance < 0) expect(status.state).toBe('not-yet');
        else if (distance >= limit) expect(status.state).toBe('expired');
        else
          expect(status).toMatchObject({
            state: 'valid',
            evolution: distance,
            remainingPeriods: limit - 1 - distance,
          });
      },
    ),
  );
});

test('the known networks accept 62 of the 64 periods of a key', () => {
  const start = absolutePeriod(400);
  for (const name of networkNames) {
    const at = (distance: number) =>
      evolutionOf(networkNamed(name), start, absolutePeriod(400 + distance));
    expect(at(0)).toMatchObject({ state: 'valid', evolution: 0, remainingPeriods: 61 });
    expect(at(61)).toMatchObject({ state: 'valid', evolution: 61, remainingPeriods: 0 });
    for (const distance of [62, 63, 64]) {
      expect(at(distance)).toMatchObject({
        state: 'expired',
        limit: { evolutions: 62, setBy: 'network' },
      });
    }
  }
});

test('the 64 evolutions of a key limit a network that accepts more', () => {
  const generous = kesParameters({ slotsPerKesPeriod: 1755, maxKesEvolutions: 394 });
  expect(evolutionLimit(generous)).toEqual({ evolutions: 64, setBy: 'algorithm' });
  const at = (period: number) =>
    evolutionOf(generous, absolutePeriod(0), absolutePeriod(period)).state;
  expect([at(63), at(64), at(393)]).toEqual(['valid', 'expired', 'expired']);
  const exact = kesParameters({ slotsPerKesPeriod: 1, maxKesEvolutions: 64 });
  expect(evolutionLimit(exact).setBy).toBe('network');
});

test('the last slot before the expiry is valid, and the slot of the expiry is not', () => {
  fc.assert(
    fc.property(anyParameters, anyPeriod, (parameters, start) => {
      const { period, slot: end } = expiryOf(parameters, start);
      if (period === undefined || end === undefined) return;
      const stateAt = (at: bigint) =>
        evolutionOf(parameters, start, periodOfSlot(parameters, slot(at))).state;
      expect([stateAt(end - 1n), stateAt(end)]).toEqual(['valid', 'expired']);
    }),
  );
});

test('a number that does not fit 64 bits has no expiry, and nothing wraps around', () => {
  expect(expiryOf(mainnet, absolutePeriod(LAST_SLOT))).toEqual({});
  const { period, slot: end, date } = expiryOf(mainnet, absolutePeriod(LAST_SLOT / 129_600n));
  expect([period, end, date]).toEqual([LAST_SLOT / 129_600n + 62n, undefined, undefined]);
});

test('an unknown network is refused, and the error lists the known networks', () => {
  for (const name of ['mainet', 'toString', '__proto__']) {
    expect(() => networkNamed(name)).toThrow(/mainnet, preprod, preview/);
  }
  expect([mainnet.name, preprod.name, preview.name]).toEqual([...networkNames]);
});

test('slots, absolute periods and evolutions do not mix', () => {
  expectTypeOf<Slot>().not.toExtend<AbsolutePeriod>();
  expectTypeOf<AbsolutePeriod>().not.toExtend<Slot>();
  expectTypeOf<Evolution>().not.toExtend<AbsolutePeriod>();
  expectTypeOf<AbsolutePeriod>().not.toExtend<Evolution>();
  const start = absolutePeriod(1);
  // @ts-expect-error a period is not a slot
  periodOfSlot(mainnet, start);
  // @ts-expect-error a slot is not a period
  expiryOf(mainnet, slot(1));
  // @ts-expect-error a plain bigint has no meaning
  evolutionOf(mainnet, start, 5n);
  // @ts-expect-error an evolution is counted from the start, an absolute period from slot 0
  const wrong: AbsolutePeriod = 5 as Evolution;
  expectTypeOf(wrong).toExtend<bigint>();
});

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
      expect(periodOfDate(network, date)).toBe(periodOfSlot(network, at));
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

test('a moment without a slot has no KES period', () => {
  expect(periodOfDate(preview, new Date('2022-10-24'))).toBeUndefined();
  expect(periodOfDate(anchorless, new Date())).toBeUndefined();
});

// Parameters come from JSON too, where `null` stands for what is absent.
test('the anchor null and an invalid date are refused, and a date of another realm is accepted', () => {
  const anchor = null as unknown as undefined;
  const refused = expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE' }) as Error;
  expect(() => kesParameters({ ...preview, anchor })).toThrow(refused);
  expect(() => slotOfDate(preview, new Date(NaN))).toThrow(refused);
  const foreign = runInNewContext("new Date('2022-10-25T00:01:00Z')") as Date;
  expect(slotOfDate(preview, foreign)).toBe(60n);
});

test('an expiry without an anchor has a period and a slot, and no date', () => {
  expect(hasDates(anchorless)).toBe(false);
  expect(expiryOf(anchorless, absolutePeriod(1))).toEqual({
    period: 63n,
    slot: 5_443_200n,
    date: undefined,
  });
});
