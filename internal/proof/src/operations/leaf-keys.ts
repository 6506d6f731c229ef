/** Operations of Ed25519 keys, of VRF keys and of extended keys. */
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { ed25519 } from '@evolock/dsign-ed25519';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { sodium } from '@evolock/mlocked-seed/unsound';
import {
  ExtendedSigningKey,
  praosBatchCompatVrf,
  praosVrf,
  type VrfAlgorithm,
  type VrfSigningKey,
} from '@evolock/vrf-praos';
import {
  liveKey,
  liveRoot,
  released,
  withExtendedKey,
  withProofs,
  type Expectation,
} from '../secrets/expectation.js';
import { readFrom, serialised } from './locked-memory.js';
import {
  Broken,
  holds,
  layer,
  MESSAGE,
  refused,
  type Operation,
  type Subject,
} from './operation.js';

/** An Ed25519 key of the secret. */
export function leafKeyOf(subject: Subject) {
  using seed = subject.seed();
  return ed25519.generateKey(seed);
}

const live = liveKey(false);
const signed = liveKey(true);
const ed25519Operation = layer('Ed25519');
const ofLeaf = (
  name: string,
  expects: Expectation,
  run: (key: ReturnType<typeof leafKeyOf>) => unknown,
) => ed25519Operation(name, expects, (subject) => run(leafKeyOf(subject)));

const ed25519Operations: readonly Operation[] = [
  ed25519Operation('generateKey', live, (subject) => {
    const seed = subject.seed();
    return [seed, ed25519.generateKey(seed)];
  }),
  ofLeaf('sign', signed, (key) => {
    key.sign(MESSAGE);
    return key;
  }),
  ofLeaf('sign and verify', signed, (key) => {
    const signature = key.sign(MESSAGE);
    const verificationKey = key.deriveVerificationKey();
    holds(ed25519.verify(verificationKey, MESSAGE, signature), 'the signature verifies');
    return key;
  }),
  ofLeaf('seed', live, (key) => [key, key.seed()]),
  ofLeaf('clone', live, (key) => [key, key.clone()]),
  ofLeaf('serialise', live, (key) => [key, serialised(ed25519.signingKeySize, key)]),
  ofLeaf('read', live, (key) => {
    const buffer = serialised(ed25519.signingKeySize, key);
    return [key, buffer, readFrom(buffer, ed25519)];
  }),
  ofLeaf('read, and sign alike', signed, (key) => {
    const buffer = serialised(ed25519.signingKeySize, key);
    const read = readFrom(buffer, ed25519);
    holds(
      Buffer.from(read.sign(MESSAGE)).equals(key.sign(MESSAGE)),
      'the key that was read makes the same signature',
    );
    return [key, buffer, read];
  }),
  ofLeaf('sign, then release', released(signed), (key) => {
    key.sign(MESSAGE);
    key.release();
  }),
];

export function vrfKeyOf(subject: Subject, algorithm: VrfAlgorithm = praosVrf): VrfSigningKey {
  using seed = subject.seed();
  return algorithm.generateKey(seed);
}

const proved = withProofs(live);
const vrfSerialised = (key: VrfSigningKey) => serialised(praosVrf.signingKeySize, key);
const vrfOperation = layer('VRF');
const ofVrf = (name: string, expects: Expectation, run: (key: VrfSigningKey) => unknown) =>
  vrfOperation(name, expects, (subject) => run(vrfKeyOf(subject)));

const vrfOperations: readonly Operation[] = [
  vrfOperation('generateKey', live, (subject) => {
    const seed = subject.seed();
    return [seed, praosVrf.generateKey(seed)];
  }),
  ofVrf('prove', proved, (key) => {
    key.prove(MESSAGE);
    return key;
  }),
  vrfOperation('prove, batch-compatible', proved, (subject) => {
    const key = vrfKeyOf(subject, praosBatchCompatVrf);
    key.prove(MESSAGE);
    return key;
  }),
  ofVrf('prove and verify', proved, (key) => {
    const proof = key.prove(MESSAGE);
    const output = praosVrf.verify(key.deriveVerificationKey(), MESSAGE, proof);
    holds(output?.length === 64, 'the proof verifies');
    return key;
  }),
  ofVrf('seed', live, (key) => [key, key.seed()]),
  ofVrf('clone', live, (key) => [key, key.clone()]),
  ofVrf('serialise', live, (key) => [key, vrfSerialised(key)]),
  ofVrf('read', live, (key) => {
    const buffer = vrfSerialised(key);
    return [key, buffer, readFrom(buffer, praosVrf)];
  }),
  ofVrf('read, and prove alike', proved, (key) => {
    const buffer = vrfSerialised(key);
    const read = readFrom(buffer, praosVrf);
    const same = Buffer.from(read.prove(MESSAGE)).equals(key.prove(MESSAGE));
    holds(same, 'the key that was read makes the same proof');
    return [key, buffer, read];
  }),
  ofVrf('read a key with another verification key', released(live), (key) => {
    const buffer = vrfSerialised(key);
    key.release();
    spoil(buffer, 40);
    refused('ERR_EVOLOCK_VRF_INCONSISTENT_KEY', () => readFrom(buffer, praosVrf));
    buffer.release();
  }),
  ofVrf('a pull that throws', released(live), (key) => {
    const buffer = vrfSerialised(key);
    key.release();
    refused('ERR_BROKEN', () =>
      praosVrf.directDeserialise((block) => {
        buffer.withBytes((memory) => {
          block.set(memory);
        });
        throw new Broken('the transport failed');
      }),
    );
    buffer.release();
  }),
  ofVrf('arguments that native code must not see', live, (key) => {
    for (const alpha of [new DataView(new ArrayBuffer(8)), 'text', undefined]) {
      refused('ERR_EVOLOCK_ARGUMENT_TYPE', () => key.prove(alpha as unknown as Uint8Array));
    }
    return key;
  }),
  ofVrf('prove, then release', released(proved), (key) => {
    key.prove(MESSAGE);
    key.release();
    refused('ERR_EVOLOCK_RELEASED', () => key.prove(MESSAGE));
  }),
];

/** Changes a bit of a serialised verification key, which is public. */
function spoil(buffer: MLockedBytes, offset: number): void {
  buffer.withBytes((memory) => {
    memory[offset]! ^= 1;
  });
}

const EXTENDED_SIZE = 128;

/** An extended key whose kL and kR are the secret, serialised. The verification key is computed on locked memory. */
function extendedImage(subject: Subject): MLockedBytes {
  const image = MLockedBytes.newZeroed(EXTENDED_SIZE);
  using scalars = MLockedBytes.newZeroed(96);
  image.withBytes((memory) => {
    subject.plant(memory.subarray(0, 32));
    subject.plant(memory.subarray(32, 64));
    scalars.withBytes((work) => {
      work.set(memory.subarray(0, 32));
      sodium.curve.crypto_core_ed25519_scalar_reduce(work.subarray(64), work.subarray(0, 64));
      sodium.curve.crypto_scalarmult_ed25519_base_noclamp(
        memory.subarray(64, 96),
        work.subarray(64),
      );
    });
  });
  return image;
}

/** An extended key whose kL and kR are the secret. */
export function extendedKeyOf(subject: Subject): ExtendedSigningKey {
  using image = extendedImage(subject);
  return image.withBytes((memory) => directDeserialiseBufChecked(memory, ExtendedSigningKey));
}

const extended = withExtendedKey(liveRoot);
const extendedOperation = layer('extended keys');
const ofExtended = (
  name: string,
  expects: Expectation,
  run: (key: ExtendedSigningKey) => unknown,
) => extendedOperation(name, expects, (subject) => run(extendedKeyOf(subject)));

const extendedKeyOperations: readonly Operation[] = [
  ofExtended('read', extended, (key) => key),
  ofExtended('sign', extended, (key) => {
    key.sign(MESSAGE);
    return key;
  }),
  ofExtended('sign and verify', extended, (key) => {
    const signature = key.sign(MESSAGE);
    const verificationKey = key.deriveVerificationKey();
    holds(ed25519.verify(verificationKey, MESSAGE, signature), 'the signature verifies');
    return key;
  }),
  ofExtended('clone', extended, (key) => [key, key.clone()]),
  ofExtended('serialise', extended, (key) => [key, serialised(EXTENDED_SIZE, key)]),
  extendedOperation('read a key with another verification key', released(extended), (subject) => {
    using image = extendedImage(subject);
    spoil(image, 70);
    refused('ERR_EVOLOCK_VRF_INCONSISTENT_KEY', () =>
      image.withBytes((memory) => directDeserialiseBufChecked(memory, ExtendedSigningKey)),
    );
  }),
  ofExtended('sign, then release', released(extended), (key) => {
    key.sign(MESSAGE);
    key.release();
  }),
];

/** Every operation of keys that do not evolve. */
export const leafKeyOperations: readonly Operation[] = [
  ...ed25519Operations,
  ...vrfOperations,
  ...extendedKeyOperations,
];
