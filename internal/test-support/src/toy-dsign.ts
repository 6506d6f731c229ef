import { createHash } from 'node:crypto';

/** Sizes that differ from those of Ed25519. */
export interface ToyShape {
  readonly name: 'toy';
  readonly seedSize: 32;
  readonly verificationKeySize: 48;
  readonly signatureSize: 80;
  readonly signingKeySize: 40;
}

/** The toy scheme. The interface of leaf schemes is in a package that depends on this one, so it is declared here. */
export interface ToyDsign extends ToyShape {
  readonly leaf: ToyLeaf;
}

interface ToyLeaf {
  readonly size: number;
  generate(memory: Uint8Array, verificationKey: Uint8Array, seed: Uint8Array): void;
  load(memory: Uint8Array, verificationKey: Uint8Array, serialised: Uint8Array): void;
  sign(signature: Uint8Array, message: Uint8Array, memory: Uint8Array): void;
  verify(verificationKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** The name of an operation of a leaf. */
export type LeafOperation = 'generate' | 'load' | 'sign' | 'verify';

const LEAF_SIZE = 96;

function hash(algorithm: 'sha256' | 'sha384' | 'sha512', ...parts: Uint8Array[]): Uint8Array {
  const state = createHash(algorithm);
  for (const part of parts) state.update(part);
  return new Uint8Array(state.digest());
}

/** The serialised form of a seed: the seed and a checksum. */
export function toySigningKey(seed: Uint8Array): Uint8Array {
  return Uint8Array.of(...seed, ...hash('sha256', seed).subarray(0, 8));
}

/** The verification key of a seed. */
export function toyVerificationKey(seed: Uint8Array): Uint8Array {
  return hash('sha384', seed);
}

/** This signature is not secure: no secret is needed to make it. */
export function toySignature(verificationKey: Uint8Array, message: Uint8Array): Uint8Array {
  return Uint8Array.of(
    ...hash('sha512', verificationKey, message),
    ...verificationKey.subarray(0, 16),
  );
}

/**
 * A second signature scheme, in ordinary memory and without security. It tests that composed keys do not depend on
 * Ed25519.
 *
 * @param before - Called before every operation; may throw, so that the operation fails.
 */
export function toyDsign(before: (operation: LeafOperation) => void = () => {}): ToyDsign {
  const leaf: ToyLeaf = {
    size: LEAF_SIZE,
    generate(memory, verificationKey, seed) {
      before('generate');
      memory.set(toySigningKey(seed));
      verificationKey.set(toyVerificationKey(seed));
      memory.set(verificationKey, 40);
    },
    load(memory, verificationKey, serialised) {
      before('load');
      const seed = serialised.subarray(0, 32);
      const checksum = Buffer.from(toySigningKey(seed).subarray(32));
      if (!checksum.equals(serialised.subarray(32))) throw new Error('toy: the checksum is wrong');
      memory.set(serialised);
      verificationKey.set(toyVerificationKey(seed));
      memory.set(verificationKey, 40);
    },
    sign(signature, message, memory) {
      before('sign');
      signature.set(toySignature(memory.subarray(40, 88), message));
    },
    verify(verificationKey, message, signature) {
      before('verify');
      return Buffer.from(toySignature(verificationKey, message)).equals(signature);
    },
  };
  return {
    name: 'toy',
    seedSize: 32,
    verificationKeySize: 48,
    signatureSize: 80,
    signingKeySize: 40,
    leaf,
  };
}
