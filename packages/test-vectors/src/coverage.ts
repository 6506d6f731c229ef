import type { ConformanceCase, ConformanceGroup } from './conformance-case.js';
import { conformanceCases } from './conformance-cases.js';
import type { Implementation } from './implementation.js';
import { kesSignatureVectors } from './kes-signature-vectors.js';

/** How much of the vectors an implementation is driven through. */
export interface Coverage {
  /** The number of all cases. */
  readonly total: number;
  /** The number of cases in each group that has any. */
  readonly groups: ReadonlyMap<ConformanceGroup, number>;
  /** What the vectors have and the implementation does not offer, such as `sum depth 7`. */
  readonly notOffered: readonly string[];
  /** All of this as lines to print. */
  readonly statement: string;
}

function countGroups(cases: readonly ConformanceCase[]): Map<ConformanceGroup, number> {
  const counts = new Map<ConformanceGroup, number>();
  for (const { group } of cases) counts.set(group, (counts.get(group) ?? 0) + 1);
  return counts;
}

function partsNotOffered(implementation: Implementation): string[] {
  const kes = kesSignatureVectors()
    .filter(({ algorithm, depth }) => implementation.kes?.(algorithm, depth) === undefined)
    .map(({ algorithm, depth }) => `${algorithm} depth ${depth}`);
  return [
    ...(implementation.seed === undefined ? ['seed expansion'] : []),
    ...(implementation.dsign === undefined ? ['ed25519'] : []),
    ...kes,
  ];
}

/**
 * States how much of the vectors an implementation is driven through, and what it leaves out.
 *
 * @param implementation - What {@link conformanceCases} would drive.
 * @returns Counts for each group, and lines to print.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { coverage } from '@evolock/test-vectors';
 *
 * const { total, notOffered } = coverage({});
 * assert.equal(total, 0);
 * assert.ok(notOffered.includes('sum depth 6'));
 * ```
 */
export function coverage(implementation: Implementation): Coverage {
  const cases = conformanceCases(implementation);
  const groups = countGroups(cases);
  const notOffered = partsNotOffered(implementation);
  const lines = [
    `${cases.length} cases in ${groups.size} groups`,
    ...Array.from(groups, ([group, count]) => `  ${group}: ${count}`),
    notOffered.length === 0 ? 'everything is offered' : `not offered: ${notOffered.join(', ')}`,
  ];
  return { total: cases.length, groups, notOffered, statement: lines.join('\n') };
}
