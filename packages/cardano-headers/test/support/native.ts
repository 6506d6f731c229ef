/** The functions over libsodium: the tests over many headers take them. */
import { ed25519, sum6Kes } from '@evolock/kes-sum';
import { blake2b256 } from '@evolock/kes-sum/all';
import { sodium } from '@evolock/kes-sum/unsound';
import { praosVrf } from '@evolock/vrf-praos';
import { headerFunctions } from '../../src/index.js';

export const native = headerFunctions({
  blake2b224: (input) => {
    const hash = new Uint8Array(28);
    sodium.crypto_generichash(hash, input);
    return hash;
  },
  blake2b256,
  ed25519,
  sum6Kes,
  praosVrf,
});
