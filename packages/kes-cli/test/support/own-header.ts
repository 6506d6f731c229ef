/** Headers signed by test keys, with encodings that the external files do not contain, and chunks of a node. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { absolutePeriod, type IssuedCertificate } from '@evolock/cardano-headers';
import { issueCertificate, nativeHeaders } from '@evolock/cardano-kes';
import { inFolder } from '@evolock/command-testing/folder';
import { ed25519, MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { blake2b256 } from '@evolock/kes-sum/all';

const { parseHeader } = nativeHeaders;

/** The heads of CBOR items: as short as possible, or with eight bytes each. */
type Heads = 'shortest' | 'longest';

/** A CBOR item: a number, bytes, an array, or what is encoded already. */
export type Item = bigint | Uint8Array | readonly Item[] | { readonly encoded: Uint8Array };

export const SLOTS_PER_KES_PERIOD = 100n;
export const START_PERIOD = 7n;
export const EVOLUTION = 5;

/** Writes the Shelley genesis of a network whose slots have dates only with `--without-byron`. */
export function writeGenesis(path: string, slotsPerKESPeriod = 100, maxKESEvolutions = 62): void {
  const start = { systemStart: '2024-11-14T00:00:00Z', slotLength: 1 };
  const genesis = { networkMagic: 42, slotsPerKESPeriod, maxKESEvolutions, ...start };
  writeFileSync(path, JSON.stringify(genesis));
}

/** The network of these headers. */
export function ownNetwork(): string[] {
  writeGenesis(inFolder('genesis.json'));
  return ['--genesis', inFolder('genesis.json')];
}

function head(major: number, argument: bigint, heads: Heads): Uint8Array {
  if (heads === 'shortest' && argument < 24n) return Uint8Array.of((major << 5) | Number(argument));
  const sizes = heads === 'longest' ? [8] : [1, 2, 4, 8];
  const size = sizes.find((each) => argument < 1n << BigInt(8 * each))!;
  const bytes = Buffer.alloc(9);
  bytes.writeBigUInt64BE(argument, 1);
  bytes[8 - size] = (major << 5) | (24 + Math.log2(size));
  return bytes.subarray(8 - size);
}

/** Encodes an item. Arrays within it have a length in each encoding. */
export function encode(item: Item, heads: Heads = 'shortest', indefinite = false): Uint8Array {
  if (typeof item === 'bigint') return head(0, item, heads);
  if (item instanceof Uint8Array) return joined([head(2, BigInt(item.length), heads), item]);
  if ('encoded' in item) return item.encoded;
  const parts = item.map((each) => encode(each, heads));
  return indefinite
    ? joined([Uint8Array.of(0x9f), ...parts, Uint8Array.of(0xff)])
    : joined([head(4, BigInt(parts.length), heads), ...parts]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export interface HeaderOptions {
  readonly heads?: Heads;
  readonly format?: 'TPraos' | 'Praos' | 'Leios' | 'later';
  readonly indefinite?: boolean;
  readonly slot?: bigint;
  readonly blockNumber?: bigint;
  readonly previousHash?: Uint8Array;
  readonly sequenceNumber?: bigint;
  /** The bytes of the body that the header signs. */
  readonly bodySize?: number;
}

/** A header signed at evolution 5 of a key whose certificate begins at period 7. */
export function ownHeader(options: HeaderOptions = {}): Uint8Array {
  const { heads = 'shortest', indefinite = false } = options;
  using hotKey = sum6Kes.generateKey(seedOf(1));
  hotKey.updateTo(EVOLUTION);
  const key = hotKey.deriveVerificationKey();
  // A node signs the canonical encoding, whatever the encoding of the header.
  const signed = bodyOf(key, { ...options, heads: 'shortest', indefinite: false });
  const body = { encoded: bodyOf(key, options) };
  return encode([body, hotKey.sign(signed)], heads, indefinite);
}

/** A block as it is stored, of Babbage when no era is given. Its body has the size that the header signs. */
export function storedBlock(header: Uint8Array, era = 6): Uint8Array {
  const others: Item[] = Array.from({ length: era < 5 ? 2 : 3 }, () => []);
  const rest = Number(parseHeader(header).bodySize) - others.length;
  const last =
    rest < 9 ? head(2, BigInt(rest - 1), 'shortest') : head(2, BigInt(rest - 9), 'longest');
  const filled = { encoded: joined([last, new Uint8Array(rest - last.length)]) };
  return encode([BigInt(era), [{ encoded: header }, ...others, rest === 1 ? [] : filled]]);
}

/** A block of the Byron era: the magic number of the network, and the hash of the block before. */
export function byronBlock(era = 1): Uint8Array {
  const before = new Uint8Array(32).fill(9);
  return encode([BigInt(era), [[764_824_073n, before, [], [], []], [], []]]);
}

export function chainOf(each: readonly HeaderOptions[]): Uint8Array[] {
  let previousHash = new Uint8Array(32).fill(1);
  return each.map((options, index) => {
    const header = ownHeader({ blockNumber: BigInt(1 + index), previousHash, ...options });
    previousHash = new Uint8Array(blake2b256(header));
    return header;
  });
}

const TRUE = { encoded: Uint8Array.of(0xf5) };

/** The fields after those of Praos. */
const MORE: Readonly<Record<'Praos' | 'Leios' | 'later', readonly Item[]>> = {
  Praos: [],
  Leios: [TRUE, [new Uint8Array(32).fill(4), 512n]],
  later: [TRUE, [new Uint8Array(32).fill(4), 512n], 1n],
};

function bodyOf(hotVerificationKey: Uint8Array, options: HeaderOptions): Uint8Array {
  using coldKey = ed25519.generateKey(seedOf(2));
  const certificate = issueCertificate(coldKey, {
    hotVerificationKey,
    sequenceNumber: options.sequenceNumber ?? 3n,
    startPeriod: absolutePeriod(START_PERIOD),
  });
  return headerBody({ certificate, coldVerificationKey: coldKey.deriveVerificationKey() }, options);
}

/** The body of a header with this certificate. */
export function headerBody(
  { certificate, coldVerificationKey }: IssuedCertificate,
  options: HeaderOptions,
): Uint8Array {
  const { heads = 'shortest', format = 'Praos', indefinite = false } = options;
  const slot = options.slot ?? (START_PERIOD + BigInt(EVOLUTION)) * SLOTS_PER_KES_PERIOD;
  const { hotVerificationKey, sequenceNumber, startPeriod, signature } = certificate;
  const filled = (size: number, byte: number) => new Uint8Array(size).fill(byte);
  const certificateItems = [hotVerificationKey, sequenceNumber, startPeriod, signature];
  const vrf = [filled(64, 0), filled(80, 0)];
  const front = [
    options.blockNumber ?? 12_345n,
    slot,
    options.previousHash ?? filled(32, 1),
    coldVerificationKey,
    filled(32, 2),
  ];
  const size = [BigInt(options.bodySize ?? 1_000), filled(32, 3)];
  const fields =
    format === 'TPraos'
      ? [...front, vrf, vrf, ...size, ...certificateItems, 9n, 1n]
      : [...front, vrf, ...size, certificateItems, [9n, 1n], ...MORE[format]];
  return encode(fields, heads, indefinite);
}

export function seedOf(byte: number): MLockedSeed<32> {
  const bytes = new Uint8Array(32).fill(byte) as Uint8Array & { readonly length: 32 };
  return MLockedSeed.fromBytes(bytes);
}

export function tagged(content: Uint8Array): Uint8Array {
  return joined([Uint8Array.of(0xd8, 24), encode(content)]);
}

export function forged(header: Uint8Array): Uint8Array {
  const copy = header.slice();
  copy[copy.length - 1]! ^= 1;
  return copy;
}

const CONTAINERS: Readonly<Record<string, (header: Uint8Array) => Uint8Array>> = {
  bare: (header) => header,
  tagged,
  chainsync: (header) => encode([5n, { encoded: tagged(header) }]),
  stored: (header) => storedBlock(header),
  block: (header) => storedBlock(header).subarray(2),
};

/** Writes a header by the words of a transcript: `format=TPraos`, `heads=longest`, `indefinite=yes`, `forged=yes`, `in=block`. */
export function writeHeader(path: string, ...words: readonly string[]): void {
  const { in: container = 'bare', ...options } = Object.fromEntries(
    words.map((word) => word.split('=')),
  ) as Record<string, string>;
  const header = ownHeader({
    heads: options['heads'] === 'longest' ? 'longest' : 'shortest',
    format: (options['format'] ?? 'Praos') as NonNullable<HeaderOptions['format']>,
    indefinite: options['indefinite'] === 'yes',
  });
  const made = options['forged'] === 'yes' ? forged(header) : header;
  writeFileSync(path, CONTAINERS[container]?.(made) ?? made);
}

/** An entry of a secondary index for a block that starts there. Its header begins after three bytes. */
export function indexEntry(start: number, headerSize: number): Uint8Array {
  const entry = Buffer.alloc(56);
  entry.writeBigUInt64BE(BigInt(start));
  entry.writeUInt16BE(3, 8);
  entry.writeUInt16BE(headerSize, 10);
  return entry;
}

/**
 * Writes the chunks of a chain, with their indexes, by the words of a transcript: `7:1200,1210` is a chunk with its blocks
 * by their slots. A block `1210!` is forged, `1210-` is left out, `1210#5` has that number, and `byron` is of that era: `byron*9` are nine.
 */
export function writeChunks(folder: string, ...words: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const chunks = words.map((word) => word.split(':') as [number: string, blocks: string]);
  const slots = chunks.flatMap(([, blocks]) => blocks.match(/(?<![\w*])\d+[^,]*/g) ?? []);
  const chain = chainOf(
    slots.map((word) => {
      const [, slot = '', number = '3'] = /^(\d+)[!-]?(?:#(\d+))?$/.exec(word) ?? [];
      return { slot: BigInt(slot), sequenceNumber: BigInt(number), bodySize: 100 };
    }),
  );
  for (const [number, text] of chunks) {
    const blocks = text.split(',').flatMap((word): [block: Uint8Array, header?: Uint8Array][] => {
      if (word === '') return [];
      if (word.startsWith('byron'))
        return Array.from({ length: Number(word.split('*')[1] ?? 1) }, () => [byronBlock()]);
      const header = chain.shift() ?? new Uint8Array();
      const made = word.endsWith('!') ? forged(header) : header;
      return word.endsWith('-') ? [] : [[storedBlock(made), made]];
    });
    const path = join(folder, number.padStart(5, '0'));
    writeFileSync(`${path}.chunk`, joined(blocks.map(([block]) => block)));
    let start = 0;
    const entries = blocks.map(([block, header]) => {
      const entry = indexEntry(start, header?.length ?? 0);
      start += block.length;
      return entry;
    });
    // Blocks of Byron have other headers: the chunk is read without an index.
    if (!text.includes('byron')) writeFileSync(`${path}.secondary`, joined(entries));
  }
}
