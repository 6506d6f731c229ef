/**
 * What the tests of several packages share.
 *
 * @module
 */
export { messages, seedOf, seeds, wrongly } from './bytes.js';
export { copyPackageAsVersion } from './copied-package.js';
export { describeLockedValue, type LockedKind } from './locked-value-suite.js';
export { RecordingAllocator, slotsOf, type RecordedSlot } from './recording-allocator.js';
export { refusalsOf } from './released-value.js';
export { renderingsOf, spellingsOf } from './renderings.js';
export { codeOf, errorOf, rejectionOf, type Thrown } from './thrown.js';
export {
  toyDsign,
  toySignature,
  toySigningKey,
  toyVerificationKey,
  type LeafOperation,
  type ToyShape,
} from './toy-dsign.js';
