/**
 * The dangerous doors, by name: what authors of composed schemes need to work on locked memory of their own.
 *
 * @module
 */
export {
  copyOf,
  EXPANSION_BENCH_SIZE,
  lendBlock,
  lendOwnBlocks,
  overwriteCopyResidue,
  reserveExpansion,
  settleExpansion,
  sodium,
  unsoundExpand,
  unsoundMemory,
  unsoundRaw,
  wipeExpansion,
  type Sodium,
} from '@evolock/dsign-ed25519/unsound';
export {
  unsoundCborSigningKey,
  unsoundFromCbor,
  unsoundFromRaw,
  unsoundRawSigningKey,
} from './unsound-signing-key.js';
