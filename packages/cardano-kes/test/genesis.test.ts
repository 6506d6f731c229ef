import { expect, test } from 'vitest';
import { dateOfSlot, hasDates, mainnet, parametersOfGenesis, slot } from '../src/index.js';

const mainnetGenesis = {
  activeSlotsCoeff: 0.05,
  networkMagic: 764_824_073,
  systemStart: '2017-09-23T21:44:51Z',
  slotLength: 1,
  slotsPerKESPeriod: 129_600,
  maxKESEvolutions: 62,
};
const own = { ...mainnetGenesis, networkMagic: 42, slotLength: 0.2, maxKESEvolutions: 60 };

test('the genesis of mainnet says what is known of mainnet, dates after Byron included', () => {
  const text = JSON.stringify(mainnetGenesis);
  for (const json of [text, new TextEncoder().encode(text)]) {
    expect(parametersOfGenesis(json)).toEqual(mainnet);
  }
});

test('a network of unknown past has no dates', () => {
  const network = parametersOfGenesis(JSON.stringify(own));
  expect([network.name, network.maxKesEvolutions, hasDates(network)]).toEqual([
    'network 42',
    60,
    false,
  ]);
});

test('a network without a Byron era counts from its start, in slots of its own length', () => {
  const network = parametersOfGenesis(JSON.stringify(own), { withoutByron: true, name: 'devnet' });
  expect(dateOfSlot(network, slot(5))).toEqual(new Date('2017-09-23T21:44:52Z'));
  expect(network.name).toBe('devnet');
});

test('an anchor that was given is what dates are counted from', () => {
  const anchor = { slot: slot(100), unixMilliseconds: 0, slotMilliseconds: 1_000 };
  const network = parametersOfGenesis(JSON.stringify(mainnetGenesis), { anchor });
  expect(dateOfSlot(network, slot(101))).toEqual(new Date(1_000));
});

test.each([
  ['no JSON', '{', 'not-json', undefined],
  ['a list', '[]', 'not-json', undefined],
  ['a Byron genesis', '{"avvmDistr": {}}', 'missing', 'slotsPerKESPeriod'],
  ['no limit', '{"slotsPerKESPeriod": 1}', 'missing', 'maxKESEvolutions'],
  [
    'a limit of none',
    JSON.stringify({ ...own, maxKESEvolutions: 0 }),
    'wrong-value',
    'maxKESEvolutions',
  ],
  [
    'a period of text',
    JSON.stringify({ ...own, slotsPerKESPeriod: '1' }),
    'wrong-value',
    'slotsPerKESPeriod',
  ],
  [
    'a magic number of none',
    JSON.stringify({ ...own, networkMagic: -1 }),
    'wrong-value',
    'networkMagic',
  ],
  [
    'a start that is no date',
    JSON.stringify({ ...own, systemStart: 'x' }),
    'wrong-value',
    'systemStart',
  ],
  ['slots of no length', JSON.stringify({ ...own, slotLength: 0 }), 'wrong-value', 'slotLength'],
])('%s is refused', (_name, json, problem, field) => {
  expect(() => parametersOfGenesis(json, { withoutByron: true })).toThrow(
    expect.objectContaining({ code: 'ERR_EVOLOCK_CARDANO_PARAMETERS', problem, field }),
  );
});
