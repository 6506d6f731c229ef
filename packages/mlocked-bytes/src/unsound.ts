/**
 * What packages of locked keys need of this one: raw views on locked memory, scratch memory, removal of what operations
 * leave in registers and on the stack, the native functions. Nothing here protects its caller; an application uses
 * `withBytes` and DirectSerialise.
 *
 * @module
 */
export { unsoundAllocator } from './allocators/allocator.js';
export { sodium, type NativeCurve, type Sodium } from './kernel/native.js';
export { lend, lendBlocks } from './values/lend.js';
export { copyOf, filled, moveInto } from './values/locked-bytes.js';
export { unsoundMemory } from './values/locked-value.js';
export { endOnRelease, whileUnderWay } from './values/release-all.js';
export { Scratch, type PreparedCalls, type ScratchOptions } from './values/scratch.js';
export { placedView, unsoundRaw } from './values/unsound-raw.js';
export {
  copyCall,
  copySecret,
  hashCall,
  uninterrupted,
  zeroCopyCall,
  type NativeCall,
} from './kernel/uninterrupted.js';
