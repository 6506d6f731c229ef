import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { ed25519, type Ed25519SigningKey } from '@evolock/dsign-ed25519';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { liveKey, released, type Expectation } from '../../secrets/expectation.js';
import { MESSAGE, type Operation } from '../operation.js';
import { holds } from '../refused.js';

function operation(
  name: string,
  expects: Expectation,
  run: (key: Ed25519SigningKey) => unknown,
): Operation {
  return {
    layer: 'Ed25519',
    name,
    expects,
    run(subject) {
      const seed = subject.seed();
      const key = ed25519.generateKey(seed);
      seed.release();
      return run(key);
    },
  };
}

function readAgain(buffer: MLockedBytes): Ed25519SigningKey {
  return buffer.withBytes((memory) => directDeserialiseBufChecked(memory, ed25519));
}

function serialised(key: Ed25519SigningKey): MLockedBytes {
  const buffer = MLockedBytes.newZeroed(ed25519.signingKeySize);
  buffer.withBytes((memory) => {
    directSerialiseBufChecked(memory, key);
  });
  return buffer;
}

/** Every operation of an Ed25519 key. */
export const ed25519Operations: readonly Operation[] = [
  {
    layer: 'Ed25519',
    name: 'generateKey',
    expects: liveKey(false),
    run(subject) {
      const seed = subject.seed();
      return [seed, ed25519.generateKey(seed)];
    },
  },
  operation('sign', liveKey(true), (key) => {
    key.sign(MESSAGE);
    return key;
  }),
  operation('sign and verify', liveKey(true), (key) => {
    const signature = key.sign(MESSAGE);
    const verificationKey = key.deriveVerificationKey();
    holds(ed25519.verify(verificationKey, MESSAGE, signature), 'the signature verifies');
    return key;
  }),
  operation('seed', liveKey(false), (key) => [key, key.seed()]),
  operation('clone', liveKey(false), (key) => [key, key.clone()]),
  operation('serialise', liveKey(false), (key) => [key, serialised(key)]),
  operation('read', liveKey(false), (key) => {
    const buffer = serialised(key);
    return [key, buffer, readAgain(buffer)];
  }),
  operation('read, and sign alike', liveKey(true), (key) => {
    const buffer = serialised(key);
    const read = readAgain(buffer);
    holds(
      Buffer.from(read.sign(MESSAGE)).equals(key.sign(MESSAGE)),
      'the key that was read makes the same signature',
    );
    return [key, buffer, read];
  }),
  operation('sign, then release', released(liveKey(true)), (key) => {
    key.sign(MESSAGE);
    key.release();
  }),
];
