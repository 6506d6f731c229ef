/** Headers and certificates, read and judged with the cryptography of libsodium. */
import { headerFunctions, type HeaderFunctions } from '@evolock/cardano-headers';
import { ed25519, sum6Kes } from '@evolock/kes-sum';
import { blake2b256 } from '@evolock/kes-sum/all';
import { sodium } from '@evolock/kes-sum/unsound';
import { praosVrf } from '@evolock/vrf-praos';

const BLAKE2B_224_SIZE = 28;

function blake2b224(input: Uint8Array): Uint8Array {
  const hash = new Uint8Array(BLAKE2B_224_SIZE);
  sodium.crypto_generichash(hash, input);
  return hash;
}

/**
 * The functions of `@evolock/cardano-headers` on headers and certificates, over native code: the same verdicts, some 20 times
 * as fast. Where that package takes functions, it takes these: `verifyDatabase(path, mainnet, { headers: nativeHeaders })`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mainnet } from '@evolock/cardano-headers';
 * import { nativeHeaders } from '@evolock/cardano-kes';
 *
 * const { result } = nativeHeaders.verifyHeader('820080', mainnet, { now: new Date() });
 * assert.equal(result, 'not-a-header');
 * ```
 */
export const nativeHeaders: HeaderFunctions = /* @__PURE__ */ headerFunctions({
  blake2b224,
  blake2b256,
  ed25519,
  sum6Kes,
  praosVrf,
});
