/**
 * What a key can do, as candidates: the same for the table, which measures depth 6, and for the plot, which measures
 * all depths.
 */
import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { allocateSlot, MLockedSeed, type KesAlgorithm } from '@evolock/kes-sum';
import { Encoder } from 'cbor-x';
import { Keep, newKey } from './bench-keys.js';
import { each, often, once, type Candidate } from './candidate.js';
import { bareKeyPair, sodium } from './bare.js';

/** What is signed: 256 bytes, as a block header has some hundreds. */
export const message = new Uint8Array(256).map((_, index) => index);

const { verificationKey, key, seed } = bareKeyPair();
const signature = new Uint8Array(64);
sodium.crypto_sign_detached(signature, message, key);

/** Copied where it is used: what others may be given. */
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

/** A generation, and the release without which no memory would be left. */
export function generate(keep: Keep, algorithm: KesAlgorithm): Candidate {
  const from = keep.add(MLockedSeed.newRandom(32));
  return once(`${algorithm.name} generateKey`, () => algorithm.generateKey(from).release());
}

/** A signature of 256 bytes. */
export function sign(keep: Keep, algorithm: KesAlgorithm): Candidate {
  const signingKey = keep.add(newKey(algorithm));
  return once(`${algorithm.name} sign`, () => signingKey.sign(message));
}

/** A verification, at a period in the middle. */
export function verify(algorithm: KesAlgorithm): Candidate {
  const signingKey = newKey(algorithm);
  const period = Math.floor(algorithm.totalPeriods / 3);
  signingKey.updateTo(period);
  const good = signingKey.sign(message);
  const root = signingKey.deriveVerificationKey();
  signingKey.release();
  if (!algorithm.verify(root, period, message, good)) throw new Error('not verified');
  return once(`${algorithm.name} verify`, () => algorithm.verify(root, period, message, good));
}

/** The step into the right half of the whole tree: no other has as many expansions. */
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

/** Every step of a key's life. */
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

/** Reading a key at period 0, of which everything can be checked, and its release. */
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

/** Bytes that CBOR puts before the key. */
const CBOR_HEAD = 3;

/**
 * What is usually done: copies of all blocks, concatenated, encoded, copied to where the key has to be. It leaves
 * three copies of the key in ordinary memory.
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
