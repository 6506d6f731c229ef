import { expect } from 'vitest';
import type { ProvedMoment } from '../../src/agent/prove-life.js';
import type { Verdict } from '../../src/prove/verdict.js';

/** Expects no secret outside locked memory, no erased secret, and every live secret. */
export function expectProved({ problems, unlocked, erased }: Verdict): void {
  expect(problems.join('\n')).toBe('');
  expect({ unlocked, erased }).toEqual({ unlocked: 0, erased: 0 });
}

/** What was wrong at any moment of the life of an agent. */
export function problemsOf(moments: readonly ProvedMoment[]): string[] {
  return moments.flatMap(({ name, verdict }) =>
    verdict.problems.map((problem) => `${name}: ${problem}`),
  );
}
