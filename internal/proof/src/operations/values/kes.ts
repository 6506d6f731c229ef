import {
  directDeserialiseBufChecked,
  directSerialiseBufChecked,
  type DirectDeserialise,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import {
  compactSum0Kes,
  compactSum6Kes,
  rustSigningKey,
  rustSigningKeyType,
  sum0Kes,
  sum6Kes,
  type KesAlgorithm,
  type KesReadOptions,
  type KesSigningKey,
} from '@evolock/kes-sum';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { releaseAll } from '@evolock/mlocked-bytes/release-all';
import { keyAt, released, withLiveRoot, type KeyState } from '../../secrets/expectation.js';
import { MESSAGE, type Operation, type Subject } from '../operation.js';
import { holds, refused } from '../refused.js';
import { periodsOf } from '../../secrets/tree.js';

/** A key generated from the seed of the subject. The seed is released. */
export function keyOf(algorithm: KesAlgorithm, subject: Subject): KesSigningKey {
  const seed = subject.seed();
  try {
    return algorithm.generateKey(seed);
  } finally {
    seed.release();
  }
}

/** The serialised form of a value, in a new locked buffer. */
export function serialised(size: number, value: DirectSerialise): MLockedBytes {
  const buffer = MLockedBytes.newZeroed(size);
  buffer.withBytes((memory) => {
    directSerialiseBufChecked(memory, value);
  });
  return buffer;
}

/** Reads a key from a locked buffer. */
export function readFrom(
  buffer: MLockedBytes,
  type: DirectDeserialise<KesSigningKey, KesReadOptions>,
  options?: KesReadOptions,
): KesSigningKey {
  return buffer.withBytes((memory) => directDeserialiseBufChecked(memory, type, options));
}

type Run = (key: KesSigningKey, algorithm: KesAlgorithm) => unknown;

/** Creates the operations of one algorithm. */
class Layer {
  constructor(
    readonly layer: string,
    readonly algorithm: KesAlgorithm,
  ) {}

  operation(name: string, state: Omit<KeyState, 'depth'>, run: Run): Operation {
    const { layer, algorithm } = this;
    return {
      layer,
      name,
      expects: keyAt({ depth: algorithm.depth, ...state }),
      run: (subject) => run(keyOf(algorithm, subject), algorithm),
    };
  }

  /** An operation that only generates the key. Its seed stays alive. */
  generation(state: Omit<KeyState, 'depth'>): Operation {
    const { layer, algorithm } = this;
    return {
      layer,
      name: 'generateKey',
      expects: withLiveRoot(keyAt({ depth: algorithm.depth, ...state })),
      run(subject) {
        const seed = subject.seed();
        return [seed, algorithm.generateKey(seed)];
      },
    };
  }

  /** An operation after which no secret is left. */
  ending(name: string, state: Omit<KeyState, 'depth'>, run: Run): Operation {
    const operation = this.operation(name, state, run);
    return { ...operation, expects: released(operation.expects) };
  }
}

/** The named step of an operation comes last, because a later step would overwrite what it left on the stack. */
const sign: Run = (key) => {
  key.sign(MESSAGE);
  return key;
};

const signAndVerify: Run = (key, algorithm) => {
  const { period } = key;
  const signature = key.sign(MESSAGE);
  holds(
    algorithm.verify(key.deriveVerificationKey(), period, MESSAGE, signature),
    'the signature verifies',
  );
  return key;
};

function signsLike(read: KesSigningKey, key: KesSigningKey): boolean {
  return Buffer.from(read.sign(MESSAGE)).equals(key.sign(MESSAGE));
}

/** The operations of a key of any depth. */
function operationsOfAnyDepth(layer: Layer): Operation[] {
  const { depth } = layer.algorithm;
  const start = { period: 0 };
  const signed = { period: 0, signed: true };
  const last = { period: 2 ** depth - 1 };
  return [
    layer.generation({ period: 0, visited: periodsOf(depth) }),
    layer.operation('sign', signed, sign),
    layer.operation('sign and verify', signed, signAndVerify),
    layer.operation('update at the end of life', { ...last, visited: periodsOf(depth) }, (key) => {
      key.updateTo(last.period);
      refused('ERR_EVOLOCK_KES_LAST_PERIOD', () => key.update());
      return key;
    }),
    layer.operation('clone', start, (key) => [key, key.clone()]),
    layer.operation('serialise', start, (key, { signingKeySize }) => [
      key,
      serialised(signingKeySize, key),
    ]),
    layer.operation('read', start, (key, algorithm) => {
      const buffer = serialised(algorithm.signingKeySize, key);
      return [key, buffer, readFrom(buffer, algorithm)];
    }),
    layer.operation('read, and sign alike', signed, (key, algorithm) => {
      const buffer = serialised(algorithm.signingKeySize, key);
      const read = readFrom(buffer, algorithm);
      holds(signsLike(read, key), 'the key that was read makes the same signature');
      return [key, buffer, read];
    }),
    layer.ending('sign, then release', signed, (key) => {
      key.sign(MESSAGE);
      key.release();
    }),
    layer.ending('serialise and read, then release', start, (key, algorithm) => {
      const buffer = serialised(algorithm.signingKeySize, key);
      const read = readFrom(buffer, algorithm);
      for (const each of [key, buffer, read]) each.release();
    }),
    layer.operation('deriveVerificationKey', start, (key) => {
      key.deriveVerificationKey();
      return key;
    }),
  ];
}

/** Signs at every period up to the last, and updates the key between the periods. */
function live(key: KesSigningKey): void {
  key.sign(MESSAGE);
  while (key.period + 1 < key.algorithm.totalPeriods) {
    key.update();
    key.sign(MESSAGE);
  }
}

/** The further operations of a key that can evolve. */
function operationsOfAnEvolvingKey(layer: Layer): Operation[] {
  const { algorithm } = layer;
  const { depth, totalPeriods } = algorithm;
  const middle = totalPeriods / 2;
  const later = { period: middle + 5, visited: [0, middle - 1] };
  const life = { period: totalPeriods - 1, visited: periodsOf(depth), signed: true };
  const evolved = (name: string, run: Run): Operation =>
    layer.operation(name, later, (key) => {
      key.updateTo(later.period);
      return run(key, algorithm);
    });
  return [
    layer.operation('update', { period: 1, signed: true }, (key) => {
      key.sign(MESSAGE);
      key.update();
      return key;
    }),
    evolved('updateTo', (key) => key),
    layer.operation('all updates', { ...life, signed: false }, (key) => {
      while (key.period + 1 < totalPeriods) key.update();
      return key;
    }),
    layer.operation('a whole life, signing at every period', life, (key) => {
      live(key);
      return key;
    }),
    layer.operation('a whole life, verifying at every period', life, (key) => {
      signAndVerify(key, algorithm);
      while (key.period + 1 < totalPeriods) {
        key.update();
        signAndVerify(key, algorithm);
      }
      return key;
    }),
    layer.ending('a whole life, then release', life, (key) => {
      live(key);
      key.release();
    }),
    layer.ending('sign, then release of everything', { period: 0, signed: true }, async (key) => {
      key.sign(MESSAGE);
      await releaseAll();
      holds(key.released, 'the key was released');
    }),
    evolved('layout of the Rust crate', (key) => {
      const type = rustSigningKeyType(algorithm);
      const buffer = serialised(type.size, rustSigningKey(key));
      return [key, buffer, readFrom(buffer, type)];
    }),
  ];
}

/** Every operation of KES keys, with one period and with the 64 periods of Cardano, in both variants. */
export const kesOperations: readonly Operation[] = [
  ...operationsOfAnyDepth(new Layer('Single', sum0Kes)),
  ...operationsOfAnyDepth(new Layer('CompactSingle', compactSum0Kes)),
  ...[new Layer('Sum6', sum6Kes), new Layer('CompactSum6', compactSum6Kes)].flatMap((layer) => [
    ...operationsOfAnyDepth(layer),
    ...operationsOfAnEvolvingKey(layer),
  ]),
];
