/** The examples of the page: files in `public/examples`, and the fields that go with each. NOTICE.txt names their sources. */
import { bytesOfDigits, digitsOf } from './digits.js';
import type { Settings } from './settings.js';

/** An example. */
export interface Example {
  readonly name: string;
  /** The file in `public/examples`. */
  readonly file: string;
  readonly network: Exclude<Settings['network'], 'other'>;
  readonly epochNonce?: string;
  /** The number of a bit that is changed after loading; none when absent. */
  readonly changedBit?: number;
}

/** The nonce of epoch 0 of preview: the hash of its Shelley genesis file. */
const FIRST_NONCE = '363498d1024f84bb39d3fa9593ce391483cb40d479b87233f868d6e57c3a400d';

const conway = { file: 'mainnet-conway.hex', network: 'mainnet' } as const;

/** All examples, in the order of the page. */
export const examples: readonly Example[] = [
  { name: 'Shelley, mainnet, 2020', file: 'mainnet-shelley.hex', network: 'mainnet' },
  { name: 'Alonzo, mainnet, 2021', file: 'mainnet-alonzo.hex', network: 'mainnet' },
  { name: 'Babbage, mainnet, 2022', file: 'mainnet-babbage.hex', network: 'mainnet' },
  { name: 'Conway, mainnet, 2024', ...conway },
  { name: 'Conway, preprod', file: 'preprod-conway.hex', network: 'preprod' },
  {
    name: 'First block of preview, with its VRF proofs',
    file: 'preview-first.hex',
    network: 'preview',
    epochNonce: FIRST_NONCE,
  },
  { name: 'A certificate, expired in 2024', file: 'certificate.json', network: 'mainnet' },
  {
    name: 'A chunk of 40 blocks',
    file: 'preview.chunk',
    network: 'preview',
    epochNonce: FIRST_NONCE,
  },
  // The last bit of the hash of the block's body.
  { name: 'Broken: one bit changed', ...conway, changedBit: 2399 },
];

/** A header in hexadecimal digits with one bit changed. */
export function withChangedBit(digits: string, bit: number): string {
  const bytes = bytesOfDigits(digits) ?? new Uint8Array();
  const at = Math.floor(bit / 8);
  return digitsOf(bytes.map((byte, index) => (index === at ? byte ^ (0x80 >> (bit % 8)) : byte)));
}
