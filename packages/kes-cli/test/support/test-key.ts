import { writeKesSigningKey } from '@evolock/cardano-kes';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';

/** A seed that is public and protects nothing: 0, 1, 2, … */
export function testSeed(): Uint8Array & { readonly length: 32 } {
  return new Uint8Array(32).map((_, index) => index) as Uint8Array & { readonly length: 32 };
}

/**
 * Makes a key of the public test seed in a file.
 *
 * @returns Its verification key.
 */
export function makeKey(path: string, period = 0): Uint8Array {
  return makeKeyOf(testSeed(), path, period);
}

/** Makes a key of another public seed in a file. */
export function makeOtherKey(path: string): void {
  makeKeyOf(testSeed().map((byte) => byte + 1) as ReturnType<typeof testSeed>, path, 0);
}

function makeKeyOf(bytes: ReturnType<typeof testSeed>, path: string, period: number): Uint8Array {
  const seed = MLockedSeed.fromBytes(bytes);
  const signingKey = sum6Kes.generateKey(seed);
  try {
    signingKey.updateTo(period);
    writeKesSigningKey(path, signingKey);
    return signingKey.deriveVerificationKey();
  } finally {
    signingKey.release();
    seed.release();
  }
}
