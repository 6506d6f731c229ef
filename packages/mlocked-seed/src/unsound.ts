/**
 * The dangerous doors, by name: raw views and hashes of secrets whose traces the caller has to remove. For authors of
 * schemes; an application uses `withBytes` and `expand`.
 *
 * @module
 */
export {
  beginRun,
  copyOf,
  discarded,
  endAbandonedRuns,
  endRun,
  filled,
  isInUse,
  isListed,
  lend,
  lendBlock,
  lendOwnBlocks,
  lendWithin,
  overwriteCopyResidue,
  overwriteStack,
  moveInto,
  placedView,
  unsoundMemory,
  unsoundRaw,
  unsoundReadRaw,
  type Made,
  type Scratch,
  type ScratchRun,
} from '@evolock/mlocked-bytes/unsound';
export {
  EXPANSION_BENCH_SIZE,
  reserveExpansion,
  settleExpansion,
  unsoundExpand,
  wipeExpansion,
} from './expansion.js';
