import { directSerialiseBufChecked } from '@evolock/direct-serialise';
import {
  compactSum6Kes,
  sum6Kes,
  type KesAlgorithm,
  MLockedSeed,
  type KesSigningKey,
  compactSumKesOfDepth,
  sumKesOfDepth,
} from '@evolock/kes-sum';
import { rustSigningKey, rustSigningKeyType } from '@evolock/kes-sum/all';
import { releaseAll } from '@evolock/mlocked-bytes/release-all';
import {
  keyAt,
  periodsOf,
  released,
  type Expectation,
  type KeyState,
  type KnownKey,
} from '../secrets/expectation.js';
import { operationsOfKey } from './any-key.js';
import { readFrom, serialised } from './locked-memory.js';
import { holds, layer, MESSAGE, refused, type Operation, type Subject } from './operation.js';

const compactSum0Kes = compactSumKesOfDepth(0);
const sum0Kes = sumKesOfDepth(0);

/** A key generated from the seed of the subject. The seed is released. */
export function keyOf(algorithm: KesAlgorithm, subject: Subject): KesSigningKey {
  using seed = subject.seed();
  return algorithm.generateKey(seed);
}

export function knownKey(root: Uint8Array, period = 0): KnownKey {
  using seed = MLockedSeed.newZeroed(32);
  seed.withBytes((memory) => memory.set(root));
  using key = sum6Kes.generateKey(seed);
  key.updateTo(period);
  const bytes = new Uint8Array(sum6Kes.signingKeySize);
  directSerialiseBufChecked(bytes, key);
  return { bytes, verificationKey: key.deriveVerificationKey() };
}

/** Makes operations of keys of one algorithm, and what holds for a key in some state. */
const operationsOn = (name: string, algorithm: KesAlgorithm) => ({
  of: (title: string, expects: Expectation, run: (key: KesSigningKey) => unknown) =>
    layer(name)(title, expects, (subject) => run(keyOf(algorithm, subject))),
  at: (state: Omit<KeyState, 'depth'>) => keyAt({ depth: algorithm.depth, ...state }),
});

const isSignature = (key: KesSigningKey, signature: Uint8Array): boolean =>
  key.algorithm.verify(key.deriveVerificationKey(), key.period, MESSAGE, signature);

/** The operations of a key of any depth. */
function operationsOfAnyDepth(name: string, algorithm: KesAlgorithm): Operation[] {
  const { depth } = algorithm;
  const { of, at } = operationsOn(name, algorithm);
  const period = 2 ** depth - 1;
  const live = at({ period: 0 });
  return [
    ...operationsOfKey<KesSigningKey>({
      layer: name,
      keyOf: (subject) => keyOf(algorithm, subject),
      generate: (seed) => algorithm.generateKey(seed),
      type: algorithm,
      size: algorithm.signingKeySize,
      use: ['sign', (key) => key.sign(MESSAGE)],
      isValid: isSignature,
      live,
      generated: at({ period: 0, visited: periodsOf(depth) }),
      used: { ...live, signed: true },
    }),
    of('update at the end of life', at({ period, visited: periodsOf(depth) }), (key) => {
      key.updateTo(period);
      refused('ERR_EVOLOCK_KES_LAST_PERIOD', () => key.update());
      return key;
    }),
    of('serialise and read, then release', released(live), (key) => {
      const buffer = serialised(algorithm.signingKeySize, key);
      const read = readFrom(buffer, algorithm);
      for (const each of [key, buffer, read]) each.release();
    }),
    of('deriveVerificationKey', live, (key) => {
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
function operationsOfAnEvolvingKey(name: string, algorithm: KesAlgorithm): Operation[] {
  const { depth, totalPeriods } = algorithm;
  const { of, at } = operationsOn(name, algorithm);
  const middle = totalPeriods / 2;
  const period = middle + 5;
  const later = at({ period, visited: [0, middle - 1] });
  const life = at({ period: totalPeriods - 1, visited: periodsOf(depth), signed: true });
  return [
    of('update', at({ period: 1, signed: true }), (key) => {
      key.sign(MESSAGE);
      key.update();
      return key;
    }),
    of('updateTo', later, (key) => {
      key.updateTo(period);
      return key;
    }),
    of('all updates', { ...life, signed: false }, (key) => live(key, () => undefined)),
    of('a whole life, signing at every period', life, (key) => live(key)),
    of('a whole life, verifying at every period', life, (key) =>
      live(key, () => holds(isSignature(key, key.sign(MESSAGE)), 'the signature verifies')),
    ),
    of('a whole life, then release', released(life), (key) => live(key).release()),
    of(
      'sign, then release of everything',
      released(at({ period: 0, signed: true })),
      async (key) => {
        key.sign(MESSAGE);
        await releaseAll();
        holds(key.released, 'the key was released');
      },
    ),
    of('layout of the Rust crate', later, (key) => {
      key.updateTo(period);
      const type = rustSigningKeyType(algorithm);
      const buffer = serialised(type.size, rustSigningKey(key));
      return [key, buffer, readFrom(buffer, type)];
    }),
  ];
}

/** Every operation of KES keys, with one period and with the 64 periods of Cardano, in both variants. */
export const kesOperations: readonly Operation[] = [
  ...operationsOfAnyDepth('Single', sum0Kes),
  ...operationsOfAnyDepth('CompactSingle', compactSum0Kes),
  ...operationsOfAnyDepth('Sum6', sum6Kes),
  ...operationsOfAnEvolvingKey('Sum6', sum6Kes),
  ...operationsOfAnyDepth('CompactSum6', compactSum6Kes),
  ...operationsOfAnEvolvingKey('CompactSum6', compactSum6Kes),
];
