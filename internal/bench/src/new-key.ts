/** Keys of random seeds. */
import { MLockedSeed, type KesAlgorithm, type KesSigningKey } from '@evolock/kes-sum';

/** Runs with a random seed, which is released. */
export function withSeed<Result>(use: (seed: MLockedSeed<32>) => Result): Result {
  using seed = MLockedSeed.newRandom(32);
  return use(seed);
}

/** A key of a random seed. */
export function newKey(algorithm: KesAlgorithm): KesSigningKey {
  return withSeed((seed) => algorithm.generateKey(seed));
}

/** Values that are released after a measurement. */
export class Keep implements Disposable {
  readonly #kept: { release(): void }[] = [];

  add<Value extends { release(): void }>(value: Value): Value {
    this.#kept.push(value);
    return value;
  }

  [Symbol.dispose](): void {
    for (const value of this.#kept.splice(0)) value.release();
  }
}
