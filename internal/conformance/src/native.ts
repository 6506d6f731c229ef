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
import {
  dsignImplementationOf,
  handleOf,
  implementationOf,
  keyOf,
  serialisedTo,
  vrfImplementationOf,
} from '@evolock/test-keys';
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
  const rustOf = (key: KesSigningKey) =>
    handleOf(key, () => serialisedTo(type.size, rustSigningKey(key)));
  return {
    generateKey: (seed: Uint8Array) => rustOf(keyOf(algorithm, seed)),
    readKey: (bytes: Uint8Array) => rustOf(directDeserialiseBufChecked(bytes, type)),
  };
}

const dsign = dsignImplementationOf(ed25519, ed25519);

/** The extended key of kL ‖ kR; its serialised form ends with the verification key and the chain code. */
function extendedKeyFrom(extendedKey: Uint8Array, verificationKey: Uint8Array) {
  const bytes = Uint8Array.from([...extendedKey, ...verificationKey, ...new Uint8Array(32)]);
  return directDeserialiseBufChecked(bytes, ExtendedSigningKey);
}

/** The VRFs by their names in cardano-base. */
const vrfs = { PraosVRF: praosVrf, PraosBatchCompatVRF: praosBatchCompatVrf } as const;

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
  vrf: (name: VrfAlgorithmName) => vrfImplementationOf(vrfs[name], vrfs[name]),
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
