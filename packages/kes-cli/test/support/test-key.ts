import {
  readKesSigningKey,
  writeKesSigningKey,
  writeKesVerificationKey,
} from '@evolock/cardano-kes';
import { MLockedSeed, sum6Kes, sum7Kes } from '@evolock/kes-sum';

/** A public seed for tests: 0, 1, 2, … */
export function testSeed(): Uint8Array & { readonly length: 32 } {
  return new Uint8Array(32).map((_, index) => index) as Uint8Array & { readonly length: 32 };
}

/** Writes the key of the test seed to a file, and returns its verification key. */
export function makeKey(path: string, period = 0): Uint8Array {
  return makeKeyOf(testSeed(), path, period);
}

/** Writes the key of another public seed to a file. */
export function makeOtherKey(path: string): void {
  makeKeyOf(testSeed().map((byte) => byte + 1) as ReturnType<typeof testSeed>, path, 0);
}

/** Writes a key of depth 7 to a file, as older software makes them, and returns its verification key. */
export function makeKeyOfDepth7(path: string, period = 0): Uint8Array {
  return makeKeyOf(testSeed(), path, period, sum7Kes);
}

/** Writes a verification key to a file. */
export function makeVkey(path: string, verificationKey: Uint8Array, type?: string): void {
  writeKesVerificationKey(path, verificationKey, type === undefined ? {} : { type });
}

/** The period of a sound key with that verification key. Throws for any other file. */
export function periodOf(path: string, verificationKey: Uint8Array): number {
  const { signingKey } = readKesSigningKey(path, { verificationKey });
  try {
    return signingKey.period;
  } finally {
    signingKey.release();
  }
}

function makeKeyOf(
  bytes: ReturnType<typeof testSeed>,
  path: string,
  period: number,
  algorithm: typeof sum6Kes | typeof sum7Kes = sum6Kes,
): Uint8Array {
  const seed = MLockedSeed.fromBytes(bytes);
  const signingKey = algorithm.generateKey(seed);
  try {
    signingKey.updateTo(period);
    writeKesSigningKey(path, signingKey);
    return signingKey.deriveVerificationKey();
  } finally {
    signingKey.release();
    seed.release();
  }
}
