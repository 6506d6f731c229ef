import type { Pull, Push, MLockedBytes } from '@evolock/mlocked-bytes';
import type { EvolvingAlgorithm, EvolvingKey } from '../../src/index.js';

/** Bytes of a toy key: its seed, and its secret of the period. */
export const TOY_SIZE = 32;

/** The last period of a toy key. */
export const TOY_LAST = 9;

/** The secret of a toy key at a period: this byte, many times. */
export function toySecret(seed: number, period: number): number {
  return 0x40 + seed * 16 + period;
}

/** A toy key of a seed from 1 to 9. */
export interface ToyKey extends EvolvingKey {
  readonly released: boolean;
}

/** A toy algorithm. */
export interface ToyAlgorithm extends EvolvingAlgorithm<ToyKey> {
  generate(seed: number): ToyKey;
}

/**
 * Keys that evolve, without security: each byte of the secret says seed and period. The function uses nothing outside, so
 * that the script of a child process can contain its text.
 */
export function toyAlgorithm(Locked: typeof MLockedBytes, name = 'toy'): ToyAlgorithm {
  const size = 32;
  const first = 0x40;
  const algorithm = {
    name,
    signingKeySize: size,
    generate: (seed: number) => {
      const bytes = Locked.newZeroed(size);
      bytes.withBytes((view) => void view.fill(first + seed * 16));
      return keyOf(bytes);
    },
    directDeserialise(
      pull: Pull,
      options?: { allocator?: never; verificationKey?: Uint8Array | undefined },
    ) {
      const { verificationKey, ...rest } = options ?? {};
      const bytes = Locked.type(size).directDeserialise(pull, rest);
      const key = keyOf(bytes);
      if (verificationKey?.[0] === key.deriveVerificationKey()[0]) return key;
      key.release();
      throw new Error('another toy key');
    },
  };
  const keyOf = (bytes: MLockedBytes) => ({
    algorithm,
    get period() {
      return bytes.withBytes((view) => (view[0]! - first) % 16);
    },
    get released() {
      return bytes.released;
    },
    updateTo(period: number) {
      if (period < this.period || period > 9) throw new Error('no such toy period');
      bytes.withBytes((view) => void view.fill(view[0]! - this.period + period));
    },
    deriveVerificationKey() {
      return Uint8Array.of(bytes.withBytes((view) => (view[0]! - first) >> 4));
    },
    directSerialise: (push: Push) => bytes.directSerialise(push),
    release: () => bytes.release(),
    [Symbol.dispose]: () => bytes.release(),
  });
  return algorithm;
}
