import {
  compactSumKesOfDepth,
  ed25519,
  MLockedSeed,
  sumKesOfDepth,
  type KesAlgorithm,
  type KesSigningKey,
  type KesVariant,
} from '@evolock/kes-sum';

/** An algorithm over Ed25519. */
export function algorithmOf(variant: KesVariant, depth: number): KesAlgorithm {
  const ofDepth = variant === 'sum' ? sumKesOfDepth : compactSumKesOfDepth;
  return ofDepth(ed25519, depth);
}

/** A key of a random seed. The seed is released. */
export function newKey(algorithm: KesAlgorithm): KesSigningKey {
  const seed = MLockedSeed.newRandom(32);
  try {
    return algorithm.generateKey(seed);
  } finally {
    seed.release();
  }
}

/** Values to release after a measurement. */
export class Keep {
  readonly #kept: { release(): void }[] = [];

  add<Value extends { release(): void }>(value: Value): Value {
    this.#kept.push(value);
    return value;
  }

  release(): void {
    for (const value of this.#kept.splice(0)) value.release();
  }
}
