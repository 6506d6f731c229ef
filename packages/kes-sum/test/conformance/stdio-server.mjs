/** The built package as a process for the conformance runner: `evolock-conformance -- node stdio-server.mjs`. */
import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import * as evolock from '@evolock/kes-sum';
import { serveImplementation } from '@evolock/test-vectors';

/** The value that helpers write for a key, the type by which they read it, and their size. */
const layouts = {
  reference: (algorithm) => ({
    of: (key) => key,
    type: algorithm,
    size: algorithm.signingKeySize,
  }),
  rust: (algorithm) => {
    const type = evolock.rustSigningKeyType(algorithm);
    return { of: evolock.rustSigningKey, type, size: type.size };
  },
};

function handleOf(key, { of, size }) {
  return {
    get period() {
      return key.period;
    },
    deriveVerificationKey: () => key.deriveVerificationKey(),
    sign: (message) => key.sign(message),
    update: () => key.update(),
    serialise() {
      const bytes = new Uint8Array(size);
      directSerialiseBufChecked(bytes, of(key));
      return bytes;
    },
    blockSizes() {
      const sizes = [];
      key.directSerialise((block) => sizes.push(block.byteLength));
      return sizes;
    },
    release: () => key.release(),
  };
}

function withSeed(bytes, use) {
  const seed = evolock.MLockedSeed.fromBytes(bytes);
  try {
    return use(seed);
  } finally {
    seed.release();
  }
}

/** Generating and reading keys in a layout. */
function keysOf(algorithm, layout) {
  return {
    generateKey: (seed) =>
      withSeed(seed, (locked) => handleOf(algorithm.generateKey(locked), layout)),
    readKey: (bytes, period) =>
      handleOf(directDeserialiseBufChecked(bytes, layout.type, { period }), layout),
  };
}

function kesOf(algorithm) {
  const { name, totalPeriods, signatureSize, signingKeySize, verificationKeySize } = algorithm;
  return {
    name,
    totalPeriods,
    signatureSize,
    signingKeySize,
    verificationKeySize,
    ...keysOf(algorithm, layouts.reference(algorithm)),
    verify: (verificationKey, period, message, signature) =>
      algorithm.verify(verificationKey, period, message, signature),
    rust: keysOf(algorithm, layouts.rust(algorithm)),
    checkedRead: {
      levelOf: (error) => (error instanceof evolock.InconsistentKeyError ? error.level : undefined),
    },
  };
}

function withLeaf(bytes, use) {
  return withSeed(bytes, (seed) => {
    const key = evolock.ed25519.generateKey(seed);
    try {
      return use(key);
    } finally {
      key.release();
    }
  });
}

/** The named algorithm of a kind and a depth; `undefined` when there is none. */
function algorithmOf(algorithm, depth) {
  const isSingle = algorithm === 'single' || algorithm === 'compactSingle';
  if (isSingle && depth > 0) return undefined;
  const isCompact = algorithm === 'compactSingle' || algorithm === 'compactSum';
  return evolock[`${isCompact ? 'compactSum' : 'sum'}${depth}Kes`];
}

/** The package and those below it. */
const implementation = {
  seed: {
    expand: (bytes) =>
      withSeed(bytes, (seed) => {
        const { left, right } = seed.expand();
        const halves = {};
        for (const [name, child] of Object.entries({ left, right })) {
          const half = new Uint8Array(32);
          directSerialiseBufChecked(half, child);
          child.release();
          halves[name] = half;
        }
        return halves;
      }),
  },
  dsign: {
    deriveVerificationKey: (seed) => withLeaf(seed, (key) => key.deriveVerificationKey()),
    sign: (seed, message) => withLeaf(seed, (key) => key.sign(message)),
    verify: (verificationKey, message, signature) =>
      evolock.ed25519.verify(verificationKey, message, signature),
  },
  kes(algorithm, depth) {
    const found = algorithmOf(algorithm, depth);
    return found && kesOf(found);
  },
};

await serveImplementation(implementation, { name: '@evolock/kes-sum' });
