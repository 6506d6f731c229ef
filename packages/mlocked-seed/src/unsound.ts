/**
 * What authors of schemes need beside the `unsound` entry of `@evolock/mlocked-bytes`: hashes of secrets, whose traces the
 * caller removes. An application uses `withBytes` and `expand`.
 *
 * @module
 */
export * from '@evolock/mlocked-bytes/unsound';
export {
  EXPANSION_BENCH_SIZE,
  expansionCalls,
  prepareExpansions,
  reserveExpansion,
  runExpansions,
  wipeExpansion,
  type Expansions,
} from './expansion.js';
