// Implementations in locked memory with one mistake each.
import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { type Implementation, type KesAlgorithmKind } from '@evolock/test-vectors';
import { GROUP_ORDER, Point, readScalar, writeScalar } from '../src/curve.js';
import { native } from '../src/native.js';

export type Kes = NonNullable<ReturnType<typeof native.kes>>;
type Handle = ReturnType<Kes['generateKey']>;

/** Deep enough for every mistake. */
const DEPTH = 3;

/** The native packages at one depth only, with something changed. */
function changed(algorithm: KesAlgorithmKind, change: (right: Kes) => Partial<Kes>) {
  return {
    kes(kind: KesAlgorithmKind, depth: number) {
      const right = native.kes(kind, depth);
      if (kind !== algorithm || depth !== DEPTH || right === undefined) return undefined;
      return { ...right, ...change(right) };
    },
  };
}

/** An implementation whose verifier of one algorithm is changed. */
const verifying = (
  algorithm: KesAlgorithmKind,
  change: (right: Kes, ...given: Parameters<Kes['verify']>) => boolean,
) => changed(algorithm, (right) => ({ verify: (...given) => change(right, ...given) }));

/** An implementation whose handles have something changed. */
function changedHandle(algorithm: KesAlgorithmKind, change: (right: Handle) => Partial<Handle>) {
  // Of a copy, since the handle itself is used by the change. No function of a handle uses `this`.
  const wrap = (right: Handle): Handle =>
    Object.defineProperties(
      Object.create(right) as Handle,
      Object.getOwnPropertyDescriptors(change(right)),
    );
  return changed(algorithm, (right) => ({
    generateKey: (seed) => wrap(right.generateKey(seed)),
    readKey: (serialised, period) => wrap(right.readKey(serialised, period)),
  }));
}

type VerifyProof = ReturnType<typeof native.vrf>['verify'];

/** The VRFs with another verifier. */
const verifyingProofs = (
  change: (right: VerifyProof, ...given: Parameters<VerifyProof>) => ReturnType<VerifyProof>,
): Implementation => ({
  vrf(algorithm) {
    const right = native.vrf(algorithm);
    return { ...right, verify: (...given) => change(right.verify, ...given) };
  },
});

function blocksOf(bytes: Uint8Array, size = 32): Uint8Array[] {
  return Array.from({ length: bytes.length / size }, (_, index) =>
    bytes.slice(size * index, size * (index + 1)),
  );
}

export const seedNotWiped = changedHandle('sum', (right) => {
  const remembered = right.serialise();
  return {
    serialise: () =>
      right.serialise().map((byte, index) => {
        const isRightSeed = index >= 32 && (index - 32) % 96 < 32;
        return isRightSeed && byte === 0 ? (remembered[index] ?? 0) : byte;
      }),
  };
});

const reverseTail = (signature: Uint8Array) =>
  concatBytes(signature.slice(0, 96), ...blocksOf(signature.slice(96)).reverse());

/** Siblings outermost first, in signing and in verifying. */
const compactTailReversed: Implementation = {
  kes(algorithm, depth) {
    const reversing = changedHandle('compactSum', (right) => ({
      sign: (message) => reverseTail(right.sign(message)),
    })).kes(algorithm, depth);
    return (
      reversing && {
        ...reversing,
        verify: (verificationKey, period, message, signature) =>
          signature.length === reversing.signatureSize &&
          reversing.verify(verificationKey, period, message, reverseTail(signature)),
      }
    );
  },
};

/** The root of a compact signature: each level has the verification key beside the way. */
function rootOf(period: number, signature: Uint8Array): Uint8Array {
  const [leafKey = new Uint8Array(), ...siblings] = blocksOf(signature.slice(64));
  return siblings.reduce((inner, sibling, level) => {
    const isRight = ((period >> level) & 1) === 1;
    const pair = isRight ? [sibling, inner] : [inner, sibling];
    return blake2b(concatBytes(...pair), { dkLen: 32 });
  }, leafKey);
}

/** Whether bytes are a point outside of the main subgroup. */
function hasTorsion(bytes: Uint8Array): boolean {
  try {
    return !Point.fromBytes(bytes).isTorsionFree();
  } catch {
    return false;
  }
}

/**
 * What is wrong, the implementation, failures that it must have (the group of a case and the code without its prefix), and
 * whether it accepts what anybody can forge.
 */
export const wrong: readonly (readonly [string, Implementation, readonly string[], boolean?])[] = [
  [
    'the seed of a right half stays in the key after its use',
    seedNotWiped,
    ['kes signing key: SIGNING_KEY_MISMATCH', 'kes haskell: SIGNING_KEY_MISMATCH'],
  ],
  [
    'the right half of a key begins one update too late',
    changedHandle('sum', (right) => {
      let lag = 0;
      return {
        get period() {
          return right.period + lag;
        },
        update() {
          if (right.period === 2 ** (DEPTH - 1) - 1 && lag === 0) lag = 1;
          else right.update();
        },
      };
    }),
    [
      'kes signing key: SIGNING_KEY_MISMATCH',
      'kes signature: SIGNATURE_MISMATCH',
      'kes read back: SIGNING_KEY_MISMATCH',
    ],
  ],
  [
    'bytes after a signature are ignored',
    verifying('sum', (right, key, period, message, signature) =>
      right.verify(key, period, message, signature.slice(0, right.signatureSize)),
    ),
    ['kes negative: INVALID_ACCEPTED'],
  ],
  [
    'periods are truncated to signed 32-bit numbers',
    verifying('compactSum', (right, key, period, ...rest) =>
      right.verify(key, period | 0, ...rest),
    ),
    ['kes negative: INVALID_ACCEPTED'],
  ],
  [
    'compact: siblings stand outermost first',
    compactTailReversed,
    [
      'kes signature: SIGNATURE_MISMATCH',
      'kes haskell: SIGNATURE_MISMATCH',
      'kes verification: VALID_REJECTED',
      'kes negative: INVALID_ACCEPTED',
    ],
  ],
  [
    'verification keys are before the seed at every level',
    changedHandle('sum', (right) => ({
      serialise: () => {
        const serialised = right.serialise();
        const levels = blocksOf(serialised.slice(32), 96).map((level) =>
          concatBytes(level.slice(32), level.slice(0, 32)),
        );
        return concatBytes(serialised.slice(0, 32), ...levels);
      },
    })),
    ['kes signing key: SIGNING_KEY_MISMATCH'],
  ],
  [
    'a level is one block instead of three',
    changedHandle('sum', () => ({
      blockSizes: () => [32, ...Array<number>(DEPTH).fill(96)],
    })),
    ['kes block sizes: SIZE_MISMATCH'],
  ],
  [
    'an update of the last period does nothing',
    changedHandle('sum', (right) => ({
      update() {
        if (right.period < 2 ** DEPTH - 1) right.update();
      },
    })),
    ['kes last period: UPDATE_ACCEPTED'],
  ],
  [
    'a failed update damages the key',
    changedHandle('sum', (right) => {
      let isDamaged = false;
      return {
        update() {
          isDamaged = true;
          right.update();
          isDamaged = false;
        },
        serialise: () => (isDamaged ? right.serialise().fill(0) : right.serialise()),
      };
    }),
    ['kes last period: SIGNING_KEY_MISMATCH'],
  ],
  [
    'a key that was read is at period 0',
    changed('sum', (right) => ({
      readKey: (serialised) =>
        Object.defineProperty({ ...right.readKey(serialised) }, 'period', { value: 0 }),
    })),
    ['kes read back: PERIOD_MISMATCH'],
  ],
  [
    'the stated size of a signature is one byte too large',
    changed('sum', ({ signatureSize }) => ({ signatureSize: signatureSize + 1 })),
    ['kes sizes: SIZE_MISMATCH'],
  ],
  [
    'the level of a tampered key counts from the root',
    changed('sum', ({ checkedRead }) => ({
      checkedRead: {
        levelOf(error) {
          const level = checkedRead.levelOf(error);
          return level === undefined ? undefined : DEPTH + 1 - level;
        },
      },
    })),
    ['kes key negative: LEVEL_MISMATCH'],
  ],
  [
    'every key in the layout of the Rust crate is read as one at period 0',
    changed('sum', ({ rust }) => ({
      rust: { ...rust, readKey: () => rust.generateKey(new Uint8Array(32)) },
    })),
    ['kes rust form: ENCODING_MISMATCH', 'kes rust form negative: MALFORMED_ACCEPTED'],
  ],
  [
    'a seed is expanded to itself',
    { seed: { expand: (seed) => ({ left: seed, right: seed }) } },
    ['seed expansion: EXPANSION_MISMATCH'],
  ],
  [
    'Ed25519 is verified with a cofactor and takes any encoding (ZIP 215)',
    {
      dsign: {
        ...native.dsign,
        verify: (key, message, signature) =>
          signature.length === 64 && ed25519.verify(signature, message, key),
      },
    },
    ['ed25519 verification: INVALID_ACCEPTED'],
  ],
  [
    'a verifier throws where it should return false',
    verifying('sum', (right, key, period, message, signature) => {
      if (signature.length !== right.signatureSize) throw new RangeError('wrong length');
      return right.verify(key, period, message, signature);
    }),
    ['kes negative: IMPLEMENTATION_THREW'],
  ],
  [
    'compact: the Ed25519 signature of the leaf is not verified',
    verifying(
      'compactSum',
      (right, key, period, _, signature) =>
        period >= 0 &&
        period < right.totalPeriods &&
        signature.length === right.signatureSize &&
        Buffer.from(rootOf(period, signature)).equals(key),
    ),
    ['kes negative: INVALID_ACCEPTED'],
    true,
  ],
  [
    'points with a part of small order are refused, as libsodium does',
    verifyingProofs((right, key, alpha, proof) =>
      [key, proof.slice(0, 32)].some(hasTorsion) ? undefined : right(key, alpha, proof),
    ),
    ['vrf verification: VALID_REJECTED'],
  ],
  [
    'the response is reduced modulo the group order',
    verifyingProofs((right, key, alpha, proof) => {
      if (proof.length !== 80 && proof.length !== 128) return undefined;
      const response = writeScalar(readScalar(proof.slice(-32)) % GROUP_ORDER);
      return right(key, alpha, concatBytes(proof.slice(0, -32), response));
    }),
    ['vrf verification: INVALID_ACCEPTED'],
  ],
  [
    'bytes after a proof are ignored',
    verifyingProofs((right, key, alpha, proof) =>
      right(key, alpha, proof.slice(0, proof.length === 81 ? 80 : 128)),
    ),
    ['vrf verification: INVALID_ACCEPTED'],
  ],
];
