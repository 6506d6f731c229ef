import {
  absolutePeriod,
  issueCertificate,
  type OperationalCertificate,
} from '@evolock/cardano-kes';
import { encodeItem, type CborItem } from '@evolock/cardano-kes/cbor';
import { ed25519, MLockedSeed, sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { newKey } from '../operations/bench-keys.js';
import { MAX_KES_EVOLUTIONS, SLOTS_PER_KES_PERIOD } from './synthetic-chain.js';

/** The place of a header in its chain. */
export interface HeaderPlace {
  readonly number: number;
  readonly slot: number;
  /** The hash of the header before. */
  readonly previous: Uint8Array;
}

/** A KES key and its certificate. */
interface Life {
  readonly key: KesSigningKey;
  readonly certificate: OperationalCertificate;
}

/** A pool that makes headers. It has a new key and a new certificate when the old one has expired. */
export class BenchPool {
  readonly #coldKey = newColdKey();
  readonly #issuer = new Uint8Array(this.#coldKey.deriveVerificationKey());
  #life: Life | undefined;
  #certificates = 0n;

  /** The next header, of a slot that is not before that of the last one. */
  header({ number, slot, previous }: HeaderPlace): Uint8Array {
    const period = Math.floor(slot / SLOTS_PER_KES_PERIOD);
    const { key, certificate } = this.#lifeAt(period);
    key.updateTo(period - Number(certificate.startPeriod));
    const { hotVerificationKey, sequenceNumber, startPeriod, signature } = certificate;
    const body: CborItem = [
      BigInt(number),
      BigInt(slot),
      number === 0 ? null : previous,
      this.#issuer,
      filled(32),
      [filled(64), filled(80)],
      20_000n,
      filled(32),
      [hotVerificationKey, sequenceNumber, startPeriod, signature],
      [9n, 0n],
    ];
    return encodeItem([body, key.sign(encodeItem(body))]);
  }

  release(): void {
    this.#life?.key.release();
    this.#coldKey.release();
  }

  #lifeAt(period: number): Life {
    const age = this.#life && period - Number(this.#life.certificate.startPeriod);
    if (this.#life !== undefined && age !== undefined && age < MAX_KES_EVOLUTIONS)
      return this.#life;
    this.#life?.key.release();
    const key = newKey(sum6Kes);
    const certificate = issueCertificate(this.#coldKey, {
      hotVerificationKey: key.deriveVerificationKey(),
      sequenceNumber: this.#certificates,
      startPeriod: absolutePeriod(period),
    });
    this.#certificates += 1n;
    this.#life = { key, certificate };
    return this.#life;
  }
}

function newColdKey() {
  const seed = MLockedSeed.newRandom(32);
  try {
    return ed25519.generateKey(seed);
  } finally {
    seed.release();
  }
}

/** What is not verified: keys, outputs and proofs of the VRF, and the hash of the body. */
function filled(size: number): Uint8Array {
  return new Uint8Array(size).fill(size);
}
