import {
  compactSum0Kes,
  compactSum6Kes,
  rustSigningKey,
  rustSigningKeyType,
  sum0Kes,
  sum6Kes,
  type KesAlgorithm,
  type KesSigningKey,
} from '@evolock/kes-sum';
import { releaseAll } from '@evolock/mlocked-bytes/release-all';
import {
  type Expectation,
  keyAt,
  type KeyState,
  periodsOf,
  released,
  withLiveRoot,
} from '../secrets/expectation.js';
import { readFrom, serialised } from './locked-memory.js';
import { holds, layer, MESSAGE, refused, type Operation, type Subject } from './operation.js';

/** A key generated from the seed of the subject. The seed is released. */
export function keyOf(algorithm: KesAlgorithm, subject: Subject): KesSigningKey {
  using seed = subject.seed();
  return algorithm.generateKey(seed);
}

type Run = (key: KesSigningKey, algorithm: KesAlgorithm) => unknown;

type State = Omit<KeyState, 'depth'>;

/** Creates the operations of one algorithm. */
class Layer {
  readonly algorithm: KesAlgorithm;
  readonly #operation: ReturnType<typeof layer>;

  constructor(name: string, algorithm: KesAlgorithm) {
    this.algorithm = algorithm;
    this.#operation = layer(name);
  }

  operation(name: string, state: State, run: Run, after = (expects: Expectation) => expects) {
    const { algorithm } = this;
    const expects = after(keyAt({ depth: algorithm.depth, ...state }));
    return this.#operation(name, expects, (subject) => run(keyOf(algorithm, subject), algorithm));
  }

  /** An operation after which no secret is left. */
  ending(name: string, state: State, run: Run) {
    return this.operation(name, state, run, released);
  }

  /** An operation that only generates the key. Its seed stays alive. */
  generation(state: State) {
    const { algorithm } = this;
    const expects = withLiveRoot(keyAt({ depth: algorithm.depth, ...state }));
    return this.#operation('generateKey', expects, (subject) => {
      const seed = subject.seed();
      return [seed, algorithm.generateKey(seed)];
    });
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
function operationsOfAnyDepth(of: Layer): Operation[] {
  const { depth } = of.algorithm;
  const start = { period: 0 };
  const signed = { period: 0, signed: true };
  const last = { period: 2 ** depth - 1 };
  return [
    of.generation({ period: 0, visited: periodsOf(depth) }),
    of.operation('sign', signed, sign),
    of.operation('sign and verify', signed, signAndVerify),
    of.operation('update at the end of life', { ...last, visited: periodsOf(depth) }, (key) => {
      key.updateTo(last.period);
      refused('ERR_EVOLOCK_KES_LAST_PERIOD', () => key.update());
      return key;
    }),
    of.operation('clone', start, (key) => [key, key.clone()]),
    of.operation('serialise', start, (key, { signingKeySize }) => [
      key,
      serialised(signingKeySize, key),
    ]),
    of.operation('read', start, (key, algorithm) => {
      const buffer = serialised(algorithm.signingKeySize, key);
      return [key, buffer, readFrom(buffer, algorithm)];
    }),
    of.operation('read, and sign alike', signed, (key, algorithm) => {
      const buffer = serialised(algorithm.signingKeySize, key);
      const read = readFrom(buffer, algorithm);
      holds(signsLike(read, key), 'the key that was read makes the same signature');
      return [key, buffer, read];
    }),
    of.ending('sign, then release', signed, (key) => {
      key.sign(MESSAGE);
      key.release();
    }),
    of.ending('serialise and read, then release', start, (key, algorithm) => {
      const buffer = serialised(algorithm.signingKeySize, key);
      const read = readFrom(buffer, algorithm);
      for (const each of [key, buffer, read]) each.release();
    }),
    of.operation('deriveVerificationKey', start, (key) => {
      key.deriveVerificationKey();
      return key;
    }),
  ];
}

/** Uses a key at every period up to the last, and updates it between the periods. */
function live(key: KesSigningKey, use = (each: KesSigningKey): unknown => each.sign(MESSAGE)) {
  use(key);
  while (key.period + 1 < key.algorithm.totalPeriods) {
    key.update();
    use(key);
  }
  return key;
}

/** The further operations of a key that can evolve. */
function operationsOfAnEvolvingKey(of: Layer): Operation[] {
  const { algorithm } = of;
  const { depth, totalPeriods } = algorithm;
  const middle = totalPeriods / 2;
  const later = { period: middle + 5, visited: [0, middle - 1] };
  const life = { period: totalPeriods - 1, visited: periodsOf(depth), signed: true };
  const evolved = (name: string, run: Run): Operation =>
    of.operation(name, later, (key) => {
      key.updateTo(later.period);
      return run(key, algorithm);
    });
  return [
    of.operation('update', { period: 1, signed: true }, (key) => {
      key.sign(MESSAGE);
      key.update();
      return key;
    }),
    evolved('updateTo', (key) => key),
    of.operation('all updates', { ...life, signed: false }, (key) => {
      while (key.period + 1 < totalPeriods) key.update();
      return key;
    }),
    of.operation('a whole life, signing at every period', life, (key) => live(key)),
    of.operation('a whole life, verifying at every period', life, (key) =>
      live(key, (each) => signAndVerify(each, algorithm)),
    ),
    of.ending('a whole life, then release', life, (key) => {
      live(key);
      key.release();
    }),
    of.ending('sign, then release of everything', { period: 0, signed: true }, async (key) => {
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
  ...[new Layer('Sum6', sum6Kes), new Layer('CompactSum6', compactSum6Kes)].flatMap((of) => [
    ...operationsOfAnyDepth(of),
    ...operationsOfAnEvolvingKey(of),
  ]),
];
