/** Chains of blocks of Babbage and later eras, signed with the test keys, as a node stores them. */
import { blake2b256 } from '@evolock/kes-sum/all';
import { itemEnd } from '../../src/cbor/walk.js';
import { absolutePeriod, kesParameters } from '../../src/index.js';
import { bodyFields, encode, issueCertificate, signedHeader, type Value } from './headers.js';
import { coldKey, kesKey } from './keys.js';

/** The numbers of mainnet, without dates. */
export const NETWORK = kesParameters({ slotsPerKesPeriod: 129_600, maxKesEvolutions: 62 });

/** The kinds of blocks: their era, the shape of their headers, and the items after the header. */
const KINDS = {
  babbage: [6n, 'Praos', [[], [], [[1n, new Uint8Array(30)]], [0n]]],
  conway: [7n, 'Praos', [[], [], [], []]],
  tagged: [7n, 'Leios', [[], [], [], [new Uint8Array(500)]]],
  plain: [8n, 'Praos', [[null, [new Uint8Array(900)], null, null]]],
  leios: [8n, 'Leios', [[null, [], null, null]]],
  large: [8n, 'Leios', [[null, [new Uint8Array(70_000)], null, null]]],
  later: [8n, 'later', [[null, [], null, null, []]]],
  // Eras that are not known: with the parts of Conway, whose hash is of another construction there, and with others.
  nine: [9n, 'Leios', [[], [], [], [new Uint8Array(500)]]],
  ten: [10n, 'Praos', [[null, [new Uint8Array(900)]], 7n]],
} as const;

export type Kind = keyof typeof KINDS;

/** Where a chain begins. */
export interface Beginning {
  readonly slot: bigint;
  readonly blockNumber: bigint;
  /** The hash of the header before. */
  readonly previous: Uint8Array;
  /** The number of the first certificate; 3 when absent. */
  readonly number?: bigint;
}

const FIRST: Beginning = { slot: 5n * 129_600n, blockNumber: 1n, previous: new Uint8Array(32) };

/** The blocks of a chain from evolution 0 on, each with a certificate of its own, whose number is one higher. */
export function chainOf(kinds: readonly Kind[], first = FIRST): Uint8Array[] {
  const cold = coldKey();
  const hot = kesKey();
  const issuer = cold.deriveVerificationKey();
  const startPeriod = absolutePeriod(first.slot / 129_600n);
  const start = { hotVerificationKey: hot.deriveVerificationKey(), startPeriod };
  const { number = 3n } = first;
  let { previous } = first;
  return kinds.map((kind, index) => {
    const [era, shape, parts] = KINDS[kind];
    const certificate = issueCertificate(cold, {
      ...start,
      sequenceNumber: number + BigInt(index),
    });
    const slot = first.slot + BigInt(index);
    const form = shape === 'later' ? 'Leios' : shape;
    // The size that a header of Leios states is of something else here.
    const size = parts.length === 4 ? sizeOf(parts) : 3n;
    const fields = bodyFields({ shape: form, slot, issuer, certificate })
      .with(0, first.blockNumber + BigInt(index))
      .with(2, previous)
      .with(6, size)
      .with(7, bodyHashOf(parts));
    const more: Value[] = shape === 'later' ? [0n] : [];
    const header = signedHeader([...fields, ...more], hot);
    previous = new Uint8Array(blake2b256(header));
    return encode([era, [{ encoded: header }, ...(parts as readonly Value[])]]);
  });
}

/** The hash of the hashes of the parts, as Alonzo to Conway have it. Dijkstra has another one. */
function bodyHashOf(parts: readonly Value[]): Uint8Array {
  return blake2b256(Buffer.concat(parts.map((part) => blake2b256(encode(part)))));
}

function sizeOf(parts: readonly Value[]): bigint {
  return parts.reduce<bigint>((sum, part) => sum + BigInt(encode(part).byteLength), 0n);
}

/** The secondary index of a chunk with these of its blocks. */
export function indexOf(blocks: readonly Uint8Array[], indexed: readonly number[]): Uint8Array {
  return Buffer.concat(
    indexed.map((each) => {
      const entry = Buffer.alloc(56);
      const start = blocks.slice(0, each).reduce((sum, { byteLength }) => sum + byteLength, 0);
      entry.writeBigUInt64BE(BigInt(start));
      entry.writeUInt16BE(3, 8);
      entry.writeUInt16BE(headerSize(blocks[each]!), 10);
      return entry;
    }),
  );
}

/** Bytes of the header of a block with its era, whose body may be damaged. */
export function headerSize(block: Uint8Array): number {
  return itemEnd(block, 3) - 3;
}
