/**
 * The dangerous doors, by name: reading keys without checking them.
 *
 * @module
 */
export { completeSigningKey, unsoundUnchecked } from './unchecked-read.js';
