import {
  absolutePeriod,
  issueCertificate,
  type OperationalCertificate,
} from '@evolock/cardano-kes';
import { directSerialiseBufChecked } from '@evolock/direct-serialise';
import { ed25519, type Ed25519SigningKey } from '@evolock/dsign-ed25519';
import { sum6Kes } from '@evolock/kes-sum';
import { MLockedSeed } from '@evolock/mlocked-seed';

/** A signing key at its first period, in ordinary memory of the scanning process. */
export interface KnownKey {
  /** 608 bytes. */
  readonly bytes: Uint8Array;
  readonly verificationKey: Uint8Array;
}

/** The key of a root seed. */
export function keyOfSeed(root: Uint8Array): KnownKey {
  using seed = MLockedSeed.newZeroed(32);
  seed.withBytes((memory) => memory.set(root));
  using key = sum6Kes.generateKey(seed);
  const bytes = new Uint8Array(sum6Kes.signingKeySize);
  directSerialiseBufChecked(bytes, key);
  return { bytes, verificationKey: key.deriveVerificationKey() };
}

/** A pool with a random cold key, and its certificates. */
export class Pool implements Disposable {
  readonly #coldKey: Ed25519SigningKey;
  #counter = 0n;

  constructor() {
    using seed = MLockedSeed.newRandom(32);
    this.#coldKey = ed25519.generateKey(seed);
  }

  get coldVerificationKey(): Uint8Array {
    return this.#coldKey.deriveVerificationKey();
  }

  /** Certifies a key, with the next counter. */
  certify(hotVerificationKey: Uint8Array, startPeriod: number): OperationalCertificate {
    this.#counter += 1n;
    return issueCertificate(this.#coldKey, {
      hotVerificationKey,
      sequenceNumber: this.#counter,
      startPeriod: absolutePeriod(startPeriod),
    });
  }

  [Symbol.dispose](): void {
    this.#coldKey.release();
  }
}
