/** What is counted and compared of the headers of a group, in columns, which are cheap to send from a thread. */
import type { HeaderVerdict } from '@evolock/cardano-kes';

/** The results, by their numbers in {@link Facts.results}. `passed-over`: a header that is not asked for. */
export const RESULTS = ['valid', 'invalid', 'not-a-header', 'passed-over'] as const;

/** Whether the proofs of the VRF are good, by the numbers in {@link Facts.vrfs}. */
export const VRF_FACTS = ['not-checked', 'good', 'bad'] as const;

/** Bytes of the cold verification key of a pool, and of the hash of a header. */
export const KEY_SIZE = 32;
export const HASH_SIZE = 32;

/** Columns with a place for each header. Of what is not a header only the result has a meaning. */
export interface Facts {
  readonly results: Uint8Array;
  /** 0 when the input does not state it. */
  readonly eras: Uint8Array;
  /** 255 when it is out of range. */
  readonly evolutions: Uint8Array;
  /** By their numbers in {@link VRF_FACTS}. */
  readonly vrfs: Uint8Array;
  readonly slots: BigUint64Array;
  readonly blocks: BigUint64Array;
  /** The numbers of the certificates. */
  readonly numbers: BigUint64Array;
  /** The cold verification keys. */
  readonly issuers: Uint8Array;
  readonly hashes: Uint8Array;
  /** Zeros for the first block of a chain. */
  readonly previous: Uint8Array;
}

/** Columns for a number of headers. */
export function newFacts(count: number): Facts {
  return {
    results: new Uint8Array(count),
    eras: new Uint8Array(count),
    evolutions: new Uint8Array(count),
    vrfs: new Uint8Array(count),
    slots: new BigUint64Array(count),
    blocks: new BigUint64Array(count),
    numbers: new BigUint64Array(count),
    issuers: new Uint8Array(count * KEY_SIZE),
    hashes: new Uint8Array(count * HASH_SIZE),
    previous: new Uint8Array(count * HASH_SIZE),
  };
}

/** No evolution. */
export const OUT_OF_RANGE = 255;

/** Writes the facts of a header. */
export function writeFacts(facts: Facts, index: number, verdict: HeaderVerdict): void {
  const { header, evolution, result } = verdict;
  facts.results[index] = RESULTS.indexOf(result);
  if (header === undefined) return;
  facts.eras[index] = header.era ?? 0;
  facts.evolutions[index] = evolution?.state === 'valid' ? evolution.evolution : OUT_OF_RANGE;
  facts.vrfs[index] = VRF_FACTS.indexOf(verdict.vrf);
  facts.slots[index] = header.slot;
  facts.blocks[index] = header.blockNumber;
  facts.numbers[index] = header.certificate.sequenceNumber;
  facts.issuers.set(header.issuerVerificationKey, index * KEY_SIZE);
  facts.hashes.set(Buffer.from(header.hash, 'hex'), index * HASH_SIZE);
  if (header.previousHash !== undefined) facts.previous.set(header.previousHash, index * HASH_SIZE);
}
