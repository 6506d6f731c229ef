/**
 * Your own leaf scheme: Ed25519 over a prefix and the message. Its signatures are invalid for plain Ed25519. A composed key
 * calls the four functions of `leaf` with locked memory that the key owns.
 */
import assert from 'node:assert/strict';
import {
  ed25519,
  MLockedSeed,
  singleKes,
  sumKes,
  type KesAlgorithm,
  type LeafScheme,
} from '@evolock/kes-sum';

const prefix = new TextEncoder().encode('my protocol, version 1:');
const prefixed = (message: Uint8Array) => Buffer.concat([prefix, message]); // a message is public

const { verificationKeySize, signatureSize, signingKeySize, leaf } = ed25519;
const mine: LeafScheme = {
  name: 'my-ed25519',
  seedSize: 32,
  verificationKeySize,
  signatureSize,
  signingKeySize,
  leaf: {
    ...leaf,
    sign: (signature, message, memory) => leaf.sign(signature, prefixed(message), memory),
    verify: (verificationKey, message, signature) =>
      leaf.verify(verificationKey, prefixed(message), signature),
  },
};

const algorithm = sumKes(singleKes(mine));
using seed = MLockedSeed.newRandom(32);
using key = algorithm.generateKey(seed);
key.update();
const message = new TextEncoder().encode('message');
const signature = key.sign(message);
assert.equal(algorithm.verify(key.deriveVerificationKey(), 1, message, signature), true);
const plain: KesAlgorithm = sumKes(singleKes(ed25519));
assert.equal(plain.verify(key.deriveVerificationKey(), 1, message, signature), false);
console.log(`${algorithm.name}: its signatures are valid here and not in ${plain.name}`);
