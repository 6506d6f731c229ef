/** The native packages as the conformance runner drives them. */
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import {
  compactSumKesOfDepth,
  ed25519,
  InconsistentKeyError,
  type KesAlgorithm,
  type KesSigningKey,
  MLockedSeed,
  rustSigningKey,
  rustSigningKeyType,
  sumKesOfDepth,
} from '@evolock/kes-sum';
import { blocksOf, implementationOf, keyOf, serialisedTo } from '@evolock/test-keys';
import type { Implementation, KesAlgorithmKind, VrfAlgorithmName } from '@evolock/test-vectors';
import { ExtendedSigningKey, praosBatchCompatVrf, praosVrf } from '@evolock/vrf-praos';

/** The algorithm of a kind at a depth. `single` and `compactSingle` have depth 0. */
export function algorithmOf(kind: KesAlgorithmKind, depth: number): KesAlgorithm {
  const isCompact = kind === 'compactSingle' || kind === 'compactSum';
  return (isCompact ? compactSumKesOfDepth : sumKesOfDepth)(ed25519, depth);
}

/** Keys in the layout of the Rust crate. */
function rustFormOf(algorithm: KesAlgorithm) {
  const type = rustSigningKeyType(algorithm);
  const handleOf = (key: KesSigningKey) => ({
    get period() {
      return key.period;
    },
    deriveVerificationKey: () => key.deriveVerificationKey(),
    sign: (message: Uint8Array) => key.sign(message),
    update: () => key.update(),
    serialise: () => serialisedTo(type.size, rustSigningKey(key)),
    blockSizes: () => blocksOf(key).map((block) => block.byteLength),
    release: () => key.release(),
  });
  return {
    generateKey: (seed: Uint8Array) => handleOf(keyOf(algorithm, seed)),
    readKey: (bytes: Uint8Array) => handleOf(directDeserialiseBufChecked(bytes, type)),
  };
}

const dsign = {
  deriveVerificationKey: (seed: Uint8Array) => {
    using key = keyOf(ed25519, seed);
    return key.deriveVerificationKey();
  },
  sign: (seed: Uint8Array, message: Uint8Array) => {
    using key = keyOf(ed25519, seed);
    return key.sign(message);
  },
  verify: (...given: [Uint8Array, Uint8Array, Uint8Array]) => ed25519.verify(...given),
};

/** The extended key of kL ‖ kR; its serialised form ends with the verification key and the chain code. */
function extendedKeyFrom(extendedKey: Uint8Array, verificationKey: Uint8Array) {
  const bytes = Uint8Array.from([...extendedKey, ...verificationKey, ...new Uint8Array(32)]);
  return directDeserialiseBufChecked(bytes, ExtendedSigningKey);
}

/** The VRFs by their names in cardano-base. */
const vrfs = { PraosVRF: praosVrf, PraosBatchCompatVRF: praosBatchCompatVrf } as const;

function vrfOf(name: VrfAlgorithmName) {
  const vrf = vrfs[name];
  return {
    deriveVerificationKey(seed: Uint8Array) {
      using key = keyOf(vrf, seed);
      return key.deriveVerificationKey();
    },
    prove(seed: Uint8Array, alpha: Uint8Array) {
      using key = keyOf(vrf, seed);
      return key.prove(alpha);
    },
    verify: (...given: [Uint8Array, Uint8Array, Uint8Array]) => vrf.verify(...given),
    outputOf: (proof: Uint8Array) => vrf.outputOf(proof),
  };
}

/** A seed, copied, and its halves as ordinary bytes. */
export function expand(bytes: Uint8Array): { left: Uint8Array; right: Uint8Array } {
  using seed = MLockedSeed.fromBytes(bytes.slice());
  const { left, right } = seed.expand();
  using first = left;
  using second = right;
  return { left: serialisedTo(32, first), right: serialisedTo(32, second) };
}

/** An implementation of which the tests use everything but extended keys, which need their verification key. */
export const native = {
  seed: { expand },
  dsign,
  vrf: vrfOf,
  kes(kind: KesAlgorithmKind, depth: number) {
    const isSingle = kind === 'single' || kind === 'compactSingle';
    if (isSingle && depth > 0) return undefined;
    const algorithm = algorithmOf(kind, depth);
    return {
      ...implementationOf(algorithm),
      rust: rustFormOf(algorithm),
      checkedRead: {
        levelOf: (error: unknown) =>
          error instanceof InconsistentKeyError ? error.level : undefined,
      },
    };
  },
} satisfies Implementation;

/** Signatures of extended keys, of which the verification key is known. */
export function extendedOf(verificationKeyOf: (extendedKey: Uint8Array) => Uint8Array) {
  return {
    deriveVerificationKey(extendedKey: Uint8Array) {
      using key = extendedKeyFrom(extendedKey, verificationKeyOf(extendedKey));
      return key.deriveVerificationKey();
    },
    sign(extendedKey: Uint8Array, message: Uint8Array) {
      using key = extendedKeyFrom(extendedKey, verificationKeyOf(extendedKey));
      return key.sign(message);
    },
  };
}
