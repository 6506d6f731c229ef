/** The examples of the page: files in `public/examples`, and the fields that go with each. NOTICE.txt names their sources. */
import { bytesOfDigits, digitsOf } from './input/digits.js';
import type { Settings } from './settings.js';

/** An example. */
export interface Example {
  readonly name: string;
  /** Its link is `#example=` and this. */
  readonly id: string;
  /** Files in `public/examples`. */
  readonly files: readonly string[];
  /** The fields that go with it. */
  readonly settings: Partial<Settings>;
  /** Changes the text of the first file after loading. */
  readonly change?: (text: string) => string;
}

/** The nonce of epoch 0 of preview: the hash of its Shelley genesis file. */
const FIRST_NONCE = '363498d1024f84bb39d3fa9593ce391483cb40d479b87233f868d6e57c3a400d';

const preview = { network: 'preview', epochNonce: FIRST_NONCE } as const;
const conway = { files: ['mainnet-conway.hex'], settings: {} } as const;
const log = {
  files: ['audit.log', 'audit.log.seals', 'audit.log.hashes'],
  settings: {
    verifierKey:
      'example.com/shop/audit+7745d3e0+/2V2b2xvY2stc2VhbC92MQQAAAAAAAAAANSPKp8/IvYtEAZtH8A/CQH3qa28jIB88iyY0CHmy17l',
  },
} as const;

/** All examples, in the order of the page. */
export const examples: readonly Example[] = [
  { id: 'conway', name: 'A header of mainnet, 2024', ...conway },
  {
    id: 'broken',
    name: 'The same with one bit changed',
    ...conway,
    // The last bit of the hash of the block's body.
    change: (digits) => withChangedBit(digits, 2399),
  },
  { id: 'shelley', name: 'Shelley, 2020', files: ['mainnet-shelley.hex'], settings: {} },
  { id: 'alonzo', name: 'Alonzo, 2021', files: ['mainnet-alonzo.hex'], settings: {} },
  { id: 'babbage', name: 'Babbage, 2022', files: ['mainnet-babbage.hex'], settings: {} },
  {
    id: 'preprod',
    name: 'Conway, preprod',
    files: ['preprod-conway.hex'],
    settings: { network: 'preprod' },
  },
  {
    id: 'preview',
    name: 'First block of preview, with its VRF proofs',
    files: ['preview-first.hex'],
    settings: preview,
  },
  { id: 'chunk', name: 'A chunk of 40 blocks', files: ['preview.chunk'], settings: preview },
  {
    id: 'certificate',
    name: 'A certificate, expired in 2024',
    files: ['certificate.json'],
    settings: {},
  },
  { id: 'log', name: 'A sealed log', ...log },
  {
    id: 'changed-log',
    name: 'The same log with one line changed',
    ...log,
    change: (entries) => entries.replace('pays 450', 'pays 45'),
  },
];

/** The link to an example. */
export function linkToExample({ id }: Example): string {
  return `#example=${id}`;
}

/** The example of a fragment; `undefined` when it names none, or something beside it. */
export function exampleOfLink(fragment: string): Example | undefined {
  return examples.find((each) => linkToExample(each) === fragment);
}

/** A header in hexadecimal digits with one bit changed. */
export function withChangedBit(digits: string, bit: number): string {
  const bytes = bytesOfDigits(digits) ?? new Uint8Array();
  const at = Math.floor(bit / 8);
  return digitsOf(bytes.map((byte, index) => (index === at ? byte ^ (0x80 >> (bit % 8)) : byte)));
}
