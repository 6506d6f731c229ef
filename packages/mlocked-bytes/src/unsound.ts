/**
 * What packages of locked keys need of this one: raw views on locked memory, scratch memory, removal of what operations
 * leave in registers and on the stack, the native functions. Nothing here protects its caller; an application uses
 * `withBytes` and DirectSerialise.
 *
 * @module
 */
export { sodium, type NativeCurve, type Sodium } from './kernel/native.js';
export { lend, lendBlock, lendOwnBlocks } from './values/lend.js';
export { copyOf, filled, moveInto } from './values/locked-bytes.js';
export { unsoundMemory } from './values/locked-value.js';
export { endOnRelease, whileUnderWay } from './values/release-all.js';
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
} from './values/scratch-run.js';
export { placedView, unsoundRaw, unsoundReadRaw } from './values/unsound-raw.js';
export {
  copyCall,
  copySecret,
  hashCall,
  uninterrupted,
  zeroCopyCall,
  type NativeCall,
} from './kernel/uninterrupted.js';
