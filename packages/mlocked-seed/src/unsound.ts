/**
 * The dangerous doors, by name: raw views and hashes of secrets whose traces the caller has to remove. For authors of
 * schemes; an application uses `withBytes` and `expand`.
 *
 * @module
 */
export {
  copyOf,
  filled,
  lend,
  lendBlock,
  lendOwnBlocks,
  overwriteCopyResidue,
  moveInto,
  placedView,
  unsoundMemory,
  unsoundRaw,
  unsoundReadRaw,
} from '@evolock/mlocked-bytes/unsound';
export {
  EXPANSION_BENCH_SIZE,
  reserveExpansion,
  settleExpansion,
  unsoundExpand,
  wipeExpansion,
} from './expansion.js';
