import { describeReleasedKeys, keyOf } from '@evolock/test-keys';
import { renderingsOf, seedOf, spellingsOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { pooledAllocator } from '../../src/index.js';
import { algorithms, evolving } from '../algorithms.js';
import { nodeSeeds } from '../conformance/recursive-reference.js';

const seed = seedOf(13);

describe.each(algorithms)('a key of $name', (algorithm) => {
  test('shows nothing of its seed or of any seed below it in any printed form', () => {
    using key = keyOf(algorithm, seed);
    const renderings = [...renderingsOf(key)];
    for (const node of nodeSeeds(algorithm.depth, seed)) {
      const spellings = spellingsOf(node.seed);
      for (const [way, text] of renderings) {
        expect(
          spellings.filter((spelling) => text.includes(spelling)),
          way,
        ).toEqual([]);
      }
    }
  });
});

test.each(evolving)('a key of $name prints its type and state', (algorithm) => {
  const key = keyOf(algorithm, seed);
  const text = '[SumKesSigningKey: ';
  for (const way of ['inspect', 'text']) expect(renderingsOf(key).get(way)).toContain(text);
  expect(Reflect.ownKeys(key)).toEqual([]);
  key.release();
  expect(renderingsOf(key).get('text')).toContain('[SumKesSigningKey: released');
});

describeReleasedKeys(algorithms, pooledAllocator);
