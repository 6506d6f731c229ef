/** Many headers, whole chains, and hostile input: the verdicts, and the memory. */
import { spawnSync } from 'node:child_process';
import { externalVectors } from '@evolock/test-support/external';
import { expect, test } from 'vitest';
import { kesParameters, mainnet, preview, type HeaderVerifier } from '../../src/index.js';
import { EpochNonces, epochParametersOf } from '../../src/nonces.js';
import { chunksFromTheFirst, previewNonces, whyNone } from '../support/chunks.js';
import { native } from '../support/native.js';

const { parseHeader, verifyHeader } = native;

const real = externalVectors('real-headers.json');

/** An entry of the real headers, as far as this test uses it. */
interface RealHeader {
  readonly headerHex: string;
  readonly slot: number;
  readonly network: string;
  readonly expected: {
    readonly slotsPerKESPeriod: number;
    readonly maxKESEvolutions: number;
    readonly opcert: { readonly hotVkeyHex: string };
    readonly issuerVkeyHex: string;
  };
}

const entries = Object.values((real.available ? real.data : {}) as Record<string, RealHeader>);

/** Headers with changes in each field of the certificate, in the cold key, and in the signature. */
function variantsOf(hex: string, { opcert, issuerVkeyHex }: RealHeader['expected']): string[] {
  const changed = [opcert.hotVkeyHex, issuerVkeyHex].map((field) => {
    const flipped = (field.startsWith('0') ? '1' : '0') + field.slice(1);
    return hex.replace(field, flipped);
  });
  const last = hex.endsWith('0') ? '1' : '0';
  return [hex, ...changed, hex.slice(0, -1) + last, hex];
}

test.skipIf(!real.available)(
  'a verifier gives the verdicts of verifyHeader, also when more certificates came than it keeps',
  () => {
    expect(entries.length).toBeGreaterThan(0);
    const verifiers = new Map<string, HeaderVerifier>();
    for (const { headerHex, network, expected } of entries) {
      const parameters = kesParameters({
        name: network,
        slotsPerKesPeriod: expected.slotsPerKESPeriod,
        maxKesEvolutions: expected.maxKESEvolutions,
      });
      const verifier = verifiers.get(network) ?? native.headerVerifier(parameters);
      const expectSame = (hex: string) =>
        expect({ ...verifier.verify(hex), parameters }).toEqual(verifyHeader(hex, parameters));
      for (const hex of variantsOf(headerHex, expected)) expectSame(hex);
      if (!verifiers.has(network)) {
        const { issuerVkeyHex } = expected as { issuerVkeyHex: string };
        for (let other = 0; other < 4_100; other += 1) {
          const key = other.toString(16).padStart(64, '0');
          verifier.verify(headerHex.replace(issuerVkeyHex, key));
        }
        expectSame(headerHex);
      }
      verifiers.set(network, verifier);
    }
  },
);

test.skipIf(!real.available)('a verifier judges no header that is not wanted', () => {
  const slots: bigint[] = [];
  const verifier = native.headerVerifier(mainnet, {
    wanted: ({ slot }) => {
      slots.push(slot);
      return false;
    },
  });
  const { headerHex, slot } = entries[0]!;
  expect(verifier.verify(headerHex)).toBeUndefined();
  expect(slots).toEqual([BigInt(slot)]);
  // What is not a header has a verdict.
  expect(verifier.verify('80')?.result).toBe('not-a-header');
});

test.skipIf(previewNonces === undefined)(
  `every header from the first block of preview on is valid with the nonce that follows from those before it${whyNone}`,
  () => {
    const nonces = new EpochNonces(epochParametersOf('preview'));
    const verifier = native.headerVerifier(preview);
    for (const blocks of chunksFromTheFirst())
      for (const block of blocks) {
        const epochNonce = nonces.add(parseHeader(block));
        expect(verifier.verify(block, { epochNonce })).toMatchObject({ valid: true, vrf: 'good' });
      }
  },
  300_000,
);

const BLOCK = 2_500_000;

/** Name, form, first bytes, repeated byte, size in bytes, and problem. */
const hostile = [
  ['one level in each byte', 'bytes', '', '81', BLOCK, 'truncated'],
  ['one open level in each byte', 'bytes', '', '9f', BLOCK, 'too-deep'],
  ['tags', 'bytes', '82', 'c0', BLOCK, 'truncated'],
  ['one item in each byte', 'bytes', '9f', '00', BLOCK, 'wrong-shape'],
  [
    'one item in each byte of a part',
    'bytes',
    '82068482809a00200000',
    '00',
    BLOCK,
    'trailing-bytes',
  ],
  ['maps of indefinite length', 'bytes', '8200', 'bf', BLOCK, 'too-deep'],
  ['chunks', 'bytes', '825f', '40', BLOCK, 'truncated'],
  ['one level in each byte, as digits', 'digits', '', '81', BLOCK, 'truncated'],
  ['100 MB', 'bytes', '', '81', 100_000_000, 'too-large'],
  ['100 million digits', 'digits', '', '81', 50_000_000, 'too-large'],
] as const;

const READER = `
  const [library, cases] = process.argv.slice(1);
  const { parseHeader } = await import(library);
  for (const [, form, prefix, repeated, size] of JSON.parse(cases)) {
    const bytes = Buffer.alloc(size, Buffer.from(repeated, 'hex'));
    bytes.set(Buffer.from(prefix, 'hex'));
    const input = form === 'digits' ? bytes.toString('hex') : bytes;
    try { parseHeader(input); } catch (error) { console.log(error.problem ?? error); }
  }
`;

test('hostile input is refused in a process with a heap of 24 MB', () => {
  const library = new URL('../../dist/index.js', import.meta.url).href;
  const node = ['--max-old-space-size=24', '--input-type=module', '--eval', READER];
  const args = [...node, library, JSON.stringify(hostile)];
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stdout.trim().split('\n')).toEqual(hostile.map(([, , , , , problem]) => problem));
  expect(status).toBe(0);
});
