/**
 * The dangerous doors to locked memory, by name: what authors of composed schemes need to work on locked memory of their
 * own. They are apart from `unsound`, which has them too, because that one loads CBOR.
 *
 * @module
 */
export * from '@evolock/dsign-ed25519/unsound';
