import type { KesAlgorithm, KesVerification } from '@evolock/kes-sum';
import { goodVerifications } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';

/** The message. */
export const message = new TextEncoder().encode('block header');

/** A good item for every period. */
export function goodItems(algorithm: KesAlgorithm): KesVerification[] {
  return goodVerifications(algorithm, seedOf(6), message);
}

/** A number of items, in turn from a list; endless when absent. */
export function* repeated<Item>(items: readonly Item[], count = Infinity): Generator<Item> {
  for (let index = 0; index < count; index += 1) yield items[index % items.length]!;
}

/** All items of an iteration. */
export async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
