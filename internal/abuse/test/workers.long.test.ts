import { expect, test } from 'vitest';
import { scenario } from './support/child.js';

test('threads share no slot, and a posted locked value carries no secret', () => {
  const own = { dirty: 0, changed: 0, keys: 0, posted: 0 };
  expect(scenario('worker-pool')).toEqual({ results: [own, own, own, own], roots: 4, mine: true });
});
