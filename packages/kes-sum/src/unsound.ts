/**
 * The dangerous doors, by name: reading keys without checking them, and signing keys in ordinary memory.
 *
 * @module
 */
export { completeSigningKey, unsoundUnchecked } from './unchecked-read.js';
export {
  sodium,
  unsoundCborSigningKey,
  unsoundFromCbor,
  unsoundFromRaw,
  unsoundRaw,
  unsoundRawSigningKey,
  type Sodium,
} from '@evolock/kes-single/unsound';
