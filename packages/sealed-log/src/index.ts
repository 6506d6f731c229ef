/**
 * Sealed logs: the sealer. `@evolock/sealed-log/verify` verifies logs and proves entries.
 *
 * @packageDocumentation
 */
export { ArgumentError, type ArgumentErrorCode } from '@evolock/direct-serialise/arguments';
export type { NewCheckpoint } from './sealer/checkpoint.js';
export type { ErasedEntries } from './erasing/erase.js';
export { SealerError, type SealerErrorReason, type WaitingFile } from './errors.js';
export { renewLog, type RenewedLog, type RenewOptions } from './renewal/renew.js';
export { Sealer, type SealerEvents, type SealerOptions } from './sealer/sealer.js';
export type { SealFacts } from './sealer/world.js';
