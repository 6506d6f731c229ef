import type { KesAlgorithm, KesVerification } from '@evolock/kes-sum';
import { goodVerifications } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';

/** What is signed. */
export const message = new TextEncoder().encode('block header');

/** A good item for every period. */
export function goodItems(algorithm: KesAlgorithm): KesVerification[] {
  return goodVerifications(algorithm, seedOf(6), message);
}

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
