import { expectTypeOf, test } from 'vitest';
import {
  absolutePeriod,
  evolutionOf,
  expiryOf,
  mainnet,
  periodOfSlot,
  slot,
  type AbsolutePeriod,
  type Evolution,
  type Slot,
} from '../../src/index.js';

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
