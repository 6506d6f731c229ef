import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
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
} from '../../secrets/expectation.js';
import { MESSAGE, type Operation, type Subject } from '../operation.js';
import { holds, refused } from '../refused.js';

const live = liveKey(false);
const proved = withProofs(live);

function keyOf(subject: Subject, algorithm: VrfAlgorithm = praosVrf): VrfSigningKey {
  const seed = subject.seed();
  const key = algorithm.generateKey(seed);
  seed.release();
  return key;
}

function operation(
  name: string,
  expects: Expectation,
  run: (key: VrfSigningKey) => unknown,
): Operation {
  return { layer: 'VRF', name, expects, run: (subject) => run(keyOf(subject)) };
}

function serialised(key: VrfSigningKey): MLockedBytes {
  const buffer = MLockedBytes.newZeroed(praosVrf.signingKeySize);
  buffer.withBytes((memory) => {
    directSerialiseBufChecked(memory, key);
  });
  return buffer;
}

function readAgain(buffer: MLockedBytes): VrfSigningKey {
  return buffer.withBytes((memory) => directDeserialiseBufChecked(memory, praosVrf));
}

/** An error of the application in a callback. */
class Broken extends Error {
  readonly code = 'ERR_BROKEN';
}

/** Every operation of a VRF key. */
const vrfKeyOperations: readonly Operation[] = [
  {
    layer: 'VRF',
    name: 'generateKey',
    expects: live,
    run(subject) {
      const seed = subject.seed();
      return [seed, praosVrf.generateKey(seed)];
    },
  },
  operation('prove', proved, (key) => {
    key.prove(MESSAGE);
    return key;
  }),
  {
    layer: 'VRF',
    name: 'prove, batch-compatible',
    expects: proved,
    run(subject) {
      const key = keyOf(subject, praosBatchCompatVrf);
      key.prove(MESSAGE);
      return key;
    },
  },
  operation('prove and verify', proved, (key) => {
    const proof = key.prove(MESSAGE);
    const output = praosVrf.verify(key.deriveVerificationKey(), MESSAGE, proof);
    holds(output?.length === 64, 'the proof verifies');
    return key;
  }),
  operation('seed', live, (key) => [key, key.seed()]),
  operation('clone', live, (key) => [key, key.clone()]),
  operation('serialise', live, (key) => [key, serialised(key)]),
  operation('read', live, (key) => {
    const buffer = serialised(key);
    return [key, buffer, readAgain(buffer)];
  }),
  operation('read, and prove alike', proved, (key) => {
    const buffer = serialised(key);
    const read = readAgain(buffer);
    const same = Buffer.from(read.prove(MESSAGE)).equals(key.prove(MESSAGE));
    holds(same, 'the key that was read makes the same proof');
    return [key, buffer, read];
  }),
  operation('read a key with another verification key', released(live), (key) => {
    const buffer = serialised(key);
    key.release();
    buffer.withBytes((memory) => {
      memory[40]! ^= 1;
    });
    refused('ERR_EVOLOCK_VRF_INCONSISTENT_KEY', () => readAgain(buffer));
    buffer.release();
  }),
  operation('a pull that throws', released(live), (key) => {
    const buffer = serialised(key);
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
  operation('arguments that native code must not see', live, (key) => {
    for (const alpha of [new DataView(new ArrayBuffer(8)), 'text', undefined]) {
      refused('ERR_EVOLOCK_ARGUMENT_TYPE', () => key.prove(alpha as unknown as Uint8Array));
    }
    return key;
  }),
  operation('prove, then release', released(proved), (key) => {
    key.prove(MESSAGE);
    key.release();
    refused('ERR_EVOLOCK_RELEASED', () => key.prove(MESSAGE));
  }),
];

const EXTENDED_SIZE = 128;

/** An extended key whose kL and kR are the secret, serialised. The verification key is computed on locked memory. */
function extendedImage(subject: Subject): MLockedBytes {
  const image = MLockedBytes.newZeroed(EXTENDED_SIZE);
  const scalars = MLockedBytes.newZeroed(96);
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
  scalars.release();
  return image;
}

/** An extended key whose kL and kR are the secret. */
export function extendedKeyOf(subject: Subject): ExtendedSigningKey {
  const image = extendedImage(subject);
  const key = image.withBytes((memory) => directDeserialiseBufChecked(memory, ExtendedSigningKey));
  image.release();
  return key;
}

const signed = withExtendedKey(liveRoot);

function extended(
  name: string,
  expects: Expectation,
  run: (key: ExtendedSigningKey) => unknown,
): Operation {
  return { layer: 'extended keys', name, expects, run: (subject) => run(extendedKeyOf(subject)) };
}

/** Every operation of an extended key. */
const extendedKeyOperations: readonly Operation[] = [
  extended('read', signed, (key) => key),
  extended('sign', signed, (key) => {
    key.sign(MESSAGE);
    return key;
  }),
  extended('sign and verify', signed, (key) => {
    const signature = key.sign(MESSAGE);
    const verificationKey = key.deriveVerificationKey();
    holds(ed25519.verify(verificationKey, MESSAGE, signature), 'the signature verifies');
    return key;
  }),
  extended('clone', signed, (key) => [key, key.clone()]),
  extended('serialise', signed, (key) => {
    const buffer = MLockedBytes.newZeroed(EXTENDED_SIZE);
    buffer.withBytes((memory) => {
      directSerialiseBufChecked(memory, key);
    });
    return [key, buffer];
  }),
  {
    layer: 'extended keys',
    name: 'read a key with another verification key',
    expects: released(signed),
    run(subject) {
      const image = extendedImage(subject);
      image.withBytes((memory) => {
        memory[70]! ^= 1;
      });
      refused('ERR_EVOLOCK_VRF_INCONSISTENT_KEY', () =>
        image.withBytes((memory) => directDeserialiseBufChecked(memory, ExtendedSigningKey)),
      );
      image.release();
    },
  },
  extended('sign, then release', released(signed), (key) => {
    key.sign(MESSAGE);
    key.release();
  }),
];

/** Every operation of a VRF key and of an extended key. */
export const vrfOperations: readonly Operation[] = [...vrfKeyOperations, ...extendedKeyOperations];
