import { expect } from 'vitest';
import type { Verdict } from '../../src/prove/verdict.js';

/** Expects no secret outside locked memory, no erased secret, and every live secret. */
export function expectProved({ problems, unlocked, erased }: Verdict): void {
  expect(problems.join('\n')).toBe('');
  expect({ unlocked, erased }).toEqual({ unlocked: 0, erased: 0 });
}
