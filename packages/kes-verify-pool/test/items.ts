import {
  MLockedSeed,
  type KesAlgorithm,
  type KesSigningKey,
  type KesVerification,
} from '@evolock/kes-sum';

/** What is signed. */
export const message = new TextEncoder().encode('block header');

/** The key of a seed that is easy to tell. */
export function keyOf(algorithm: KesAlgorithm, number = 6): KesSigningKey {
  using seed = MLockedSeed.fromBytes(new Uint8Array(32).fill(number));
  return algorithm.generateKey(seed);
}

/** A good item for every period. */
export function goodItems(algorithm: KesAlgorithm): KesVerification[] {
  using key = keyOf(algorithm);
  const verificationKey = key.deriveVerificationKey();
  return Array.from({ length: algorithm.totalPeriods }, (_, period) => {
    key.updateTo(period);
    return { verificationKey, period, message, signature: key.sign(message) };
  });
}

/** What no caller should give, and some do. */
export const hostile: readonly unknown[] = [
  undefined,
  null,
  7,
  'text',
  {},
  [],
  Symbol('item'),
  () => undefined,
  {
    get verificationKey(): never {
      throw new Error('of the item');
    },
  },
];

/** Values of which none belongs where it is put. */
export const wrongParts: readonly unknown[] = [
  undefined,
  null,
  -1,
  1.5,
  4,
  2 ** 32 - 1,
  2 ** 53,
  'text',
  new Uint8Array(),
  new Uint8Array(31),
  new Uint16Array(32),
  new Uint8Array(new SharedArrayBuffer(32)),
];

/** The names of an item's parts. */
export const parts = ['verificationKey', 'period', 'message', 'signature'] as const;

/** So many items, one after the other of a list, without end if not told. */
export function* repeated<Item>(items: readonly Item[], count = Infinity): Generator<Item> {
  for (let index = 0; index < count; index += 1) yield items[index % items.length]!;
}

/** All that an iteration gives. */
export async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
