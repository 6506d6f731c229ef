import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dateOfSlot, hasDates, kesParameters, mainnet, preview, slot } from '../../src/index.js';
import { parametersOfGenesis } from '../../src/genesis.js';

const mainnetGenesis = {
  activeSlotsCoeff: 0.05,
  networkMagic: 764_824_073,
  systemStart: '2017-09-23T21:44:51Z',
  slotLength: 1,
  slotsPerKESPeriod: 129_600,
  maxKESEvolutions: 62,
};
const own = { ...mainnetGenesis, networkMagic: 42, slotLength: 0.2, maxKESEvolutions: 60 };
const jsonOf = (members: object = {}) => JSON.stringify({ ...own, ...members });

test('the genesis of mainnet gives the parameters of mainnet, with dates', () => {
  const text = JSON.stringify(mainnetGenesis);
  for (const json of [text, new TextEncoder().encode(text)]) {
    expect(parametersOfGenesis(json)).toEqual(mainnet);
  }
});

test('an unknown network has no dates', () => {
  const network = parametersOfGenesis(jsonOf());
  expect([network.name, network.maxKesEvolutions, hasDates(network)]).toEqual([
    'network 42',
    60,
    false,
  ]);
});

test('a network without a Byron era counts slots of its own length from its start', () => {
  const network = parametersOfGenesis(jsonOf(), { withoutByron: true });
  expect(dateOfSlot(network, slot(5))).toEqual(new Date('2017-09-23T21:44:52Z'));
});

test.each(['slotsPerKESPeriod', 'maxKESEvolutions', 'slotLength'] as const)(
  'a network with the magic number of mainnet and another %s is not mainnet, and has no dates',
  (field) => {
    const json = JSON.stringify({ ...mainnetGenesis, [field]: 60 });
    const network = parametersOfGenesis(json);
    expect([network.name, hasDates(network)]).toEqual([
      'network 764824073 (not mainnet: other numbers)',
      false,
    ]);
  },
);

test('a network with the magic number of preview and another start is not preview', () => {
  const json = (systemStart: string) =>
    JSON.stringify({ ...mainnetGenesis, networkMagic: 2, systemStart });
  expect(parametersOfGenesis(json('2022-10-25T00:00:00Z'))).toEqual(preview);
  const other = parametersOfGenesis(json('2026-10-25T00:00:00Z'), { withoutByron: true });
  expect(other.name).toContain('not preview');
  expect(dateOfSlot(other, slot(1))).toEqual(new Date('2026-10-25T00:00:01Z'));
});

describe.each(['Asia/Tokyo', 'America/New_York'])('on a machine in %s', (zone) => {
  beforeEach(() => vi.stubEnv('TZ', zone));
  afterEach(() => vi.unstubAllEnvs());

  test.each([
    ['2022-10-25T00:00:00', '2022-10-25T00:00:00.000Z'],
    ['2022-10-25T00:00', '2022-10-25T00:00:00.000Z'],
    ['2022-10-25T00:00:00.250Z', '2022-10-25T00:00:00.250Z'],
    ['2022-10-25T00:00:00+09:00', '2022-10-24T15:00:00.000Z'],
    ['2022-10-25T00:00:00.123456789Z', '2022-10-25T00:00:00.123Z'],
  ])('the start %s is %s', (systemStart, date) => {
    expect(new Date('2022-10-25T00:00:00').toISOString()).not.toContain('T00:');
    const json = jsonOf({ systemStart });
    const network = parametersOfGenesis(json, { withoutByron: true });
    expect(dateOfSlot(network, slot(0)).toISOString()).toBe(date);
  });
});

test('dates are counted from a given anchor', () => {
  const anchor = { slot: slot(100), unixMilliseconds: 0, slotMilliseconds: 1_000 };
  const network = kesParameters({ ...parametersOfGenesis(jsonOf()), anchor });
  expect(dateOfSlot(network, slot(101))).toEqual(new Date(1_000));
});

test.each([
  ['text that is not JSON', '{', 'not-json', undefined],
  ['a list', '[]', 'not-json', undefined],
  ['a Byron genesis', '{"avvmDistr": {}}', 'missing', 'slotsPerKESPeriod'],
  ['a missing limit', '{"slotsPerKESPeriod": 1}', 'missing', 'maxKESEvolutions'],
  ['a limit of 0', jsonOf({ maxKESEvolutions: 0 }), 'wrong-value', 'maxKESEvolutions'],
  ['a period as text', jsonOf({ slotsPerKESPeriod: '1' }), 'wrong-value', 'slotsPerKESPeriod'],
  ['a negative magic number', jsonOf({ networkMagic: -1 }), 'wrong-value', 'networkMagic'],
  ['a start that is not a date', jsonOf({ systemStart: 'x' }), 'wrong-value', 'systemStart'],
  ['slots of length 0', jsonOf({ slotLength: 0 }), 'wrong-value', 'slotLength'],
])('%s is refused', (_name, json, reason, field) => {
  expect(() => parametersOfGenesis(json, { withoutByron: true })).toThrow(
    expect.objectContaining({ code: 'ERR_EVOLOCK_CARDANO_PARAMETERS', reason, field }),
  );
});

test.each([
  ...['2022', '2022-10-25', 'Oct 25 2022', '2022-02-30T00:00:00Z', '2022-10-25T25:00:00Z'].map(
    (systemStart) => ({ systemStart }),
  ),
  ...[0.3333, 0.0004, '1'].map((slotLength) => ({ slotLength })),
])('a genesis with %o is refused', (members) => {
  const json = jsonOf(members);
  expect(() => parametersOfGenesis(json, { withoutByron: true })).toThrow(
    expect.objectContaining({ reason: 'wrong-value', field: Object.keys(members)[0] }),
  );
});
