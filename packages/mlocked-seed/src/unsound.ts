/**
 * The dangerous doors, by name: raw views and hashes of secrets whose traces the caller has to remove. For authors of
 * schemes; an application uses `withBytes` and `expand`.
 *
 * @module
 */
export {
  beginRun,
  copyCall,
  copyOf,
  copySecret,
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
  overwriteStack,
  moveInto,
  placedView,
  unsoundMemory,
  unsoundRaw,
  uninterruptedInReverse,
  unsoundReadRaw,
  zeroCopyCall,
  type Made,
  type NativeCall,
  type Scratch,
  type ScratchRun,
} from '@evolock/mlocked-bytes/unsound';
export {
  EXPANSION_BENCH_SIZE,
  expansionCalls,
  prepareExpansions,
  reserveExpansion,
  runExpansions,
  wipeExpansion,
  type Expansions,
} from './expansion.js';
