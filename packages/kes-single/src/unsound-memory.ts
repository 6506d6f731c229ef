/**
 * The dangerous doors to locked memory, by name: what authors of composed schemes need to work on locked memory of their
 * own. They are apart from `unsound`, which has them too, because that one loads CBOR.
 *
 * @module
 */
export {
  copyOf,
  EXPANSION_BENCH_SIZE,
  lendBlock,
  lendOwnBlocks,
  overwriteCopyResidue,
  placedView,
  reserveExpansion,
  settleExpansion,
  sodium,
  unsoundExpand,
  unsoundMemory,
  unsoundRaw,
  wipeExpansion,
  type Sodium,
} from '@evolock/dsign-ed25519/unsound';
