// Implementations with one mistake each, which the cases of the runner have to find.
import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import type { Implementation, KesAlgorithmKind } from '@evolock/test-vectors';
import { native } from '../src/native.js';

type Kes = NonNullable<ReturnType<typeof native.kes>>;
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

function blocksOf(bytes: Uint8Array, size = 32): Uint8Array[] {
  return Array.from({ length: bytes.length / size }, (_, index) =>
    bytes.slice(size * index, size * (index + 1)),
  );
}

/** The right seeds stay in the key after they were used. */
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

/** The right half is entered one update too late. */
const updateOffByOne = changedHandle('sum', (right) => {
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
});

/** Bytes after the signature are ignored. */
const extendedSignatureAccepted = changed('sum', (right) => ({
  verify: (verificationKey, period, message, signature) =>
    right.verify(verificationKey, period, message, signature.slice(0, right.signatureSize)),
}));

/** Every period past the end counts as the last one, as in the reference implementations. */
const periodPastTheEndAccepted = changed('sum', (right) => ({
  verify: (verificationKey, period, message, signature) =>
    right.verify(verificationKey, Math.min(period, right.totalPeriods - 1), message, signature),
}));

/** Periods are truncated to signed 32-bit numbers. */
const periodTruncated = changed('compactSum', (right) => ({
  verify: (verificationKey, period, message, signature) =>
    right.verify(verificationKey, period | 0, message, signature),
}));

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

/** Verification keys before the seed at every level. */
const blockOrderWrong = changedHandle('sum', (right) => ({
  serialise: () => {
    const serialised = right.serialise();
    const levels = blocksOf(serialised.slice(32), 96).map((level) =>
      concatBytes(level.slice(32), level.slice(0, 32)),
    );
    return concatBytes(serialised.slice(0, 32), ...levels);
  },
}));

/** One block a level instead of three. */
const blocksMerged = changedHandle('sum', () => ({
  blockSizes: () => [32, ...Array<number>(DEPTH).fill(96)],
}));

/** The last period can be updated, to nothing. */
const updatePastTheEnd = changedHandle('sum', (right) => ({
  update() {
    if (right.period < 2 ** DEPTH - 1) right.update();
  },
}));

/** A failed update damages the key. */
const updatePastTheEndDamages = changedHandle('sum', (right) => {
  let isDamaged = false;
  return {
    update() {
      try {
        right.update();
      } catch (error) {
        isDamaged = true;
        throw error;
      }
    },
    serialise: () => (isDamaged ? right.serialise().fill(0) : right.serialise()),
  };
});

/** A key that was read starts again at period 0. */
const readingForgetsThePeriod = changed('sum', (right) => ({
  readKey: (serialised) => {
    const handle = right.readKey(serialised);
    return Object.defineProperty({ ...handle }, 'period', { value: 0 });
  },
}));

/** A wrong stated size. */
const wrongSize = changed('sum', ({ signatureSize }) => ({
  signatureSize: signatureSize + 1,
}));

/** A verifier with a cofactor that takes any encoding (ZIP 215). */
const laxEd25519: Implementation = {
  dsign: {
    deriveVerificationKey: (seed) => ed25519.getPublicKey(seed),
    sign: (seed, message) => ed25519.sign(message, seed),
    verify: (verificationKey, message, signature) =>
      signature.length === 64 && ed25519.verify(signature, message, verificationKey),
  },
};

/** A verifier that throws where it should return false. */
const throwingVerifier = changed('sum', (right) => ({
  verify: (verificationKey, period, message, signature) => {
    if (signature.length !== right.signatureSize) throw new RangeError('wrong length');
    return right.verify(verificationKey, period, message, signature);
  },
}));

/** The root of a compact signature: each level has the verification key beside the way. */
function rootOf(period: number, signature: Uint8Array): Uint8Array {
  const [leafKey = new Uint8Array(), ...siblings] = blocksOf(signature.slice(64));
  return siblings.reduce((inner, sibling, level) => {
    const isRight = ((period >> level) & 1) === 1;
    const pair = isRight ? [sibling, inner] : [inner, sibling];
    return blake2b(concatBytes(...pair), { dkLen: 32 });
  }, leafKey);
}

/** A compact verifier that does not check the leaf signature. */
const leafUnchecked = changed('compactSum', (right) => ({
  verify: (verificationKey, period, _message, signature) =>
    period >= 0 &&
    period < right.totalPeriods &&
    signature.length === right.signatureSize &&
    Buffer.from(rootOf(period, signature)).equals(verificationKey),
}));

/** Each wrong implementation, with failures that it must have: the group of a case and the code without its prefix. */
export const wrongImplementations: readonly (readonly [
  name: string,
  implementation: Implementation,
  failures: readonly string[],
])[] = [
  [
    'seed not wiped after the boundary',
    seedNotWiped,
    ['kes signing key: SIGNING_KEY_MISMATCH', 'kes haskell: SIGNING_KEY_MISMATCH'],
  ],
  [
    'update off by one',
    updateOffByOne,
    [
      'kes signing key: SIGNING_KEY_MISMATCH',
      'kes signature: SIGNATURE_MISMATCH',
      'kes read back: SIGNING_KEY_MISMATCH',
    ],
  ],
  ['extended signature accepted', extendedSignatureAccepted, ['kes negative: INVALID_ACCEPTED']],
  [
    'period past the end accepted',
    periodPastTheEndAccepted,
    ['kes negative: INVALID_ACCEPTED', 'kes verification: INVALID_ACCEPTED'],
  ],
  ['period truncated to 32 bits', periodTruncated, ['kes negative: INVALID_ACCEPTED']],
  [
    'compact tail reversed',
    compactTailReversed,
    [
      'kes signature: SIGNATURE_MISMATCH',
      'kes haskell: SIGNATURE_MISMATCH',
      'kes verification: VALID_REJECTED',
      'kes negative: INVALID_ACCEPTED',
    ],
  ],
  ['block order wrong', blockOrderWrong, ['kes signing key: SIGNING_KEY_MISMATCH']],
  ['blocks merged', blocksMerged, ['kes block sizes: SIZE_MISMATCH']],
  ['update past the end', updatePastTheEnd, ['kes last period: UPDATE_ACCEPTED']],
  [
    'update past the end damages the key',
    updatePastTheEndDamages,
    ['kes last period: SIGNING_KEY_MISMATCH'],
  ],
  ['reading forgets the period', readingForgetsThePeriod, ['kes read back: PERIOD_MISMATCH']],
  ['wrong size', wrongSize, ['kes sizes: SIZE_MISMATCH']],
  ['lax Ed25519', laxEd25519, ['ed25519 verification: INVALID_ACCEPTED']],
  ['verifier that throws', throwingVerifier, ['kes negative: IMPLEMENTATION_THREW']],
  ['leaf signature unchecked', leafUnchecked, ['kes negative: INVALID_ACCEPTED']],
];
