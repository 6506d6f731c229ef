/**
 * Ed25519 of other packages: the cost of a signature, a verification and a key pair.
 */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import wrappers from 'libsodium-wrappers';
import { once, type Candidate } from '../timing/candidate.js';

/** The operations of every peer. */
export interface Peers {
  readonly keyPair: readonly Candidate[];
  readonly sign: readonly Candidate[];
  readonly verify: readonly Candidate[];
}

/** PKCS #8 of an Ed25519 key before its seed (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

function ofNode(seed: Uint8Array): ReturnType<typeof createPrivateKey> {
  return createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, seed]),
    format: 'der',
    type: 'pkcs8',
  });
}

/** The peers, prepared with one seed and one message. */
export async function peersFor(seed: Uint8Array, message: Uint8Array): Promise<Peers> {
  await wrappers.ready;
  const nodeKey = ofNode(seed);
  const nodePublic = createPublicKey(nodeKey);
  const wasmPair = wrappers.crypto_sign_seed_keypair(seed);
  const nobleKey = ed25519.getPublicKey(seed);
  const signature = ed25519.sign(message, seed);
  return {
    keyPair: [
      once('node:crypto', () => createPublicKey(ofNode(seed))),
      once('libsodium-wrappers', () => wrappers.crypto_sign_seed_keypair(seed)),
      once('@noble/curves', () => ed25519.getPublicKey(seed)),
    ],
    sign: [
      once('node:crypto', () => sign(null, message, nodeKey)),
      once('libsodium-wrappers', () => wrappers.crypto_sign_detached(message, wasmPair.privateKey)),
      once('@noble/curves', () => ed25519.sign(message, seed)),
    ],
    verify: [
      once('node:crypto', () => verify(null, message, nodePublic, signature)),
      once('libsodium-wrappers', () =>
        wrappers.crypto_sign_verify_detached(signature, message, wasmPair.publicKey),
      ),
      once('@noble/curves', () => ed25519.verify(signature, message, nobleKey)),
    ],
  };
}
