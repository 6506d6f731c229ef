import { checkBytes } from '@evolock/direct-serialise/arguments';
import { sodium } from '@evolock/kes-sum/unsound';

const BLAKE2B_224_SIZE = 28;

/**
 * Blake2b-224, unkeyed, of something public: what Cardano names keys by. A longer hash cut short is another one.
 *
 * Source: RFC 7693.
 *
 * @internal
 */
export function blake2b224(input: Uint8Array): Uint8Array {
  const digest = new Uint8Array(BLAKE2B_224_SIZE);
  sodium.crypto_generichash(digest, checkBytes('input', input));
  return digest;
}
