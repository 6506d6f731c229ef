import { expect } from 'vitest';
import type { Verdict } from '../src/verdict.js';

/** Nothing where nothing may be, everything where it has to be. */
export function expectProved({ problems, unlocked, erased }: Verdict): void {
  expect(problems.join('\n')).toBe('');
  expect({ unlocked, erased }).toEqual({ unlocked: 0, erased: 0 });
}
