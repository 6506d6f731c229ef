/** The body of a block, which the hash in its header covers. */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { Hash } from '../certificate/certificate.js';
import { CborError, itemEnd } from '../cbor/walk.js';
import { HeaderError } from '../errors.js';
import { LAST_ERA } from './fields.js';
import type { BlockHeader } from './parse.js';
import { bytesOfInput, placeOfHeader } from './place.js';
import type { SignatureFact } from './verdict.js';

/** That the body of a block is not the one of its header. */
export interface BodyFailure {
  readonly code: 'body-hash';
  readonly message: string;
}

/** The failure of a body that is `bad`. */
export const BODY_FAILURE: BodyFailure = {
  code: 'body-hash',
  message: 'the body of the block is not the one whose hash the pool signed in the header',
};

/** Parts of a block after its header from Alonzo to Conway: transactions, witnesses, auxiliary data, invalid transactions. */
const PARTS = 4;
const HASH_SIZE = 32;

/**
 * Whether the body of a block is the one whose hash its header states: from Alonzo to Conway the hash of the hashes of its four
 * parts, as they stand. `not-checked` for a header alone, and for a block of another era or with more fields than those had,
 * whose hash is built in another way.
 *
 * Source: `hashAlonzoTxSeq` of cardano-ledger.
 *
 * @param input - Bytes whose header was read. A body that is no CBOR is `bad`.
 */
export function bodyFactOf(
  input: Uint8Array,
  header: BlockHeader,
  blake2b256: Hash,
): SignatureFact {
  const { shape, era = LAST_ERA, bodyHash } = header;
  if ((shape !== 'TPraos' && shape !== 'Praos') || era > LAST_ERA) return 'not-checked';
  try {
    return comparedFact(input, bodyHash, blake2b256);
  } catch (error) {
    if (!(error instanceof CborError || error instanceof HeaderError)) throw error;
    // The header was read, and the rest is no CBOR: no such body was signed.
    return 'bad';
  }
}

function comparedFact(input: Uint8Array, bodyHash: Uint8Array, blake2b256: Hash): SignatureFact {
  const text = bytesOfInput(input);
  const { header, parts } = placeOfHeader(text);
  if (parts !== 1 + PARTS) return 'not-checked';
  const hashes = new Uint8Array(PARTS * HASH_SIZE);
  let start = header.end;
  for (let part = 0; part < PARTS; part += 1) {
    const end = itemEnd(text, start);
    hashes.set(blake2b256(text.subarray(start, end)), part * HASH_SIZE);
    start = end;
  }
  return sameBytes(blake2b256(hashes), bodyHash) ? 'good' : 'bad';
}
