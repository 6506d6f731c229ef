import { ed25519, MLockedSeed, sum6Kes, sum7Kes, type KesSigningKey } from '@evolock/kes-sum';
import { type Ed25519SigningKey } from '@evolock/kes-sum/all';
import { praosVrf, type VrfSigningKey } from '@evolock/vrf-praos';
import { onTestFinished } from 'vitest';

/** A seed by number, released after the test. */
function seedOf(number: number): MLockedSeed<32> {
  const seed = MLockedSeed.fromBytes(new Uint8Array(32).fill(number)) as MLockedSeed<32>;
  onTestFinished(() => seed.release());
  return seed;
}

/** A KES key, released after the test. */
export function kesKey({ depth = 6, period = 0, seed = 1 } = {}): KesSigningKey {
  const algorithm = depth === 6 ? sum6Kes : sum7Kes;
  const key: KesSigningKey = algorithm.generateKey(seedOf(seed));
  onTestFinished(() => key.release());
  key.updateTo(period);
  return key;
}

/** A cold key, released after the test. */
export function coldKey(seed = 9): Ed25519SigningKey {
  const key = ed25519.generateKey(seedOf(seed));
  onTestFinished(() => key.release());
  return key;
}

/** A VRF key, released after the test. */
export function vrfKey(seed = 5): VrfSigningKey {
  const key = praosVrf.generateKey(seedOf(seed));
  onTestFinished(() => key.release());
  return key;
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
