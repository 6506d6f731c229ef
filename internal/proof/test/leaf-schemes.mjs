// Uses a key whose leaf is a canary, releases it, and stops. The leaf scheme is named by the argument.
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { ed25519, MLockedSeed, singleKes } from '@evolock/kes-sum';
import { MaskedNeedle } from '@evolock/memory-scan';
import { p256 } from '@noble/curves/nist.js';

/** P-256 with verification keys of 64 bytes, x ‖ y. The serialised leaf is the seed. */
const overP256 = (name, publicOf, signed, isValid) => ({
  name,
  seedSize: 32,
  verificationKeySize: 64,
  signatureSize: 64,
  signingKeySize: 32,
  leaf: {
    size: 32,
    generate(leaf, verificationKey, seed) {
      leaf.set(seed);
      verificationKey.set(publicOf(seed));
    },
    load(leaf, verificationKey, serialised) {
      this.generate(leaf, verificationKey, serialised);
    },
    sign: (signature, message, leaf) => signature.set(signed(message, leaf)),
    verify: isValid,
  },
});

const noble = overP256(
  'noble',
  (seed) => p256.getPublicKey(seed, false).subarray(1),
  (message, leaf) => p256.sign(message, leaf),
  (key, message, signature) => p256.verify(signature, message, Uint8Array.of(4, ...key)),
);

/** A private key in the form of SEC 1. */
function privateKey(leaf) {
  const [head, curve] = ['30310201010420', 'a00a06082a8648ce3d030107'].map((hex) =>
    Buffer.from(hex, 'hex'),
  );
  return createPrivateKey({
    key: Buffer.concat([head, leaf, curve]),
    format: 'der',
    type: 'sec1',
  });
}

const base64 = (bytes) => Buffer.from(bytes).toString('base64url');
const dsaEncoding = 'ieee-p1363';
const openssl = overP256(
  'openssl',
  (seed) => {
    const { x, y } = createPublicKey(privateKey(seed)).export({ format: 'jwk' });
    return Buffer.concat([x, y].map((part) => Buffer.from(part, 'base64url')));
  },
  (message, leaf) => sign('sha256', message, { key: privateKey(leaf), dsaEncoding }),
  (bytes, message, signature) => {
    const [x, y] = [bytes.subarray(0, 32), bytes.subarray(32)].map(base64);
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
    return verify('sha256', message, { key, dsaEncoding }, signature);
  },
);

const algorithm = singleKes({ ours: ed25519, noble, openssl }[process.argv[2]]);

function isValid() {
  const seed = MLockedSeed.newZeroed(32);
  seed.withBytes((bytes) => MaskedNeedle.parse(process.env.NEEDLE).unmaskInto(bytes));
  const key = algorithm.generateKey(seed);
  seed.release();
  const message = new TextEncoder().encode('message');
  const signature = key.sign(message);
  const verdict = algorithm.verify(key.deriveVerificationKey(), 0, message, signature);
  key.release();
  return verdict;
}

if (!isValid()) process.exit(1);
process.kill(process.pid, 'SIGSTOP');
