/**
 * A chain of Babbage as the immutable database of a node has it: chunks with their secondary index, many pools, their
 * certificates and evolutions. The bodies of the blocks are holes of the file, which take no room on the disk. The command
 * verifies it in a process of its own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { absolutePeriod, type OperationalCertificate } from '@evolock/cardano-headers';
import { epochParametersOfGenesis } from '@evolock/cardano-headers/genesis';
import { EpochNonces, vrfInputOf } from '@evolock/cardano-headers/nonces';
import { issueCertificate, nativeHeaders } from '@evolock/cardano-kes';
import { praosVrf } from '@evolock/cardano-kes/all';
import { encodeItem, type CborItem } from '@evolock/cardano-headers/cbor';
import { ed25519, sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { blake2b256 } from '@evolock/kes-sum/all';
import { newKey, withSeed } from './new-key.js';

const { parseHeader } = nativeHeaders;

/** The command `kes`. */
export const KES = fileURLToPath(
  new URL('bin/kes.cjs', import.meta.resolve('@evolock/kes-cli/package.json')),
);

/** The parameters of mainnet and of preview. */
const SLOTS_PER_KES_PERIOD = 129_600;
const MAX_KES_EVOLUTIONS = 62;

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

/** The genesis file of the chain in a folder. */
function genesisOf(folder: string): string {
  return join(dirname(folder), 'genesis.json');
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

/** The file of all headers, one after the other, of the chain in a folder. */
export function headersOf(folder: string): string {
  return join(dirname(folder), 'headers');
}

/** Writes a chain, and its headers once more. */
export function writeChain(folder: string, { headers, pools, vrf = false }: ChainSize): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(genesisOf(folder), GENESIS);
  const all = Array.from({ length: pools }, () => new BenchPool());
  const blocksOfChunk = SLOTS_A_CHUNK / SLOTS_A_BLOCK;
  const nonces = vrf ? new EpochNonces(epochParametersOfGenesis(Buffer.from(GENESIS))) : undefined;
  let previous = new Uint8Array(32);
  try {
    for (let first = 0; first < headers; first += blocksOfChunk) {
      const blocks: Block[] = [];
      for (let number = first; number < Math.min(first + blocksOfChunk, headers); number += 1) {
        const slot = number * SLOTS_A_BLOCK;
        const pool = all[(number * STRIDE) % pools]!;
        const header = pool.header(number, slot, previous, nonces?.nonceAt(BigInt(slot)));
        nonces?.add({ ...parseHeader(header), era: BABBAGE });
        previous = new Uint8Array(blake2b256(header));
        blocks.push({ header, slot, hash: previous });
      }
      writeChunk(join(folder, String(first / blocksOfChunk).padStart(5, '0')), blocks);
      for (const { header } of blocks) appendFileSync(headersOf(folder), header);
    }
  } finally {
    for (const pool of all) pool.release();
  }
}

/** Pools alternate, so that consecutive headers have different certificates. A prime number reaches each of them. */
const STRIDE = 7_919;

interface Block {
  readonly header: Uint8Array;
  readonly hash: Uint8Array;
  readonly slot: number;
}

/** Writes a chunk and its index, whose checksums are zero: the command does not read them. */
function writeChunk(path: string, blocks: readonly Block[]): void {
  const fd = openSync(`${path}.chunk`, 'w');
  let at = 0;
  const append = (bytes: Buffer): void => {
    at += writeSync(fd, bytes, 0, bytes.byteLength, at);
  };
  const index = blocks.map(({ header, hash, slot }) => {
    const entry = Buffer.alloc(INDEX_ENTRY);
    entry.writeBigUInt64BE(BigInt(at));
    entry.writeUInt16BE(BEFORE_HEADER.byteLength, 8);
    entry.writeUInt16BE(header.byteLength, 10);
    entry.set(hash, 16);
    entry.writeBigUInt64BE(BigInt(slot), 48);
    append(Buffer.concat([BEFORE_HEADER, header, BEFORE_BODY]));
    at += CONTENT_SIZE;
    append(AFTER_BODY);
    return entry;
  });
  ftruncateSync(fd, at);
  closeSync(fd);
  writeFileSync(`${path}.secondary`, Buffer.concat(index));
}

/** A KES key and its certificate. */
interface Life {
  readonly key: KesSigningKey;
  readonly certificate: OperationalCertificate;
}

/** A pool that makes headers. It has a new key and a new certificate when the old one has expired. */
class BenchPool {
  readonly #coldKey = withSeed((seed) => ed25519.generateKey(seed));
  readonly #issuer = new Uint8Array(this.#coldKey.deriveVerificationKey());
  readonly #vrfKey = withSeed((seed) => praosVrf.generateKey(seed));
  #life: Life | undefined;
  #certificates = 0n;

  /**
   * The next header, of a slot that is not before that of the last one.
   *
   * @param previous is the hash of the header before.
   * @param epochNonce is that of its epoch; without it the proof of the VRF has no meaning.
   */
  header(number: number, slot: number, previous: Uint8Array, epochNonce?: Uint8Array): Uint8Array {
    const period = Math.floor(slot / SLOTS_PER_KES_PERIOD);
    const { key, certificate } = this.#lifeAt(period);
    key.updateTo(period - Number(certificate.startPeriod));
    const { hotVerificationKey, sequenceNumber, startPeriod, signature } = certificate;
    const body: CborItem = [
      BigInt(number),
      BigInt(slot),
      number === 0 ? null : previous,
      this.#issuer,
      this.#vrfKey.deriveVerificationKey(),
      epochNonce === undefined ? [filled(64), filled(80)] : this.#vrfResult(slot, epochNonce),
      BigInt(BODY_SIZE),
      filled(32),
      [hotVerificationKey, sequenceNumber, startPeriod, signature],
      [9n, 0n],
    ];
    return encodeItem([body, key.sign(encodeItem(body))]);
  }

  release(): void {
    this.#life?.key.release();
    this.#coldKey.release();
    this.#vrfKey.release();
  }

  #vrfResult(slot: number, epochNonce: Uint8Array): CborItem {
    const proof = this.#vrfKey.prove(vrfInputOf(BigInt(slot), epochNonce));
    return [praosVrf.outputOf(proof) ?? filled(64), proof];
  }

  #lifeAt(period: number): Life {
    const age = this.#life && period - Number(this.#life.certificate.startPeriod);
    if (this.#life !== undefined && age !== undefined && age < MAX_KES_EVOLUTIONS)
      return this.#life;
    this.#life?.key.release();
    const key = newKey(sum6Kes);
    const certificate = issueCertificate(this.#coldKey, {
      hotVerificationKey: key.deriveVerificationKey(),
      sequenceNumber: this.#certificates,
      startPeriod: absolutePeriod(period),
    });
    this.#certificates += 1n;
    this.#life = { key, certificate };
    return this.#life;
  }
}

/** What is not verified: the hash of the body, and without a nonce the VRF. */
function filled(size: number): Uint8Array {
  return new Uint8Array(size).fill(size);
}

/** How the command runs. */
export interface ChainRun {
  readonly folder: string;
  /** Threads that judge. */
  readonly threads: number;
  /** Whether the whole process has one processor. */
  readonly onOneProcessor?: boolean;
  /** Whether the proofs of the VRF are verified too. */
  readonly vrf?: boolean;
}

/** What was measured of a run. */
export interface ChainRunResult {
  readonly milliseconds: number;
  /** Bytes of the resident set, once a second. */
  readonly resident: readonly number[];
}

/** Milliseconds between two reads of the memory use. */
const INTERVAL = 1_000;

/**
 * Verifies a chain.
 *
 * @throws Error when a header is not valid.
 */
export async function verifyChain(run: ChainRun, headers: number): Promise<ChainRunResult> {
  const { folder, threads, onOneProcessor = false, vrf = false } = run;
  const network = ['--genesis', genesisOf(folder), '--without-byron'];
  const kes = [process.execPath, KES, 'header', 'verify', ...network];
  const options = ['--threads', String(threads), ...(vrf ? ['--vrf'] : [])];
  const line = [...kes, ...options, folder];
  const [program = '', ...rest] = onOneProcessor ? ['taskset', '-c', processor(), ...line] : line;
  const start = performance.now();
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
  const resident: number[] = [];
  const look = setInterval(() => resident.push(...residentOf(child.pid ?? 0)), INTERVAL);
  try {
    await once(child, 'close');
  } finally {
    clearInterval(look);
  }
  const milliseconds = performance.now() - start;
  // The summary. With --json every header would be a line.
  const isAllValid = output.includes(`✓ all ${String(headers)} headers are valid`);
  if (child.exitCode !== 0 || !isAllValid) throw new Error(`not all valid: ${output}`);
  return { milliseconds, resident };
}

/** A processor that this process may use. */
export function processor(): string {
  const status = readFileSync('/proc/self/status', 'utf8');
  return /^Cpus_allowed_list:\s+(\d+)/m.exec(status)?.[1] ?? '0';
}

/** Bytes; nothing after the end of the process. Source: proc_pid_status(5). */
function residentOf(pid: number): number[] {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
    return kib === undefined ? [] : [Number(kib) * 1_024];
  } catch {
    return [];
  }
}
