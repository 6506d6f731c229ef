/**
 * Sealed logs: a log whose past a thief of the machine cannot rewrite.
 *
 * @packageDocumentation
 */
export type { NewCheckpoint } from './sealer/checkpoint.js';
export { SealerError, type SealerErrorReason } from './sealer/errors.js';
export { Sealer, type SealerEvents, type SealerOptions } from './sealer/sealer.js';
export type { SealFacts } from './sealer/world.js';
export * from './verify/index.js';
