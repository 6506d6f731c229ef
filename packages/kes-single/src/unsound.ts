/**
 * The dangerous doors, by name: locked memory for authors of composed schemes, and raw forms of signing keys.
 *
 * @module
 */
export * from '@evolock/dsign-ed25519/unsound';
export {
  unsoundCborSigningKey,
  unsoundFromCbor,
  unsoundFromRaw,
  unsoundRawSigningKey,
} from './unsound-signing-key.js';
