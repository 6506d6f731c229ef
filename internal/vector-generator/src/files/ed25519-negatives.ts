import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { ed25519 } from '@evolock/kes-verify';
import { native } from '../native.js';
import { forge, type Forgery } from './forgeries.js';
import { flipBit, seedOf } from './material.js';

const { deriveVerificationKey, sign } = native.dsign;

interface Negative extends Forgery {
  readonly message: Uint8Array;
}

function damaged(seed: Uint8Array, message: Uint8Array): Negative[] {
  const good = { verificationKey: deriveVerificationKey(seed), message };
  const signature = sign(seed, message);
  return [
    { ...good, signature: flipBit(signature, 5), why: 'byte flipped in R' },
    { ...good, signature: flipBit(signature, 40), why: 'byte flipped in S' },
    {
      ...good,
      signature: signature.map((byte, index) => (index === 63 ? byte | 0x80 : byte)),
      why: 'highest bit of S set',
    },
    { ...good, signature: signature.slice(0, -1), why: 'signature truncated by one byte' },
    { ...good, signature: concatBytes(signature, new Uint8Array(1)), why: 'signature extended' },
    { ...good, signature: new Uint8Array(0), why: 'signature empty' },
    { ...good, signature: new Uint8Array(64), why: 'signature of all zeroes' },
    { ...good, signature, message: flipBit(message, 0), why: 'message with a bit flipped' },
    { ...good, signature, message: new Uint8Array(0), why: 'message empty' },
    {
      ...good,
      signature,
      verificationKey: deriveVerificationKey(seedOf('another')),
      why: 'verification key of another seed',
    },
    {
      ...good,
      signature,
      verificationKey: good.verificationKey.map((byte, index) =>
        index === 31 ? byte ^ 0x80 : byte,
      ),
      why: 'verification key negated (other x)',
    },
  ];
}

/** Entries of `ed25519.json` that must be rejected. */
export function ed25519Negatives(): object[] {
  const seed = seedOf('ed25519');
  const message = new TextEncoder().encode('evolock');
  const forgeries = forge(seed, message).map((forgery) => ({ ...forgery, message }));
  return [...damaged(seed, message), ...forgeries].map((negative) => {
    const { verificationKey, signature, why } = negative;
    if (ed25519.verify(verificationKey, negative.message, signature))
      throw new Error(`${why}: accepted`);
    return {
      verificationKeyHex: bytesToHex(verificationKey),
      messageHex: bytesToHex(negative.message),
      signatureHex: bytesToHex(signature),
      why,
      valid: false,
    };
  });
}
