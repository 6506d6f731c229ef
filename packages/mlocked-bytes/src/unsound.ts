/**
 * What packages of locked keys need of this one: raw views on locked memory, scratch memory, removal of what operations
 * leave in registers and on the stack, the native functions. Nothing here protects its caller; an application uses
 * `withBytes` and DirectSerialise.
 *
 * @module
 */
export { unsoundAllocator } from './allocators/allocator.js';
export { sodium, type NativeCurve, type Sodium } from './kernel/native.js';
export { copyOf, filled, lend, lendBlocks, moveInto } from './values/locked-bytes.js';
export { placedView, refuseClones, unsoundMemory, unsoundRaw } from './values/locked-value.js';
export { endOnRelease, whileUnderWay } from './values/release-all.js';
export { Scratch, type PreparedCalls, type ScratchOptions } from './values/scratch.js';
export {
  copyCall,
  copySecret,
  hashCall,
  uninterrupted,
  zeroCopyCall,
  type NativeCall,
} from './kernel/uninterrupted.js';
