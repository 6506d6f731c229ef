import type { ConformanceGroup } from '../cases/case.js';
import type {
  AsyncImplementation,
  AsyncKesImplementation,
} from '../implementation/async-implementation.js';
import { namesLevels } from '../implementation/inspect.js';
import { kesSignatureVectors } from '../vectors/signatures.js';
import { VRF_ALGORITHMS } from '../vectors/vrf.js';
import { asyncConformanceCases } from './conformance-cases.js';

/** How much of the vectors applies to an implementation. */
export interface Coverage {
  /** The number of all cases. */
  readonly total: number;
  /** The number of cases in each group, without the empty groups. */
  readonly groups: ReadonlyMap<ConformanceGroup, number>;
  /** What the vectors have and the implementation does not offer, such as `sum depth 7`. */
  readonly notOffered: readonly string[];
  /**
   * Optional parts that it does not offer for any algorithm (`CBOR`), or not for all that it offers
   * (`CBOR of sum depth 7`); schemes beside key evolving signatures (`PraosVRF`).
   */
  readonly optionalNotOffered: readonly string[];
  /** All of this as lines to print. */
  readonly statement: string;
}

interface Offer {
  readonly name: string;
  readonly kes: AsyncKesImplementation | undefined;
}

const OPTIONAL_PARTS: readonly (readonly [string, (kes: AsyncKesImplementation) => boolean])[] = [
  ['CBOR', ({ cbor }) => cbor !== undefined],
  ['the Rust form of keys', ({ rust }) => rust !== undefined],
  ['checks of tampered keys', ({ checkedRead }) => checkedRead !== undefined],
  ['the level of tampered keys', ({ checkedRead }) => namesLevels(checkedRead)],
];

function countGroups(
  cases: readonly { readonly group: ConformanceGroup }[],
): Map<ConformanceGroup, number> {
  const counts = new Map<ConformanceGroup, number>();
  for (const { group } of cases) counts.set(group, (counts.get(group) ?? 0) + 1);
  return counts;
}

function offersOf(implementation: AsyncImplementation): Offer[] {
  return kesSignatureVectors().map(({ algorithm, depth }) => ({
    name: `${algorithm} depth ${depth}`,
    kes: implementation.kes?.(algorithm, depth),
  }));
}

function partsNotOffered(implementation: AsyncImplementation, offers: readonly Offer[]): string[] {
  return [
    ...(implementation.seed === undefined ? ['seed expansion'] : []),
    ...(implementation.dsign === undefined ? ['ed25519'] : []),
    ...offers.filter(({ kes }) => kes === undefined).map(({ name }) => name),
  ];
}

function optionalPartsNotOffered(offers: readonly Offer[]): string[] {
  const offered = offers.filter(({ kes }) => kes !== undefined);
  return OPTIONAL_PARTS.flatMap(([part, isOffered]) => {
    const without = offered.filter(({ kes }) => kes !== undefined && !isOffered(kes));
    if (without.length === offered.length) return [part];
    return without.map(({ name }) => `${part} of ${name}`);
  });
}

/**
 * Counts the cases of an implementation and lists the parts that it does not offer.
 *
 * @param implementation - The implementation.
 * @returns Counts for each group, and lines to print.
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { coverage } from '@evolock/test-vectors';
 *
 * const { total, notOffered, optionalNotOffered } = coverage({});
 * assert.equal(total, 0);
 * assert.ok(notOffered.includes('sum depth 6'));
 * assert.ok(optionalNotOffered.includes('CBOR'));
 * ```
 */
export function coverage(implementation: AsyncImplementation): Coverage {
  const cases = asyncConformanceCases(implementation);
  const groups = countGroups(cases);
  const offers = offersOf(implementation);
  const notOffered = partsNotOffered(implementation, offers);
  const optionalNotOffered = [
    ...optionalPartsNotOffered(offers),
    ...(implementation.extended === undefined ? ['extended Ed25519 keys'] : []),
    ...VRF_ALGORITHMS.filter((algorithm) => implementation.vrf?.(algorithm) === undefined),
  ];
  const lines = [
    ...(implementation.verifiesOnly === true ? ['verification only'] : []),
    `${cases.length} cases in ${groups.size} groups`,
    ...Array.from(groups, ([group, count]) => `  ${group}: ${count}`),
    notOffered.length === 0 ? 'everything is offered' : `not offered: ${notOffered.join(', ')}`,
    optionalNotOffered.length === 0
      ? 'every optional part is offered'
      : `optional, not offered: ${optionalNotOffered.join(', ')}`,
  ];
  return {
    total: cases.length,
    groups,
    notOffered,
    optionalNotOffered,
    statement: lines.join('\n'),
  };
}
