/**
 * What authors of schemes need beside the `unsound` entry of `@evolock/mlocked-bytes`: hashes of secrets in scratch memory.
 * An application uses `withBytes` and `expand`.
 *
 * @module
 */
export * from '@evolock/mlocked-bytes/unsound';
export {
  Expansion,
  expansionScratch,
  expansionSize,
  type ExpansionScratchOptions,
} from './expansion.js';
