/** The operations that keys of every kind have. */
import type { DirectDeserialise, DirectSerialise } from '@evolock/direct-serialise';
import type { MLockedSeed } from '@evolock/mlocked-seed';
import { released, withLiveRoot, type Expectation } from '../secrets/expectation.js';
import { readFrom, serialised } from './locked-memory.js';
import { holds, layer, type Operation, type Subject } from './operation.js';

/** The members that keys of every kind have. */
interface AnyKey extends DirectSerialise {
  clone(): unknown;
  release(): void;
}

/** A kind of key. */
export interface KeyKind<Key extends AnyKey> {
  readonly layer: string;
  /** A key of the secret, which is no seed any more. */
  readonly keyOf: (subject: Subject) => Key;
  /** Makes a key of a seed, which stays alive. Absent when a key is read only. */
  readonly generate?: (seed: MLockedSeed<32>) => Key;
  readonly type: DirectDeserialise<Key>;
  /** Bytes of the serialised form. */
  readonly size: number;
  /** What is done with the key, and its name. */
  readonly use: readonly [name: 'sign' | 'prove', run: (key: Key) => Uint8Array];
  /** Whether the result of its use is valid. */
  readonly isValid: (key: Key, made: Uint8Array) => boolean;
  /** What a scan finds of a key; of one that was generated; of one that was used. */
  readonly live: Expectation;
  readonly generated?: Expectation;
  readonly used: Expectation;
}

/** A named step comes last, because a later step would overwrite what it left on the stack. */
export function operationsOfKey<Key extends AnyKey>(kind: KeyKind<Key>): Operation[] {
  const { keyOf, generate, type, size, isValid, live, used } = kind;
  const [name, use] = kind.use;
  const operation = layer(kind.layer);
  const of = (title: string, expects: Expectation, run: (key: Key) => unknown) =>
    operation(title, expects, (subject) => run(keyOf(subject)));
  const read = (key: Key) => {
    const buffer = serialised(size, key);
    return [key, buffer, readFrom(buffer, type)] as const;
  };
  return [
    ...(generate === undefined
      ? []
      : [
          operation('generateKey', withLiveRoot(kind.generated ?? live), (subject) => {
            const seed = subject.seed();
            return [seed, generate(seed)];
          }),
        ]),
    of(name, used, (key) => {
      use(key);
      return key;
    }),
    of(`${name} and verify`, used, (key) => {
      holds(isValid(key, use(key)), 'the result is valid');
      return key;
    }),
    of('clone', live, (key) => [key, key.clone()]),
    of('serialise', live, (key) => [key, serialised(size, key)]),
    of('read', live, read),
    of(`read, and ${name} alike`, used, (key) => {
      const values = read(key);
      const same = Buffer.from(use(values[2])).equals(use(key));
      holds(same, 'the key that was read gives the same result');
      return values;
    }),
    of(`${name}, then release`, released(used), (key) => {
      use(key);
      key.release();
    }),
  ];
}
