/**
 * The state of a verification between two runs, as text: two lines of JSON. The first has the kind of the file and the hash
 * of the second line, which finds damage. Anybody can make such a text. So the numbers are checked, and the state names the
 * chunks that it is about: a run continues only where the folder still has them.
 */
import { EvolockError } from '@evolock/direct-serialise';
import { blake2b256, sum6Kes } from '@evolock/kes-sum';
import { HeaderError } from '../errors.js';
import { hexOf } from '../hex.js';
import { parseHeader } from '../keys/headers.js';
import { MAX_UNSIGNED_64 } from '../period/numbers.js';
import type { ChainState, PoolBlocks } from './chain.js';
import { numberOfChunk, partsOfChunk } from './chunk.js';
import { filesOf } from './files.js';
import { KEY_SIZE, OUT_OF_RANGE } from './judge.js';
import { PLACES, type NoncesState, type StateInHex } from './nonces.js';
import { COUNTS, type Counts, type TallyState } from './tally.js';

/** The chunks before the first one that is still to be judged. */
export interface Judged {
  /** The number of chunks, and their size in bytes. */
  readonly chunks: number;
  readonly bytes: number;
  /** The last one: its number, its size in bytes, and the hash of its last header, if it has one. */
  readonly last?: number | undefined;
  readonly lastSize?: number | undefined;
  readonly lastHash?: string | undefined;
}

/** The state from which a run continues. */
export interface RunState extends TallyState {
  /** The first chunk to judge. */
  readonly chunk: number;
  readonly judged: Judged;
  /** The nonces before that chunk, when they are computed. */
  readonly nonces?: NoncesState | undefined;
}

const stateProblems = {
  damaged: 'it is not a state of this version, or it is damaged',
  'other-subject': 'it is the state of a run with another subject',
  'other-chunks': 'the folder does not have the chunks that this state is about',
} as const;

/** Why a state is refused. */
export type StateProblem = keyof typeof stateProblems;

/** A state is refused. */
export class StateError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_STATE';
  readonly problem: StateProblem;

  constructor(problem: StateProblem, options?: ErrorOptions) {
    super(stateProblems[problem], options);
    this.problem = problem;
  }
}

/** The chunks of a folder before a number. */
export async function judgedBefore(folder: string, chunk: number): Promise<Judged> {
  let judged: Judged = { chunks: 0, bytes: 0 };
  let path: Buffer | undefined;
  for (const found of filesOf([folder])) {
    const number = 'result' in found ? undefined : numberOfChunk(found.path);
    if ('result' in found || number === undefined || number >= chunk) continue;
    const { size = 0 } = found;
    const { chunks, bytes } = judged;
    judged = { chunks: chunks + 1, bytes: bytes + size, last: number, lastSize: size };
    path = found.path;
  }
  return path === undefined ? judged : { ...judged, lastHash: await lastHashOf(path) };
}

/** The hash of the last header of a chunk. */
async function lastHashOf(path: Buffer): Promise<string | undefined> {
  let last: Uint8Array | undefined;
  for await (const { items } of partsOfChunk(path))
    last = items.findLast(({ kind }) => kind === 'header')?.bytes ?? last;
  try {
    return last && parseHeader(last).hash;
  } catch (error) {
    if (error instanceof HeaderError) return undefined;
    throw error;
  }
}

/**
 * Checks that a folder has the chunks of a state, and the first one to judge.
 *
 * @throws {@link StateError} `ERR_EVOLOCK_CARDANO_STATE`, problem `other-chunks`.
 */
export async function checkJudged(folder: string, { chunk, judged }: RunState): Promise<void> {
  const found = await judgedBefore(folder, chunk);
  const hasNext = [...filesOf([folder])].some(
    (each) => !('result' in each) && numberOfChunk(each.path) === chunk,
  );
  if (!hasNext || jsonOf(found) !== jsonOf(judged)) throw new StateError('other-chunks');
}

const TYPE = 'kes-header-verify-state';
const VERSION = 2;

/**
 * A state as text.
 *
 * @param subject - What the run is about, such as its network and the choice of headers.
 */
export function stateText(subject: unknown, state: RunState): Buffer {
  const { chunk, judged, counts, chain, nonces } = state;
  const line = jsonOf({ subject: jsonOf(subject), chunk, judged, counts, chain, nonces });
  return Buffer.from(`${firstLine(line)}\n${line}\n`);
}

function firstLine(line: string): string {
  return JSON.stringify({
    type: TYPE,
    version: VERSION,
    hash: hexOf(blake2b256(Buffer.from(line))),
  });
}

/** Numbers of 64 bits become digits with an `n`, which no other text here is. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'bigint' ? `${each}n` : each,
  );
}

function withBigints(_: string, value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,20}n$/.test(value)
    ? BigInt(value.slice(0, -1))
    : value;
}

/**
 * The state in a text.
 *
 * @param text - The text.
 * @param subject - What the next run is about.
 * @throws {@link StateError} `ERR_EVOLOCK_CARDANO_STATE`, problem `damaged` or `other-subject`.
 */
export function stateIn(text: Uint8Array, subject: unknown): RunState {
  const [first = '', line = ''] = Buffer.from(text).toString().split('\n');
  if (first !== firstLine(line)) throw new StateError('damaged');
  const found = members(parsed(line));
  if (found['subject'] !== jsonOf(subject)) throw new StateError('other-subject');
  const counts = countsIn(found['counts']);
  const chain = chainIn(found['chain']);
  const judged = judgedIn(found['judged']);
  const nonces = ifAny(found['nonces'], noncesIn);
  if (!isOf(judged, counts, chain)) throw new StateError('damaged');
  const blocks = [
    chain.pools.map(([, pool]) => pool),
    chain.eras.map(([, count]) => ({ blocks: count })),
  ];
  for (const each of blocks) {
    const sum = each.reduce((total, pool) => total + pool.blocks, 0);
    if (sum !== counts.valid) throw new StateError('damaged');
  }
  return { chunk: count(found['chunk']), judged, counts, chain, nonces };
}

/** Whether chunks of this size can have so many headers, and the header to which the next one links is their last one. */
function isOf(judged: Judged, { valid, invalid }: Counts, { hash, chunk }: ChainState): boolean {
  const { bytes, last, lastHash = hash } = judged;
  if ((valid + invalid) * sum6Kes.signatureSize > bytes) return false;
  return hash === undefined || (hash === lastHash && chunk === last);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line, withBigints);
  } catch (cause) {
    throw new StateError('damaged', { cause });
  }
}

type Members = Readonly<Record<string, unknown>>;

function members(value: unknown): Members {
  if (typeof value !== 'object' || value === null) throw new StateError('damaged');
  return value as Members;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new StateError('damaged');
  return value;
}

function count(value: unknown, most = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > most)
    throw new StateError('damaged');
  return value as number;
}

function number64(value: unknown): bigint {
  if (typeof value !== 'bigint' || value > MAX_UNSIGNED_64) throw new StateError('damaged');
  return value;
}

/** 32 bytes in hexadecimal digits. */
function digits(value: unknown): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) throw new StateError('damaged');
  return value;
}

function ifAny<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

function judgedIn(value: unknown): Judged {
  const { chunks, bytes, last, lastSize, lastHash } = members(value);
  return {
    chunks: count(chunks),
    bytes: count(bytes),
    last: ifAny(last, (each) => count(each)),
    lastSize: ifAny(lastSize, (each) => count(each)),
    lastHash: ifAny(lastHash, digits),
  };
}

function countsIn(value: unknown): Counts {
  const found = members(value);
  const all = COUNTS.map((name) => [name, count(found[name])] as const);
  return Object.fromEntries(all) as unknown as Counts;
}

function chainIn(value: unknown): ChainState {
  const { pools, eras, firstSlot, lastSlot, number, hash, chunk } = members(value);
  return {
    pools: list(pools).map((each) => {
      const [key, pool] = list(each);
      if (typeof key !== 'string' || key.length !== KEY_SIZE) throw new StateError('damaged');
      return [key, poolIn(pool)] as const;
    }),
    eras: list(eras).map((each) => {
      const [era, blocks] = list(each);
      return [count(era, 0xff), count(blocks)] as const;
    }),
    firstSlot: ifAny(firstSlot, number64),
    lastSlot: ifAny(lastSlot, number64),
    number: number64(number),
    hash: ifAny(hash, digits),
    chunk: ifAny(chunk, (each) => count(each)),
  };
}

function poolIn(value: unknown): PoolBlocks {
  const { blocks, number, firstEvolution, lastEvolution } = members(value);
  return {
    blocks: count(blocks),
    number: number64(number),
    firstEvolution: count(firstEvolution, OUT_OF_RANGE),
    lastEvolution: count(lastEvolution, OUT_OF_RANGE),
  };
}

function noncesIn(value: unknown): NoncesState {
  const { place, byronChunk, hash, nonces } = members(value);
  const known = PLACES.find((each) => each === place);
  if (known === undefined) throw new StateError('damaged');
  return {
    place: known,
    byronChunk: ifAny(byronChunk, (each) => count(each)),
    hash: ifAny(hash, digits),
    nonces: nonceStateIn(nonces),
  };
}

function nonceStateIn(value: unknown): StateInHex {
  const found = members(value);
  return {
    epoch: number64(found['epoch']),
    slot: ifAny(found['slot'], number64),
    epochNonce: digits(found['epochNonce']),
    evolving: digits(found['evolving']),
    candidate: digits(found['candidate']),
    previousHash: ifAny(found['previousHash'], digits),
    lastOfEpoch: ifAny(found['lastOfEpoch'], digits),
  };
}
