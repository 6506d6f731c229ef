/**
 * The operations of a key as candidates. The table measures them at depth 6, the plot at all depths.
 */
import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { allocateSlot, MLockedSeed, type KesAlgorithm } from '@evolock/kes-sum';
import { Encoder } from 'cbor-x';
import { Keep, newKey } from './bench-keys.js';
import { each, often, once, type Candidate } from '../timing/candidate.js';
import { bareKeyPair, sodium } from './bare.js';

/** The signed message: 256 bytes, about the size of a block header. */
export const message = new Uint8Array(256).map((_, index) => index);

const { verificationKey, key, seed } = bareKeyPair();
const signature = new Uint8Array(64);
sodium.crypto_sign_detached(signature, message, key);

/** The bytes of the seed. Each use takes a copy. */
export const seedForPeers = new Uint8Array(32).fill(7);

/** The primitives. */
export const bare = {
  keyPair: once('crypto_sign_seed_keypair', () => {
    sodium.crypto_sign_seed_keypair(verificationKey, key, seed);
  }),
  sign: once('crypto_sign_detached', () => {
    sodium.crypto_sign_detached(signature, message, key);
  }),
  verify: once('crypto_sign_verify_detached', () =>
    sodium.crypto_sign_verify_detached(signature, message, verificationKey),
  ),
};

/** A key generation, and the release of the key. */
export function generate(keep: Keep, algorithm: KesAlgorithm): Candidate {
  const from = keep.add(MLockedSeed.newRandom(32));
  return once(`${algorithm.name} generateKey`, () => algorithm.generateKey(from).release());
}

/** A signature of 256 bytes. */
export function sign(keep: Keep, algorithm: KesAlgorithm): Candidate {
  const signingKey = keep.add(newKey(algorithm));
  return once(`${algorithm.name} sign`, () => signingKey.sign(message));
}

/** A verification at a period in the middle. */
export function verify(
  algorithm: KesAlgorithm,
  { name, verifier }: { readonly name: string; readonly verifier: Pick<KesAlgorithm, 'verify'> } = {
    name: algorithm.name,
    verifier: algorithm,
  },
): Candidate {
  const signingKey = newKey(algorithm);
  const period = Math.floor(algorithm.totalPeriods / 3);
  signingKey.updateTo(period);
  const good = signingKey.sign(message);
  const root = signingKey.deriveVerificationKey();
  signingKey.release();
  if (!verifier.verify(root, period, message, good)) throw new Error('not verified');
  return once(`${name} verify`, () => verifier.verify(root, period, message, good));
}

/** The update into the right half of the whole tree, which has the most expansions. */
export function costliestUpdate(keep: Keep, algorithm: KesAlgorithm): Candidate {
  const before = algorithm.totalPeriods / 2 - 1;
  const signingKey = keep.add(newKey(algorithm));
  signingKey.updateTo(before);
  return each(
    `${algorithm.name} update to period ${before + 1}`,
    () => signingKey.clone(),
    (copy) => copy.update(),
    (copy) => copy.release(),
  );
}

/** Every update in the life of a key. */
export function allUpdates(keep: Keep, algorithm: KesAlgorithm): Candidate {
  const signingKey = keep.add(newKey(algorithm));
  return each(
    `${algorithm.name} ${algorithm.totalPeriods - 1} updates`,
    () => signingKey.clone(),
    (copy) => {
      for (let step = 1; step < algorithm.totalPeriods; step += 1) copy.update();
    },
    (copy) => copy.release(),
  );
}

/** A serialised key in locked memory. */
function serialised(keep: Keep, algorithm: KesAlgorithm): Uint8Array {
  const signingKey = newKey(algorithm);
  const memory = keep.add(allocateSlot(algorithm.signingKeySize)).unsoundBytes;
  directSerialiseBufChecked(memory, signingKey);
  signingKey.release();
  return memory;
}

/** Reading a key at period 0, which checks everything, and its release. */
export function checkedRead(keep: Keep, algorithm: KesAlgorithm): Candidate {
  const memory = serialised(keep, algorithm);
  return once(`${algorithm.name} directDeserialise`, () =>
    directDeserialiseBufChecked(memory, algorithm).release(),
  );
}

const TIMES = 32;

/** DirectSerialise into locked memory. */
export function serialise(keep: Keep, algorithm: KesAlgorithm): Candidate {
  const signingKey = keep.add(newKey(algorithm));
  const memory = keep.add(allocateSlot(algorithm.signingKeySize)).unsoundBytes;
  return often(`${algorithm.name} directSerialise`, TIMES, () =>
    directSerialiseBufChecked(memory, signingKey),
  );
}

/** The number of bytes that CBOR adds before the key. */
const CBOR_HEAD = 3;

/**
 * The usual way: copy all blocks, concatenate them, encode them, and copy the result to its place. It leaves three
 * copies of the key in ordinary memory.
 */
export function serialiseTheOrdinaryWay(keep: Keep, algorithm: KesAlgorithm): Candidate {
  const signingKey = keep.add(newKey(algorithm));
  const { unsoundBytes } = keep.add(allocateSlot(algorithm.signingKeySize + CBOR_HEAD));
  const encoder = new Encoder({ tagUint8Array: false });
  return often('copies, concat, cbor-x, copy', TIMES, () => {
    const blocks: Buffer[] = [];
    signingKey.directSerialise((block) => {
      blocks.push(Buffer.from(block));
    });
    unsoundBytes.set(encoder.encode(Buffer.concat(blocks)));
  });
}
