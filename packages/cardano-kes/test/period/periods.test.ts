import fc from 'fast-check';
import { expect, expectTypeOf, test } from 'vitest';
import {
  absolutePeriod,
  evolutionLimit,
  evolutionOf,
  expiryOf,
  firstSlotOfPeriod,
  kesParameters,
  mainnet,
  networkNamed,
  networkNames,
  periodOfSlot,
  preprod,
  preview,
  slot,
  type AbsolutePeriod,
  type Evolution,
  type Slot,
} from '../../src/index.js';

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

test.each([
  ['a slot that is not an integer', () => slot(1.5), 'ERR_EVOLOCK_ARGUMENT_TYPE'],
  ['a slot that is not a safe integer', () => slot(2 ** 53), 'ERR_EVOLOCK_ARGUMENT_TYPE'],
  ['a slot of 65 bits', () => slot(2n ** 64n), 'ERR_EVOLOCK_ARGUMENT_VALUE'],
  ['a negative period', () => absolutePeriod(-1n), 'ERR_EVOLOCK_ARGUMENT_VALUE'],
  [
    'a period of 0 slots',
    () => kesParameters({ slotsPerKesPeriod: 0, maxKesEvolutions: 62 }),
    'ERR_EVOLOCK_ARGUMENT_VALUE',
  ],
  [
    '0 evolutions',
    () => kesParameters({ slotsPerKesPeriod: 1, maxKesEvolutions: 0 }),
    'ERR_EVOLOCK_ARGUMENT_VALUE',
  ],
  [
    'unchecked parameters',
    () => periodOfSlot({ ...mainnet, slotsPerKesPeriod: 0n }, slot(1)),
    'ERR_EVOLOCK_ARGUMENT_VALUE',
  ],
])('%s is refused', (_name, call, code) => {
  expect(call).toThrow(expect.objectContaining({ code }));
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
