/** The native packages as the conformance runner drives them. */
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import {
  compactSumKesOfDepth,
  ed25519,
  type KesAlgorithm,
  type KesSigningKey,
  MLockedSeed,
  sumKesOfDepth,
} from '@evolock/kes-sum';
import { InconsistentKeyError, rustSigningKey, rustSigningKeyType } from '@evolock/kes-sum/all';
import { blocksOf, keyFrom, keyOf, serialised, serialisedTo } from '@evolock/test-keys';
import {
  extendedKeyVectors,
  type Implementation,
  type KesAlgorithmKind,
  type VrfAlgorithmName,
} from '@evolock/test-vectors';
import { ExtendedSigningKey, praosBatchCompatVrf, praosVrf } from '@evolock/vrf-praos';

/** A key of any algorithm. */
function handleOf(key: KesSigningKey, serialise = () => serialised(key)) {
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

/** Signatures of extended keys, of which the verification key is known. */
export function extendedOf(verificationKeyOf: (extendedKey: Uint8Array) => Uint8Array) {
  /** Its serialised form is kL ‖ kR ‖ verification key ‖ chain code. */
  const keyOfBytes = (extendedKey: Uint8Array) => {
    const parts = [...extendedKey, ...verificationKeyOf(extendedKey), ...new Uint8Array(32)];
    return directDeserialiseBufChecked(Uint8Array.from(parts), ExtendedSigningKey);
  };
  return {
    deriveVerificationKey(extendedKey: Uint8Array) {
      using key = keyOfBytes(extendedKey);
      return key.deriveVerificationKey();
    },
    sign(extendedKey: Uint8Array, message: Uint8Array) {
      using key = keyOfBytes(extendedKey);
      return key.sign(message);
    },
  };
}

const extended = extendedOf((extendedKey) => {
  const isIt = (vector: { extendedKey: Uint8Array }) =>
    Buffer.from(vector.extendedKey).equals(extendedKey);
  return extendedKeyVectors().find(isIt)!.verificationKey;
});

/** The VRFs by their names in cardano-base. */
const vrfs = { PraosVRF: praosVrf, PraosBatchCompatVRF: praosBatchCompatVrf } as const;

/** Everything that the vectors have. */
export const native = {
  seed: {
    expand(bytes: Uint8Array) {
      using seed = MLockedSeed.fromBytes(bytes.slice());
      const { left, right } = seed.expand();
      using first = left;
      using second = right;
      return { left: serialisedTo(32, first), right: serialisedTo(32, second) };
    },
  },
  dsign: {
    deriveVerificationKey(seed: Uint8Array) {
      using key = keyOf(ed25519, seed);
      return key.deriveVerificationKey();
    },
    sign(seed: Uint8Array, message: Uint8Array) {
      using key = keyOf(ed25519, seed);
      return key.sign(message);
    },
    verify: ed25519.verify.bind(ed25519),
  },
  extended,
  vrf(name: VrfAlgorithmName) {
    const algorithm = vrfs[name];
    return {
      deriveVerificationKey(seed: Uint8Array) {
        using key = keyOf(algorithm, seed);
        return key.deriveVerificationKey();
      },
      prove(seed: Uint8Array, alpha: Uint8Array) {
        using key = keyOf(algorithm, seed);
        return key.prove(alpha);
      },
      verify: algorithm.verify.bind(algorithm),
      outputOf: algorithm.outputOf.bind(algorithm),
    };
  },
  kes(kind: KesAlgorithmKind, depth: number) {
    if (depth > 0 && (kind === 'single' || kind === 'compactSingle')) return undefined;
    const ofDepth = kind.startsWith('compact') ? compactSumKesOfDepth : sumKesOfDepth;
    const algorithm: KesAlgorithm = ofDepth(depth);
    const type = rustSigningKeyType(algorithm);
    const rustOf = (key: KesSigningKey) =>
      handleOf(key, () => serialisedTo(type.size, rustSigningKey(key)));
    return {
      name: algorithm.name,
      totalPeriods: algorithm.totalPeriods,
      signatureSize: algorithm.signatureSize,
      signingKeySize: algorithm.signingKeySize,
      verificationKeySize: algorithm.verificationKeySize,
      generateKey: (seed: Uint8Array) => handleOf(keyOf(algorithm, seed)),
      readKey: (bytes: Uint8Array, period?: number) =>
        handleOf(keyFrom(algorithm, bytes, { period })),
      verify: algorithm.verify.bind(algorithm),
      rust: {
        generateKey: (seed: Uint8Array) => rustOf(keyOf(algorithm, seed)),
        readKey: (bytes: Uint8Array) => rustOf(directDeserialiseBufChecked(bytes, type)),
      },
      checkedRead: {
        levelOf: (error: unknown) =>
          error instanceof InconsistentKeyError ? error.level : undefined,
      },
    };
  },
} satisfies Implementation;
