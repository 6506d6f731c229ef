/**
 * Single and CompactSingle key evolving signatures, and the interfaces of all key evolving schemes.
 *
 * @module
 */
export * from '@evolock/dsign-ed25519';
export {
  AsynchronousLeafError,
  LeafResultError,
  KesPeriodError,
  type KesPeriodErrorCode,
  LastPeriodError,
  OtherKeyError,
  type LeafOperationName,
} from './errors.js';
export type {
  KesAlgorithm,
  KesReadOptions,
  KesShape,
  KesSignature,
  KesSigningKey,
  KesVariant,
  KesVerificationKey,
} from './kes-algorithm.js';
export { periodClock, type PeriodClock, type PeriodClockOptions } from './period-clock.js';
export { RUST_PERIOD_SIZE, rustSigningKey, rustSigningKeyType } from './rust-form.js';
export {
  compactSingleKes,
  singleKes,
  type CompactSingleKes,
  type SingleKes,
} from './single-kes.js';
