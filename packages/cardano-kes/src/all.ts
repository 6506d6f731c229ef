/**
 * Every name of this package and of those that it stands on: keys that evolve, keys of the VRF, key files, and how secrets
 * go through sockets and descriptors.
 *
 * @module
 */
export * from '@evolock/direct-serialise-io';
export * from '@evolock/kes-sum/all';
export * from '@evolock/vrf-praos';
export * from './index.js';
