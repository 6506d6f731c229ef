import {
  absolutePeriod,
  issueCertificate,
  praosVrf,
  vrfInputOf,
  type OperationalCertificate,
  type VrfSigningKey,
} from '@evolock/cardano-kes';
import { encodeItem, type CborItem } from '@evolock/cardano-kes/cbor';
import {
  ed25519,
  MLockedSeed,
  sum6Kes,
  type Ed25519SigningKey,
  type KesSigningKey,
} from '@evolock/kes-sum';
import { newKey } from '../operations/bench-keys.js';
import { MAX_KES_EVOLUTIONS, SLOTS_PER_KES_PERIOD } from './synthetic-chain.js';

/** The place of a header in its chain. */
export interface HeaderPlace {
  /** Bytes of the body of the block. */
  readonly bodySize: number;
  readonly number: number;
  readonly slot: number;
  /** The hash of the header before. */
  readonly previous: Uint8Array;
  /** The nonce of the epoch; without it the proof of the VRF has no meaning. */
  readonly epochNonce: Uint8Array | undefined;
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
  readonly #vrfKey = newVrfKey();
  #life: Life | undefined;
  #certificates = 0n;

  /** The next header, of a slot that is not before that of the last one. */
  header({ number, slot, previous, epochNonce, bodySize }: HeaderPlace): Uint8Array {
    const period = Math.floor(slot / SLOTS_PER_KES_PERIOD);
    const { key, certificate } = this.#lifeAt(period);
    key.updateTo(period - Number(certificate.startPeriod));
    const { hotVerificationKey, sequenceNumber, startPeriod, signature } = certificate;
    const body: CborItem = [
      BigInt(number),
      BigInt(slot),
      number === 0 ? null : previous,
      this.#issuer,
      this.#vrfKey.deriveVerificationKey(),
      epochNonce === undefined ? [filled(64), filled(80)] : this.#vrfResult(slot, epochNonce),
      BigInt(bodySize),
      filled(32),
      [hotVerificationKey, sequenceNumber, startPeriod, signature],
      [9n, 0n],
    ];
    return encodeItem([body, key.sign(encodeItem(body))]);
  }

  release(): void {
    this.#life?.key.release();
    this.#coldKey.release();
    this.#vrfKey.release();
  }

  #vrfResult(slot: number, epochNonce: Uint8Array): CborItem {
    const proof = this.#vrfKey.prove(vrfInputOf(BigInt(slot), epochNonce));
    return [praosVrf.outputOf(proof) ?? filled(64), proof];
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

function newColdKey(): Ed25519SigningKey {
  return withRandomSeed((seed) => ed25519.generateKey(seed));
}

function newVrfKey(): VrfSigningKey {
  return withRandomSeed((seed) => praosVrf.generateKey(seed));
}

function withRandomSeed<Key>(use: (seed: MLockedSeed<32>) => Key): Key {
  const seed = MLockedSeed.newRandom(32);
  try {
    return use(seed);
  } finally {
    seed.release();
  }
}

/** What is not verified: the hash of the body, and without a nonce the VRF. */
function filled(size: number): Uint8Array {
  return new Uint8Array(size).fill(size);
}
