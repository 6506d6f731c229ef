/**
 * A chain of Babbage as the immutable database of a node has it: chunks with their secondary index, many pools, their
 * certificates and evolutions. The bodies of the blocks are holes of the file, which take no room on the disk.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { EpochNonces, epochParametersOfGenesis, parseHeader } from '@evolock/cardano-kes';
import { blake2b256 } from '@evolock/kes-sum';
import { BenchPool } from './bench-pool.js';

/** The parameters of mainnet and of preview. */
export const SLOTS_PER_KES_PERIOD = 129_600;
export const MAX_KES_EVOLUTIONS = 62;

/** Slots between two blocks, as on mainnet on average. */
const SLOTS_A_BLOCK = 20;

/** Slots of a chunk. */
const SLOTS_A_CHUNK = 21_600;

/** Bytes of the only transaction of a block. */
const CONTENT_SIZE = 20_000;

const BABBAGE = 6;

/** A network of Babbage from its first slot on, with the numbers of preview. */
const GENESIS = JSON.stringify({
  networkMagic: 4_242,
  systemStart: '2022-10-25T00:00:00Z',
  slotLength: 1,
  slotsPerKESPeriod: SLOTS_PER_KES_PERIOD,
  maxKESEvolutions: MAX_KES_EVOLUTIONS,
  epochLength: 86_400,
  securityParam: 432,
  activeSlotsCoeff: 0.05,
});

/** The path of the genesis file of the chain in a folder. */
export function genesisOf(folder: string): string {
  return `${folder}.genesis.json`;
}

/** `[6, [header, …]]` up to the header: Babbage, five parts. */
const BEFORE_HEADER = Buffer.of(0x82, BABBAGE, 0x85);

/** The bodies of the transactions: an array with one byte string, up to the bytes. */
const BEFORE_BODY = Buffer.of(0x81, 0x59, CONTENT_SIZE >> 8, CONTENT_SIZE & 0xff);

/** Witnesses, auxiliary data and the list of invalid transactions, all empty. */
const AFTER_BODY = Buffer.of(0x80, 0xa0, 0x80);

/** Bytes of the body of a block, which its header signs. */
const BODY_SIZE = BEFORE_BODY.byteLength + CONTENT_SIZE + AFTER_BODY.byteLength;

const INDEX_ENTRY = 56;

/** The size of a chain. */
export interface ChainSize {
  readonly headers: number;
  readonly pools: number;
  /** Whether the proofs of the VRF are those of a real chain. Making one takes as long as verifying it. */
  readonly vrf?: boolean;
}

/** Writes a chain. The checksums of its index are zero: the command does not read them. */
export function writeChain(folder: string, { headers, pools, vrf = false }: ChainSize): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(genesisOf(folder), GENESIS);
  const all = Array.from({ length: pools }, () => new BenchPool());
  const blocksOfChunk = SLOTS_A_CHUNK / SLOTS_A_BLOCK;
  const nonces = vrf ? new EpochNonces(epochParametersOfGenesis(Buffer.from(GENESIS))) : undefined;
  let previous = new Uint8Array(32);
  try {
    for (let first = 0; first < headers; first += blocksOfChunk) {
      const chunk = new ChunkFile(folder, first / blocksOfChunk);
      const end = Math.min(first + blocksOfChunk, headers);
      for (let number = first; number < end; number += 1) {
        const slot = number * SLOTS_A_BLOCK;
        const pool = all[(number * STRIDE) % pools]!;
        const epochNonce = nonces?.nonceAt(BigInt(slot));
        const header = pool.header({ number, slot, previous, epochNonce, bodySize: BODY_SIZE });
        nonces?.add({ ...parseHeader(header), era: BABBAGE });
        chunk.add(header, slot);
        previous = new Uint8Array(blake2b256(header));
      }
      chunk.end();
    }
  } finally {
    for (const pool of all) pool.release();
  }
}

/** Pools alternate, so that consecutive headers have different certificates. A prime number reaches each of them. */
const STRIDE = 7_919;

/** A chunk that is being written. */
class ChunkFile {
  readonly #fd: number;
  readonly #indexPath: string;
  readonly #index: Buffer[] = [];
  #at = 0;

  constructor(folder: string, number: number) {
    const path = join(folder, String(number).padStart(5, '0'));
    this.#fd = openSync(`${path}.chunk`, 'w');
    this.#indexPath = `${path}.secondary`;
  }

  /** Appends a block. */
  add(header: Uint8Array, slot: number): void {
    this.#index.push(this.#indexEntry(header, slot));
    this.#append(Buffer.concat([BEFORE_HEADER, header, BEFORE_BODY]));
    this.#at += CONTENT_SIZE;
    this.#append(AFTER_BODY);
  }

  end(): void {
    ftruncateSync(this.#fd, this.#at);
    closeSync(this.#fd);
    writeFileSync(this.#indexPath, Buffer.concat(this.#index));
  }

  #append(bytes: Buffer): void {
    this.#at += writeSync(this.#fd, bytes, 0, bytes.byteLength, this.#at);
  }

  #indexEntry(header: Uint8Array, slot: number): Buffer {
    const entry = Buffer.alloc(INDEX_ENTRY);
    entry.writeBigUInt64BE(BigInt(this.#at));
    entry.writeUInt16BE(BEFORE_HEADER.byteLength, 8);
    entry.writeUInt16BE(header.byteLength, 10);
    entry.set(blake2b256(header), 16);
    entry.writeBigUInt64BE(BigInt(slot), 48);
    return entry;
  }
}
