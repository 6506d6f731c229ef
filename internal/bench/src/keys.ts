/** The operations of a key, beside the primitives of `sodium-native` and of other packages. */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { createRequire } from 'node:module';
import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import {
  compactSumKesOfDepth,
  MLockedSeed,
  sumKesOfDepth,
  verifyMany,
  type KesAlgorithm,
  type KesSigningKey,
  type KesVerification,
} from '@evolock/kes-sum';
import { allocateSlot, pooledAllocator } from '@evolock/kes-sum/all';
import { sum6Kes as inJavaScript } from '@evolock/kes-verify';
import { zeroCopyCall, type NativeCurve, type Sodium } from '@evolock/mlocked-bytes/unsound';
import { ed25519 as noble } from '@noble/curves/ed25519.js';
import { Encoder } from 'cbor-x';
import wrappers from 'libsodium-wrappers';
import { each, often, once, severalTimes, timed, measure } from './measure.js';
import type { Candidate, Effort } from './measure.js';
import { Keep, newKey } from './new-key.js';
import { atLeast, atMost, figureRow, type Plan, type Row, type Target } from './rows.js';

/** The library without the packages. Its functions throw when a native function reports a failure. */
export const sodium = createRequire(import.meta.url)('sodium-native') as Sodium & NativeCurve;

export const sum6 = sumKesOfDepth(6);
const compact6 = compactSumKesOfDepth(6);

/** The signed message: 256 bytes, about the size of a block header. */
const message = new Uint8Array(256).map((_, index) => index);

const seedBytes = sodium.sodium_malloc(32).fill(7);
const bareKey = sodium.sodium_malloc(64);
const bareVerificationKey = new Uint8Array(32);
sodium.crypto_sign_seed_keypair(bareVerificationKey, bareKey, seedBytes);
const bareSignature = new Uint8Array(64);
sodium.crypto_sign_detached(bareSignature, message, bareKey);

/** Seeds on the way down a tree, each with its prefix, in memory that libsodium locks. */
const bareSeed = sodium.sodium_malloc(33).fill(7);
const bareChild = sodium.sodium_malloc(32);
/** The verification keys of two children, which are public. */
const barePair = new Uint8Array(64);

/** How often an operation calls libsodium: key pairs of leaves, expansions of a seed to two, and hashes of two keys to one. */
interface Calls {
  readonly keyPairs: number;
  readonly expansions: number;
  readonly parents: number;
}

/** These calls, without the packages. */
function callsOf({ keyPairs, expansions, parents }: Calls): Candidate {
  return once('its calls of libsodium', () => {
    for (let done = 0; done < 2 * expansions; done += 1)
      sodium.crypto_generichash(bareChild, bareSeed);
    for (let done = 0; done < keyPairs; done += 1)
      sodium.crypto_sign_seed_keypair(bareVerificationKey, bareKey, seedBytes);
    for (let done = 0; done < parents; done += 1)
      sodium.crypto_generichash(bareVerificationKey, barePair);
  });
}

/** The primitives, with their key in memory that libsodium locks. */
const bare = {
  keyPair: once('crypto_sign_seed_keypair', () => {
    sodium.crypto_sign_seed_keypair(bareVerificationKey, bareKey, seedBytes);
  }),
  sign: once('crypto_sign_detached', () => {
    sodium.crypto_sign_detached(bareSignature, message, bareKey);
  }),
  verify: once('crypto_sign_verify_detached', () =>
    sodium.crypto_sign_verify_detached(bareSignature, message, bareVerificationKey),
  ),
};

/** Ed25519 of other packages. */
async function peersOf(): Promise<Record<keyof typeof bare, readonly Candidate[]>> {
  await wrappers.ready;
  const seed = new Uint8Array(32).fill(7);
  // PKCS #8 of an Ed25519 key before its seed (RFC 8410).
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  const der = { key: Buffer.concat([head, seed]), format: 'der', type: 'pkcs8' } as const;
  const nodeKey = createPrivateKey(der);
  const nodePublic = createPublicKey(nodeKey);
  const { privateKey, publicKey } = wrappers.crypto_sign_seed_keypair(seed);
  const nobleKey = noble.getPublicKey(seed);
  const signature = noble.sign(message, seed);
  const all = (node: () => unknown, wasm: () => unknown, ofNoble: () => unknown) => [
    once('node:crypto', node),
    once('libsodium-wrappers', wasm),
    once('@noble/curves', ofNoble),
  ];
  return {
    keyPair: all(
      () => createPublicKey(createPrivateKey(der)),
      () => wrappers.crypto_sign_seed_keypair(seed),
      () => noble.getPublicKey(seed),
    ),
    sign: all(
      () => sign(null, message, nodeKey),
      () => wrappers.crypto_sign_detached(message, privateKey),
      () => noble.sign(message, seed),
    ),
    verify: all(
      () => verify(null, message, nodePublic, signature),
      () => wrappers.crypto_sign_verify_detached(signature, message, publicKey),
      () => noble.verify(signature, message, nobleKey),
    ),
  };
}

/** A key generation, and the release of the key. */
function generate(keep: Keep, algorithm: KesAlgorithm): Candidate {
  const from = keep.add(MLockedSeed.newRandom(32));
  return once(`${algorithm.name} generateKey`, () => algorithm.generateKey(from).release());
}

function signs(keep: Keep, algorithm: KesAlgorithm): Candidate {
  const signingKey = keep.add(newKey(algorithm));
  return once(`${algorithm.name} sign`, () => signingKey.sign(message));
}

/** A verification at a period in the middle. */
function verifies(
  algorithm: KesAlgorithm,
  verifier: Pick<KesAlgorithm, 'verify'> = algorithm,
): Candidate {
  const signingKey = newKey(algorithm);
  const period = Math.floor(algorithm.totalPeriods / 3);
  signingKey.updateTo(period);
  const good = signingKey.sign(message);
  const root = signingKey.deriveVerificationKey();
  signingKey.release();
  if (!verifier.verify(root, period, message, good)) throw new Error('not verified');
  return once(`${algorithm.name} verify`, () => verifier.verify(root, period, message, good));
}

/** Updates of a clone of a key. */
function updates(name: string, signingKey: KesSigningKey, steps: number): Candidate {
  return each(
    name,
    () => signingKey.clone(),
    (copy) => {
      for (let step = 0; step < steps; step += 1) copy.update();
    },
  );
}

/** The update into the right half of the whole tree, which has the most expansions. */
function costliestUpdate(keep: Keep, algorithm: KesAlgorithm): Candidate {
  const signingKey = keep.add(newKey(algorithm));
  const middle = algorithm.totalPeriods / 2;
  signingKey.updateTo(middle - 1);
  return updates(`${algorithm.name} update to period ${middle}`, signingKey, 1);
}

/** Reading a key at period 0, which checks everything, and its release. */
function checkedRead(keep: Keep): Candidate {
  const memory = keep.add(allocateSlot(sum6.signingKeySize)).unsoundBytes;
  const signingKey = newKey(sum6);
  directSerialiseBufChecked(memory, signingKey);
  signingKey.release();
  return once(`${sum6.name} directDeserialise`, () =>
    directDeserialiseBufChecked(memory, sum6).release(),
  );
}

/** DirectSerialise into locked memory. */
function serialise(keep: Keep): Candidate {
  const signingKey = keep.add(newKey(sum6));
  const memory = keep.add(allocateSlot(sum6.signingKeySize)).unsoundBytes;
  return often(`${sum6.name} directSerialise`, 32, () =>
    directSerialiseBufChecked(memory, signingKey),
  );
}

/**
 * The usual way to serialise: copy all blocks, concatenate them, encode them, and copy the result to its place. It leaves
 * three copies of the key in ordinary memory.
 */
function serialiseTheOrdinaryWay(keep: Keep): Candidate {
  const signingKey = keep.add(newKey(sum6));
  // CBOR adds three bytes before the key.
  const { unsoundBytes } = keep.add(allocateSlot(sum6.signingKeySize + 3));
  const encoder = new Encoder({ tagUint8Array: false });
  return often('copies, concat, cbor-x, copy', 32, () => {
    const blocks: Buffer[] = [];
    signingKey.directSerialise((block) => {
      blocks.push(Buffer.from(block));
    });
    unsoundBytes.set(encoder.encode(Buffer.concat(blocks)));
  });
}

/** Valid signatures of every period, repeated. */
export function goodItems(count: number): KesVerification[] {
  const signingKey = newKey(sum6);
  const verificationKey = signingKey.deriveVerificationKey();
  const distinct = Array.from({ length: sum6.totalPeriods }, (_, period) => {
    signingKey.updateTo(period);
    const signed = message.map((byte) => byte ^ period);
    return { verificationKey, period, message: signed, signature: signingKey.sign(signed) };
  });
  signingKey.release();
  return Array.from({ length: count }, (_, index) => distinct[index % distinct.length]!);
}

/** libsodium frees memory one turn of the event loop later. That cost is not measured. */
function ordinaryAllocations(): Candidate {
  const count = 32;
  return timed('sodium_malloc, sodium_free', async () => {
    const start = performance.now();
    for (let done = 0; done < count; done += 1) sodium.sodium_free(sodium.sodium_malloc(32));
    const took = performance.now() - start;
    await new Promise(setImmediate);
    return took / count;
  });
}

/** Operations that take a millisecond or more. */
const LONG = { samples: 8, slice: 60 };

/** The rows of keys, with their targets. The caller releases what they keep. */
export async function keyPlans(keep: Keep): Promise<Plan[]> {
  const peers = await peersOf();
  /** Every seed is expanded once, for every leaf and its parents. */
  const generation = { keyPairs: 64, expansions: 63, parents: 63 };
  /** The updates expand what the generation did not, the path to the first leaf. The parents are known. */
  const allUpdates = { keyPairs: 63, expansions: 63 - 6, parents: 0 };
  /** A row beside a primitive and the same primitive of others, each so many times. */
  const beside = (
    operation: string,
    subject: Candidate,
    primitive: keyof typeof bare,
    target: Target,
    times = 1,
  ): Plan => ({
    operation,
    subject,
    bare: severalTimes(times, bare[primitive]),
    target,
    peers: peers[primitive].map((peer) => severalTimes(times, peer)),
    effort: times === 1 ? {} : LONG,
  });
  /** A row beside its calls of libsodium, and beside as many key pairs. */
  const besideCalls = (operation: string, subject: Candidate, calls: Calls, target: Target) => ({
    ...beside(operation, subject, 'keyPair', target, calls.keyPairs),
    bare: callsOf(calls),
    primitive: severalTimes(calls.keyPairs, bare.keyPair),
  });
  const every = updates('63 updates', keep.add(newKey(sum6)), 63);
  return [
    beside('Sum6 sign, 256 bytes', signs(keep, sum6), 'sign', atMost(1.02)),
    beside('CompactSum6 sign, 256 bytes', signs(keep, compact6), 'sign', atMost(1.02)),
    beside('Sum6 verify', verifies(sum6), 'verify', atMost(1.06)),
    beside('CompactSum6 verify', verifies(compact6), 'verify', atMost(1.06)),
    besideCalls('Sum6 key generation', generate(keep, sum6), generation, atMost(1.06)),
    ...[6, 12].map((depth) =>
      besideCalls(
        `Sum${depth} update, the costliest step`,
        costliestUpdate(keep, sumKesOfDepth(depth)),
        { keyPairs: 1, expansions: depth - 1, parents: 0 },
        atMost(1.14),
      ),
    ),
    besideCalls('Sum6, all 63 updates', every, allUpdates, atMost(1.12)),
    ...besideOurOwn(keep),
  ];
}

/** Rows beside another way of ours to the same result. */
function besideOurOwn(keep: Keep): Plan[] {
  const items = goodItems(64);
  return [
    {
      operation: 'Sum6 verify without native code',
      subject: verifies(sum6, inJavaScript),
      bare: verifies(sum6),
    },
    {
      operation: 'DirectSerialise of a Sum6 key into locked memory',
      subject: serialise(keep),
      bare: serialiseTheOrdinaryWay(keep),
      target: atLeast(6),
    },
    {
      operation: 'Sum6 checked read',
      subject: checkedRead(keep),
      bare: generate(keep, sum6),
      target: atMost(1.1),
      effort: LONG,
    },
    {
      operation: 'allocate, wipe and give back 32 bytes',
      subject: often('pooledAllocator', 1000, () => pooledAllocator.allocate(32).release()),
      bare: ordinaryAllocations(),
      target: atLeast(120),
    },
    {
      operation: `verifyMany of ${items.length} Sum6 signatures`,
      subject: once('verifyMany', () => verifyMany(sum6, items)),
      bare: once('one by one', () => {
        for (const { verificationKey, period, message: signed, signature } of items)
          sum6.verify(verificationKey, period, signed, signature);
      }),
      target: atMost(1.01),
      effort: LONG,
    },
  ];
}

/** The cost of each rule that protects secrets, each time, and when it applies. */
export async function ruleRows(effort: Effort): Promise<Row[]> {
  const noSecret = new Uint8Array(33);
  const noDigest = new Uint8Array(32);
  // As at the end of an operation: a call of a built-in function with so many zeros.
  const zeros = new Array<number>(1_024).fill(0);
  const nothing = Function.prototype as unknown as () => void;
  const hash = () => sodium.crypto_generichash(noDigest, noSecret);
  const overwrite = () => Reflect.apply(nothing, undefined, zeros);
  const copy = zeroCopyCall(sum6.lockedSize);
  const rules: readonly (readonly [rule: string, when: string, run: () => unknown])[] = [
    ['hash over zeros, which overwrites the registers', 'once a path of expansions', hash],
    ['overwriting 8 KiB of the stack', 'once a step, a generation, a read', overwrite],
    ['copy over zeros, which overwrites the registers', 'after every copy of a secret', copy],
  ];
  const series = await measure(
    rules.map(([rule, , run]) => often(rule, 100, run)),
    effort,
  );
  return series.map(({ name, rounds }, index) =>
    figureRow(`rule: ${name}`, 'µs', rounds, rules[index]?.[1] ?? ''),
  );
}
