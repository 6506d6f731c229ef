import { keyOf } from '@evolock/test-keys';
import { renderingsOf, seedOf, spellingsOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { algorithms } from './algorithms.js';

const seed = seedOf(13);

describe.each(algorithms)('a key of $name', (algorithm) => {
  test('shows nothing of its seed in any printed form', () => {
    using key = keyOf(algorithm, seed);
    for (const [way, text] of renderingsOf(key)) {
      for (const spelling of spellingsOf(seed)) expect(text, way).not.toContain(spelling);
    }
  });

  test('prints its type and state', () => {
    using key = keyOf(algorithm, seed);
    const text = '[SingleKesSigningKey: ';
    expect(renderingsOf(key).get('inspect')).toContain(text);
    expect(renderingsOf(key).get('text')).toContain(text);
    expect(Reflect.ownKeys(key)).toEqual([]);
  });
});
