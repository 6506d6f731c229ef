import { readFileSync } from 'node:fs';

/** The files of vectors that the package ships. */
export type VectorFileName =
  | 'seed-expansion.json'
  | 'ed25519.json'
  | 'ed25519-extended.json'
  | 'vrf.json'
  | 'kes-signing-keys.json'
  | 'kes-signatures.json'
  | 'kes-negatives.json'
  | 'kes-key-negatives.json'
  | 'kes-rust-form.json'
  | 'kes-cbor.json'
  | 'kes-haskell.json';

/**
 * Reads one file of vectors. This file and its build are both in a folder beside `vectors`.
 *
 * @internal
 */
export function readVectorFile(name: VectorFileName): unknown {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8'));
}
