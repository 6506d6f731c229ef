/**
 * The dangerous doors, by name: locked memory as a view that nothing takes back. For authors of locked types and for
 * input and output that outlives a callback; an application uses `withBytes`.
 *
 * @module
 */
export { unsoundMemory } from './locked-value.js';
export { copyOf, filled, moveInto } from './locked-bytes.js';
export { lend, lendBlock, lendOwnBlocks } from './lend.js';
export { placedView } from './placed-view.js';
export {
  beginRun,
  discarded,
  endAbandonedRuns,
  endRun,
  isInUse,
  isListed,
  lendWithin,
  overwriteStack,
  type Made,
  type Scratch,
  type ScratchRun,
} from './scratch-run.js';
export { unsoundRaw, unsoundReadRaw } from './unsound-raw.js';
export { endOnRelease, whileUnderWay } from './under-way.js';
export {
  copyCall,
  copySecret,
  hashCall,
  uninterrupted,
  uninterruptedInReverse,
  zeroCopyCall,
  type NativeCall,
} from './uninterrupted.js';
