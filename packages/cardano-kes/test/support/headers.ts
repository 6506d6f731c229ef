/** Headers that the native packages sign. */
import { absolutePeriod, type AbsolutePeriod } from '@evolock/cardano-headers';
import { issueCertificate } from '../../src/all.js';
import { encodeItem, type CborItem } from '@evolock/cardano-headers/cbor';
import { ed25519, sum6Kes } from '@evolock/kes-sum';
import { blake2b256 } from '@evolock/kes-sum/all';
import { keyAt, keyOf } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import { praosVrf } from '@evolock/vrf-praos';

const SLOTS_PER_PERIOD = 129_600n;

/** What differs between headers. */
export interface HeaderOptions {
  readonly shape: 'TPraos' | 'Praos';
  /** The period of the key that signs. */
  readonly signedAt: number;
  /** The evolution that the slot states. */
  readonly evolution: number;
}

const bytes = (size: number) => new Uint8Array(size).fill(size);

function certificateOf(startPeriod: AbsolutePeriod) {
  using cold = keyOf(ed25519, seedOf(1));
  using hot = keyOf(sum6Kes, seedOf(2));
  const body = {
    hotVerificationKey: hot.deriveVerificationKey(),
    sequenceNumber: 2n ** 53n + 1n,
    startPeriod,
  };
  return {
    certificate: issueCertificate(cold, body),
    coldVerificationKey: cold.deriveVerificationKey(),
  };
}

/** A certificate and its issuer. */
export const issued = certificateOf(absolutePeriod(100));

/** The nonce of the epoch of every header. */
export const epochNonce = bytes(32);

/** The VRF result of a Praos header. */
function vrfOf(slot: bigint) {
  using key = keyOf(praosVrf, seedOf(3));
  const seed = new Uint8Array(40);
  new DataView(seed.buffer).setBigUint64(0, slot);
  seed.set(epochNonce, 8);
  const proof = key.prove(blake2b256(seed));
  return {
    vrf: [praosVrf.outputOf(proof)!, proof],
    vrfVerificationKey: key.deriveVerificationKey(),
  };
}

/** A header, valid when the key signs at the evolution of the slot. */
export function headerOf({ shape, signedAt, evolution }: HeaderOptions): Uint8Array {
  const { certificate, coldVerificationKey } = issued;
  const { hotVerificationKey, sequenceNumber, startPeriod, signature } = certificate;
  const slot = (startPeriod + BigInt(evolution)) * SLOTS_PER_PERIOD + 7n;
  const { vrf, vrfVerificationKey } = vrfOf(slot);
  const fields = [hotVerificationKey, sequenceNumber, startPeriod, signature];
  const beginning = [77n, slot, bytes(32), coldVerificationKey, vrfVerificationKey, vrf];
  const body: CborItem[] =
    shape === 'TPraos'
      ? [...beginning, vrf, 1_000n, bytes(32), ...fields, 2n, 0n]
      : [...beginning, 1_000n, bytes(32), fields, [9n, 0n]];
  using hot = keyAt(sum6Kes, seedOf(2), signedAt);
  return encodeItem([body, hot.sign(encodeItem(body))]);
}
