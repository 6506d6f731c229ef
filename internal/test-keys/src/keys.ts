/** Keys of any algorithm: made of seeds and bytes, written, and driven by the conformance runner. */
import {
  directDeserialiseBufChecked,
  directSerialiseBufChecked,
  type DirectDeserialise,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import { MLockedSeed } from '@evolock/mlocked-seed';

/** Makes a key from a seed. The packages of the algorithms depend on this one, so it declares the interface. */
export interface KeyMaker<Key, Options extends object> {
  generateKey(seed: MLockedSeed, options?: Options): Key;
}

/** The members of an evolving key that the tests use. */
export interface TestedKey extends DirectSerialise, Disposable {
  readonly algorithm: { readonly signingKeySize: number };
  readonly period: number;
  deriveVerificationKey(): Uint8Array;
  sign(message: Uint8Array): Uint8Array;
  update(): void;
  release(): void;
}

/** The members of a key evolving scheme that the tests use. */
export interface TestedAlgorithm
  extends
    KeyMaker<TestedKey, object>,
    DirectDeserialise<TestedKey, { readonly period?: number | undefined }> {
  readonly name: string;
  readonly totalPeriods: number;
  readonly verificationKeySize: number;
  readonly signatureSize: number;
  readonly signingKeySize: number;
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

/** The signing key of a seed in ordinary bytes. The bytes are not changed. */
export function keyOf<Key, Options extends object>(
  algorithm: KeyMaker<Key, Options>,
  seed: Uint8Array,
  options?: Options,
): Key {
  using locked = MLockedSeed.fromBytes(seed.slice());
  return algorithm.generateKey(locked, options);
}

/** The signing key of a seed, evolved to a period. */
export function keyAt<Key extends TestedKey>(
  algorithm: KeyMaker<Key, object>,
  seed: Uint8Array,
  period: number,
): Key {
  const key = keyOf(algorithm, seed);
  while (key.period < period) key.update();
  return key;
}

/** The signing key of a serialised form. */
export function keyFrom<Key, Options extends object>(
  algorithm: DirectDeserialise<Key, Options>,
  bytes: Uint8Array,
  options?: Options,
): Key {
  return directDeserialiseBufChecked(bytes, algorithm, options);
}

/** A released key evolving key, as `describeLockedValue` tests it. */
export const releasedKey = {
  right: { sign: [Uint8Array.of(1)], directSerialise: [() => {}], updateTo: [0] },
  refuses: [
    'period',
    'sign',
    'update',
    'updateTo',
    'deriveVerificationKey',
    'clone',
    'directSerialise',
  ],
  harmless: ['algorithm'],
};

/** The serialised form of a value, of a given size in bytes. */
export function serialisedTo(size: number, value: DirectSerialise): Uint8Array {
  const bytes = new Uint8Array(size);
  directSerialiseBufChecked(bytes, value);
  return bytes;
}

/** The serialised form of a key with an algorithm. */
export function serialised(
  key: DirectSerialise & { readonly algorithm: { readonly signingKeySize: number } },
): Uint8Array {
  return serialisedTo(key.algorithm.signingKeySize, key);
}

/** Copies of the blocks of the serialised form of a value. */
export function blocksOf(value: DirectSerialise): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  // A block may be a Buffer, and `slice` of a Buffer does not copy.
  value.directSerialise((block) => blocks.push(new Uint8Array(block)));
  return blocks;
}

/** A key as the conformance runner drives it. */
export function handleOf(key: TestedKey, serialise = () => serialised(key)) {
  return {
    get period() {
      return key.period;
    },
    deriveVerificationKey: () => key.deriveVerificationKey(),
    sign: (message: Uint8Array) => key.sign(message),
    update: () => key.update(),
    serialise,
    blockSizes: () => blocksOf(key).map((block) => block.byteLength),
    release: () => key.release(),
  };
}

/** An algorithm as an implementation for the conformance runner. */
export function implementationOf(algorithm: TestedAlgorithm) {
  return {
    name: algorithm.name,
    totalPeriods: algorithm.totalPeriods,
    signatureSize: algorithm.signatureSize,
    signingKeySize: algorithm.signingKeySize,
    verificationKeySize: algorithm.verificationKeySize,
    generateKey: (seed: Uint8Array) => handleOf(keyOf(algorithm, seed)),
    readKey: (bytes: Uint8Array, period?: number) =>
      handleOf(keyFrom(algorithm, bytes, { period })),
    verify: (
      verificationKey: Uint8Array,
      period: number,
      message: Uint8Array,
      signature: Uint8Array,
    ) => algorithm.verify(verificationKey, period, message, signature),
  };
}

/** A function that makes a key of a seed, uses it once and releases it. */
function withKey<Key extends Disposable, Given extends unknown[]>(
  algorithm: KeyMaker<Key, object>,
  use: (key: Key, ...given: Given) => Uint8Array,
) {
  return (seed: Uint8Array, ...given: Given): Uint8Array => {
    using key = keyOf(algorithm, seed);
    return use(key, ...given);
  };
}

type PublicKeyOwner = Disposable & Pick<TestedKey, 'deriveVerificationKey'>;

type Verify<Verdict> = (
  verificationKey: Uint8Array,
  message: Uint8Array,
  made: Uint8Array,
) => Verdict;

/** A signature scheme as an implementation for the conformance runner. Another one may verify. */
export function dsignImplementationOf(
  dsign: KeyMaker<PublicKeyOwner & Pick<TestedKey, 'sign'>, object>,
  { verify }: { readonly verify: Verify<boolean> },
) {
  return {
    deriveVerificationKey: withKey(dsign, (key) => key.deriveVerificationKey()),
    sign: withKey(dsign, (key, message: Uint8Array) => key.sign(message)),
    verify,
  };
}

/** A VRF as an implementation for the conformance runner. Another one may verify. */
export function vrfImplementationOf(
  vrf: KeyMaker<PublicKeyOwner & { prove(alpha: Uint8Array): Uint8Array }, object>,
  {
    verify,
    outputOf,
  }: {
    readonly verify: Verify<Uint8Array | undefined>;
    readonly outputOf: (proof: Uint8Array) => Uint8Array | undefined;
  },
) {
  return {
    deriveVerificationKey: withKey(vrf, (key) => key.deriveVerificationKey()),
    prove: withKey(vrf, (key, alpha: Uint8Array) => key.prove(alpha)),
    verify,
    outputOf,
  };
}
