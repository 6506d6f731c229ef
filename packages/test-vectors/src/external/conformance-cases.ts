import type { ConformanceCase } from '../cases/case.js';
import type { Implementation } from '../implementation/implementation.js';
import { checkImplementation } from '../implementation/inspect.js';
import { consensusHeaderCases } from './consensus-headers.js';
import { entriesOf } from './entries.js';
import { externalVectors } from './files.js';
import { externalKeyCases } from './keys.js';
import { realHeaderCases } from './real-headers.js';
import type { EntryBuilder, EntryResult } from './results.js';
import { externalEd25519Cases, externalNegativeCases } from './verdicts.js';
import { externalVrfCases } from './vrf.js';

/** Cases from data of other implementations, and the entries without a case. */
export interface ExternalConformance {
  /** The cases; nothing has run yet. */
  readonly cases: readonly ConformanceCase[];
  /** One sentence to print for every file and entry without a case. */
  readonly skipped: readonly string[];
}

const BUILDERS: readonly (readonly [string, EntryBuilder])[] = [
  ['haskell-kes.json', externalKeyCases],
  ['negatives.json', externalNegativeCases],
  ['ed25519-edge-cases.json', externalEd25519Cases],
  ['consensus-header-cases.json', consensusHeaderCases],
  ['real-headers.json', realHeaderCases],
];

function resultsOf(
  implementation: Implementation,
  file: string,
  build: EntryBuilder,
): EntryResult[] {
  const vectors = externalVectors(file);
  if (!vectors.available) return [{ skipped: vectors.reason }];
  return entriesOf(vectors.data).flatMap((entry) => build(implementation, entry));
}

/** Entries of external files can share a name. The later ones get a number. */
function numberNames(cases: readonly ConformanceCase[]): ConformanceCase[] {
  const seen = new Map<string, number>();
  return cases.map((one) => {
    const key = `${one.group}: ${one.name}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? one : { ...one, name: `${one.name} (${count})` };
  });
}

/**
 * The cases that data of other implementations give: keys and signatures of the Haskell
 * reference, signatures to reject, edge cases of Ed25519, proofs of the VRFs, header cases of the Haskell consensus suite
 * and headers of real chains. `skipped` names the missing files.
 *
 * @param implementation - The implementation to test.
 * @returns The cases, and one sentence to print for every file and entry without a case.
 * @throws ExternalVectorsError with code `ERR_EVOLOCK_EXTERNAL_VECTORS_UNREADABLE` when a file is there and is not
 * JSON.
 * @throws HexError with code `ERR_EVOLOCK_INVALID_HEX` when a field that should be hexadecimal text is not.
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { externalConformanceCases } from '@evolock/test-vectors';
 *
 * const { cases, skipped } = externalConformanceCases({});
 * assert.equal(cases.length, 0);
 * assert.ok(skipped.every((reason) => reason.startsWith('skipped: ')));
 * ```
 */
export function externalConformanceCases(implementation: Implementation): ExternalConformance {
  checkImplementation(implementation);
  const results = [
    ...BUILDERS.flatMap(([file, build]) => resultsOf(implementation, file, build)),
    ...externalVrfCases(implementation),
  ];
  const cases = results.filter((result) => 'run' in result);
  const skipped = results.flatMap((result) => ('skipped' in result ? [result.skipped] : []));
  return { cases: numberNames(cases), skipped };
}
