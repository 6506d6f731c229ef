/** Operations of Ed25519 keys, of VRF keys and of extended keys. */
import type { DirectDeserialise } from '@evolock/direct-serialise';
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
import { extendedKey, liveKey, released, type Expectation } from '../secrets/expectation.js';
import { operationsOfKey } from './any-key.js';
import { readFrom, serialised } from './locked-memory.js';
import { Broken, layer, MESSAGE, refused, type Operation, type Subject } from './operation.js';

/** An Ed25519 key of the secret. */
export function leafKeyOf(subject: Subject) {
  using seed = subject.seed();
  return ed25519.generateKey(seed);
}

type LeafKey = ReturnType<typeof leafKeyOf>;

const live = liveKey(false);

const ed25519Operations: readonly Operation[] = [
  ...operationsOfKey<LeafKey>({
    layer: 'Ed25519',
    keyOf: leafKeyOf,
    generate: (seed) => ed25519.generateKey(seed),
    type: ed25519,
    size: ed25519.signingKeySize,
    use: ['sign', (key) => key.sign(MESSAGE)],
    isValid: (key, signature) => ed25519.verify(key.deriveVerificationKey(), MESSAGE, signature),
    live,
    used: liveKey(true),
  }),
  layer('Ed25519')('seed', live, (subject) => {
    const key = leafKeyOf(subject);
    return [key, key.seed()];
  }),
];

export function vrfKeyOf(subject: Subject, algorithm: VrfAlgorithm = praosVrf): VrfSigningKey {
  using seed = subject.seed();
  return algorithm.generateKey(seed);
}

const proved: Expectation = { ...live, also: 'VRF proofs' };
const vrfOperation = layer('VRF');

/** The serialised form of a key, which is released. */
function vrfImage(subject: Subject): MLockedBytes {
  const key = vrfKeyOf(subject);
  const buffer = serialised(praosVrf.signingKeySize, key);
  key.release();
  return buffer;
}

/** Reads a key after a bit of its serialised verification key was changed, which is public. */
function changedKey(
  name: string,
  expects: Expectation,
  imageOf: (subject: Subject) => MLockedBytes,
  type: DirectDeserialise<unknown>,
  offset: number,
): Operation {
  return layer(name)('read a key with another verification key', expects, (subject) => {
    using image = imageOf(subject);
    image.withBytes((memory) => {
      memory[offset]! ^= 1;
    });
    refused('ERR_EVOLOCK_VRF_INCONSISTENT_KEY', () => readFrom(image, type));
  });
}

const vrfOperations: readonly Operation[] = [
  ...operationsOfKey<VrfSigningKey>({
    layer: 'VRF',
    keyOf: (subject) => vrfKeyOf(subject),
    generate: (seed) => praosVrf.generateKey(seed),
    type: praosVrf,
    size: praosVrf.signingKeySize,
    use: ['prove', (key) => key.prove(MESSAGE)],
    isValid: (key, proof) =>
      praosVrf.verify(key.deriveVerificationKey(), MESSAGE, proof)?.length === 64,
    live,
    used: proved,
  }),
  vrfOperation('prove, batch-compatible', proved, (subject) => {
    const key = vrfKeyOf(subject, praosBatchCompatVrf);
    key.prove(MESSAGE);
    return key;
  }),
  vrfOperation('seed', live, (subject) => {
    const key = vrfKeyOf(subject);
    return [key, key.seed()];
  }),
  changedKey('VRF', released(live), vrfImage, praosVrf, 40),
  vrfOperation('a pull that throws', released(live), (subject) => {
    using image = vrfImage(subject);
    refused('ERR_BROKEN', () =>
      praosVrf.directDeserialise((block) => {
        image.withBytes((memory) => {
          block.set(memory);
        });
        throw new Broken('the transport failed');
      }),
    );
  }),
];

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
  return readFrom(image, ExtendedSigningKey);
}

const extendedKeyOperations: readonly Operation[] = [
  ...operationsOfKey<ExtendedSigningKey>({
    layer: 'extended keys',
    keyOf: extendedKeyOf,
    type: ExtendedSigningKey,
    size: EXTENDED_SIZE,
    use: ['sign', (key) => key.sign(MESSAGE)],
    isValid: (key, signature) => ed25519.verify(key.deriveVerificationKey(), MESSAGE, signature),
    live: extendedKey,
    used: extendedKey,
  }),
  changedKey('extended keys', released(extendedKey), extendedImage, ExtendedSigningKey, 70),
];

/** Every operation of keys that do not evolve. */
export const leafKeyOperations: readonly Operation[] = [
  ...ed25519Operations,
  ...vrfOperations,
  ...extendedKeyOperations,
];
