/** Leaves by libraries that compute in ordinary memory, where copies of a leaf stay after its release: docs/COMPOSE.md. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { ed25519 } from '@evolock/kes-sum';
import { singleKes, type LeafScheme } from '@evolock/kes-sum/all';
import { ed25519 as noble } from '@noble/curves/ed25519.js';
import { liveKey, released } from '../secrets/expectation.js';
import { keyOf } from './kes.js';
import { holds, layer, MESSAGE, type Operation } from './operation.js';

const operation = layer('leaf schemes', { aside: true, once: true });

/** Ed25519 of a library. The serialised leaf is the seed. */
function leafBy(
  name: string,
  publicOf: (seed: Uint8Array) => Uint8Array,
  signed: (message: Uint8Array, seed: Uint8Array) => Uint8Array,
): Operation {
  const leaf: LeafScheme['leaf'] = {
    size: 32,
    generate(memory, verificationKey, seed) {
      memory.set(seed);
      verificationKey.set(publicOf(seed));
    },
    load: (memory, verificationKey, seed) => leaf.generate(memory, verificationKey, seed),
    sign: (signature, message, memory) => signature.set(signed(message, memory)),
    verify: (...given) => ed25519.leaf.verify(...given),
  };
  const dsign: LeafScheme = { ...ed25519, name, signingKeySize: 32, leaf };
  const algorithm = singleKes(dsign);
  return operation(name, released(liveKey(true)), (subject) => {
    using key = keyOf(algorithm, subject);
    const verificationKey = key.deriveVerificationKey();
    const isValid = algorithm.verify(verificationKey, 0, MESSAGE, key.sign(MESSAGE));
    holds(isValid, 'the signature is valid');
  });
}

/** An Ed25519 key before its seed, in PKCS #8 (RFC 8410). */
const HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

function privateKey(seed: Uint8Array) {
  return createPrivateKey({ key: Buffer.concat([HEAD, seed]), format: 'der', type: 'pkcs8' });
}

export const leafSchemeOperations = [
  leafBy(
    '@noble/curves',
    (seed) => noble.getPublicKey(seed),
    (message, seed) => noble.sign(message, seed),
  ),
  leafBy(
    'node:crypto',
    (seed) =>
      createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' }).subarray(-32),
    (message, seed) => sign(null, message, privateKey(seed)),
  ),
];
