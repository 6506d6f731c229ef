/**
 * The dangerous doors, by name: what authors of composed schemes need to work on locked memory of their own.
 *
 * @module
 */
export {
  copyOf,
  reserveExpansion,
  sodium,
  unsoundExpand,
  unsoundMemory,
  wipeExpansion,
  type Sodium,
} from '@evolock/dsign-ed25519/unsound';
