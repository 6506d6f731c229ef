import { ed25519 } from '@evolock/kes-verify';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import {
  challenge,
  GROUP_ORDER,
  hash,
  Point,
  readScalar,
  secretScalar,
  writeScalar,
} from '../curve.js';
import { native } from '../native.js';
import { flipBit, seedOf } from './material.js';

const { deriveVerificationKey, sign } = native.dsign;

/** A signature that some Ed25519 verifier accepts and the rule of libsodium rejects. */
export interface Forgery {
  readonly why: string;
  readonly verificationKey: Uint8Array;
  readonly signature: Uint8Array;
}

/** A point of order 8. */
export const TORSION = Point.fromHex(
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
);

/** Encodings of points of small order, with their order; those with y ≥ p or −0 are not canonical. */
export const SMALL_ORDER_ENCODINGS = `
  1 0100000000000000000000000000000000000000000000000000000000000000 identity
  2 ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f order 2
  4 0000000000000000000000000000000000000000000000000000000000000000 order 4
  4 0000000000000000000000000000000000000000000000000000000000000080 order 4, odd x
  8 c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a order 8
  8 c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa order 8, odd x
  8 26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05 order 8, other y
  8 26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85 order 8, other y, odd x
  1 eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f identity, not canonical, y = p + 1
  1 0100000000000000000000000000000000000000000000000000000000000080 identity, not canonical, odd x = 0
  2 ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff order 2, not canonical, odd x = 0
  4 edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f order 4, not canonical, y = p
`
  .trim()
  .split(/\n */)
  .map((line) => {
    const [order = '', encoding = ''] = line.split(' ', 2);
    return [line.slice(order.length + encoding.length + 2), encoding, BigInt(order)] as const;
  });

interface Nonce {
  readonly scalar: bigint;
  readonly commitment: Uint8Array;
}

/** The first of a fixed sequence of nonces whose challenge suits. */
function findNonce(
  verificationKey: Uint8Array,
  message: Uint8Array,
  commit: (scalar: bigint) => Uint8Array,
  suits: (challenge: bigint) => boolean,
): Nonce {
  for (let count = 0; ; count += 1) {
    const label = new TextEncoder().encode(`evolock nonce ${count}`);
    const scalar = readScalar(hash(label, verificationKey, message)) % GROUP_ORDER;
    const commitment = commit(scalar);
    if (suits(challenge(commitment, verificationKey, message))) return { scalar, commitment };
  }
}

const plainCommitment = (scalar: bigint) => Point.BASE.multiply(scalar).toBytes();

/** R = r·B and S = r satisfy the equation whenever k·A is the identity. */
function smallOrderKeys(message: Uint8Array): Forgery[] {
  return SMALL_ORDER_ENCODINGS.map(([description, encoding, order]) => {
    const verificationKey = hexToBytes(encoding);
    const { scalar, commitment } = findNonce(
      verificationKey,
      message,
      plainCommitment,
      (k) => k % order === 0n,
    );
    return {
      why: `Ed25519 verification key of small order (${description})`,
      verificationKey,
      signature: concatBytes(commitment, writeScalar(scalar)),
    };
  });
}

/** R = identity and S = k·a satisfy the equation. */
function smallOrderCommitments(seed: Uint8Array, message: Uint8Array): Forgery[] {
  const verificationKey = deriveVerificationKey(seed);
  return SMALL_ORDER_ENCODINGS.filter(([, , order]) => order === 1n).map(
    ([description, encoding]) => {
      const commitment = hexToBytes(encoding);
      const k = challenge(commitment, verificationKey, message);
      return {
        why: `Ed25519 commitment R of small order (${description})`,
        verificationKey,
        signature: concatBytes(commitment, writeScalar((k * secretScalar(seed)) % GROUP_ORDER)),
      };
    },
  );
}

/** R = r·B + T, or A = a·B + T unless 8 divides k, satisfies the equation only after a multiplication by eight. */
function mixedOrder(
  part: 'commitment R' | 'verification key',
  seed: Uint8Array,
  message: Uint8Array,
) {
  const isKey = part === 'verification key';
  const own = deriveVerificationKey(seed);
  const verificationKey = isKey ? Point.fromBytes(own).add(TORSION).toBytes() : own;
  const { scalar, commitment } = findNonce(
    verificationKey,
    message,
    isKey ? plainCommitment : (nonce) => Point.BASE.multiply(nonce).add(TORSION).toBytes(),
    (k) => !isKey || k % 8n !== 0n,
  );
  const k = challenge(commitment, verificationKey, message);
  const response = (scalar + k * secretScalar(seed)) % GROUP_ORDER;
  return {
    why: `Ed25519 ${part} of mixed order (good with a cofactor only)`,
    verificationKey,
    signature: concatBytes(commitment, writeScalar(response)),
  };
}

/** S + L is the same number modulo L: without the check S \< L, a second signature of the message. */
function largeResponse(seed: Uint8Array, message: Uint8Array): Forgery {
  const signature = sign(seed, message);
  const response = readScalar(signature.subarray(32)) + GROUP_ORDER;
  return {
    why: 'Ed25519 response S not below L (S + L)',
    verificationKey: deriveVerificationKey(seed),
    signature: concatBytes(signature.subarray(0, 32), writeScalar(response)),
  };
}

/** The encoding with the smallest y that is no point at all. */
export function noPoint(): Uint8Array {
  for (let y = 2; ; y += 1) {
    const encoding = concatBytes(Uint8Array.of(y), new Uint8Array(31));
    try {
      Point.fromBytes(encoding);
    } catch {
      return encoding;
    }
  }
}

function offTheCurve(seed: Uint8Array, message: Uint8Array): Forgery[] {
  const signature = sign(seed, message);
  return [
    {
      why: 'Ed25519 verification key that is no point',
      verificationKey: noPoint(),
      signature,
    },
    {
      why: 'Ed25519 commitment R that is no point',
      verificationKey: deriveVerificationKey(seed),
      signature: concatBytes(noPoint(), signature.subarray(32)),
    },
  ];
}

/** Every forgery for a seed and a message. */
export function forge(seed: Uint8Array, message: Uint8Array): Forgery[] {
  return [
    ...smallOrderKeys(message),
    ...smallOrderCommitments(seed, message),
    mixedOrder('commitment R', seed, message),
    mixedOrder('verification key', seed, message),
    largeResponse(seed, message),
    ...offTheCurve(seed, message),
  ];
}

interface Negative extends Forgery {
  readonly message: Uint8Array;
}

function damaged(seed: Uint8Array, message: Uint8Array): Negative[] {
  const verificationKey = deriveVerificationKey(seed);
  const signature = sign(seed, message);
  const good = { verificationKey, message, signature };
  const withHighBit = signature.map((byte, index) => (index === 63 ? byte | 0x80 : byte));
  const negated = verificationKey.map((byte, index) => (index === 31 ? byte ^ 0x80 : byte));
  const changes: Readonly<Record<string, Partial<Negative>>> = {
    'byte flipped in R': { signature: flipBit(signature, 5) },
    'byte flipped in S': { signature: flipBit(signature, 40) },
    'highest bit of S set': { signature: withHighBit },
    'signature truncated by one byte': { signature: signature.slice(0, -1) },
    'signature extended': { signature: concatBytes(signature, new Uint8Array(1)) },
    'signature empty': { signature: new Uint8Array(0) },
    'signature of all zeroes': { signature: new Uint8Array(64) },
    'message with a bit flipped': { message: flipBit(message, 0) },
    'message empty': { message: new Uint8Array(0) },
    'verification key of another seed': {
      verificationKey: deriveVerificationKey(seedOf('another')),
    },
    'verification key negated (other x)': { verificationKey: negated },
  };
  return Object.entries(changes).map(([why, change]) => ({ ...good, ...change, why }));
}

/** Entries of `ed25519.json` that must be rejected. */
export function ed25519Negatives(): object[] {
  const seed = seedOf('ed25519');
  const message = new TextEncoder().encode('evolock');
  const forgeries = forge(seed, message).map((forgery) => ({ ...forgery, message }));
  return [...damaged(seed, message), ...forgeries].map((negative) => {
    const { verificationKey, message: signed, signature, why } = negative;
    if (ed25519.verify(verificationKey, signed, signature)) throw new Error(`${why}: accepted`);
    return { verificationKey, message: signed, signature, why, valid: false };
  });
}
