/**
 * Test vectors for key evolving signatures and their parts, and a runner that drives any
 * implementation from them.
 *
 * @packageDocumentation
 */
export type { ConformanceCase, ConformanceGroup } from './cases/case.js';
export { ArgumentError } from '@evolock/direct-serialise/arguments';
export { type Scheme, schemeCases, type SchemeKey, type SchemeSeeds } from './cases/scheme.js';
export {
  ConformanceError,
  type ConformanceErrorCode,
  StdioError,
  type StdioErrorCode,
  type VectorLocation,
} from './errors.js';
export type {
  Awaitable,
  DsignImplementation,
  ExtendedImplementation,
  HeaderFacts,
  HeaderImplementation,
  Implementation,
  KesCheckedRead,
  KesImplementation,
  KesKeyHandle,
  KesKeySource,
  MadeSealedLog,
  SealedLogFacts,
  SealedLogImplementation,
  SealedLogPlan,
  SeedImplementation,
  VrfImplementation,
} from './implementation.js';
export {
  conformanceCases,
  type ConformanceCause,
  type ConformanceCauseGroup,
  type ConformanceFailure,
  type ConformanceReport,
  coverage,
  type Coverage,
  runConformance,
  type RunOptions,
} from './conformance.js';
export { type WrongImplementation, wrongImplementations } from './likeness.js';
export * from './headers.js';
export * from './sealed-logs.js';
export { stdioImplementation, type StdioImplementation, type StdioOptions } from './stdio.js';
export * from './vectors.js';
