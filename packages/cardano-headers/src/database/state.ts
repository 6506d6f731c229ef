/**
 * The state of a verification between two runs, as text: two lines of JSON. The first has the kind of the file and the hash
 * of the second line, which finds damage. Anybody can make such a text. So the numbers are checked, and the state names the
 * chunks that it is about: a run continues only where the folder still has them.
 */
import { EvolockError } from '@evolock/direct-serialise/arguments';
import { HeaderError } from '../errors.js';
import { bytesOfHex, hexOf } from '../hex.js';
import { SIGNATURE_SIZE } from '../header/items.js';
import { blake2b256 } from '../hashes.js';
import { parseHeader } from '../headers.js';
import type { NonceState } from '../nonce/epoch-nonces.js';
import { MAX_UNSIGNED_64 } from '../period/numbers.js';
import type { ChainState, PoolBlocks } from './chain.js';
import { NotJudgedError, numberOfChunk, partsOfChunk } from './chunk.js';
import { filesOf } from './files.js';
import { KEY_SIZE, OUT_OF_RANGE } from './judge.js';
import { PLACES, type NoncesState } from './nonces.js';
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

/** A state of `/parts` is damaged, or of another subject or other chunks. */
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

async function lastHashOf(path: Buffer): Promise<string | undefined> {
  let last: Uint8Array | undefined;
  try {
    for await (const { items } of partsOfChunk(path))
      last = items.findLast(({ kind }) => kind === 'header')?.bytes ?? last;
    return last && parseHeader(last).hash;
  } catch (error) {
    if (error instanceof HeaderError || error instanceof NotJudgedError) return undefined;
    throw error;
  }
}

/** Checks that a folder has the chunks of a state, and the next one. Throws {@link StateError}, problem `other-chunks`. */
export async function checkJudged(folder: string, { chunk, judged }: RunState): Promise<void> {
  const found = await judgedBefore(folder, chunk);
  const hasNext = [...filesOf([folder])].some(
    (each) => !('result' in each) && numberOfChunk(each.path) === chunk,
  );
  if (!hasNext || jsonOf(found) !== jsonOf(judged)) throw new StateError('other-chunks');
}

const TYPE = 'kes-header-verify-state';
const VERSION = 2;

/** A state as text. The subject is what the run is about, such as its network and the choice of headers. */
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

/** Numbers of 64 bits become digits with an `n`, which no other text here is, and bytes become hexadecimal digits. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'bigint') return `${each}n`;
    return each instanceof Uint8Array ? hexOf(each) : each;
  });
}

function withBigints(_: string, value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,20}n$/.test(value)
    ? BigInt(value.slice(0, -1))
    : value;
}

/** The state in a text, for a run about the subject. Throws {@link StateError}, problem `damaged` or `other-subject`. */
export function stateIn(text: Uint8Array, subject: unknown): RunState {
  const [first = '', line = ''] = Buffer.from(text).toString().split('\n');
  if (first !== firstLine(line)) throw new StateError('damaged');
  const found = isObject(parsed(line));
  if (found['subject'] !== jsonOf(subject)) throw new StateError('other-subject');
  return checkSums(stateOf(found));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line, withBigints);
  } catch (cause) {
    throw new StateError('damaged', { cause });
  }
}

/** Checks that the numbers of a state agree. */
function checkSums(state: RunState): RunState {
  const { judged, counts, chain } = state;
  const blocks = [chain.pools.map(([, pool]) => pool.blocks), chain.eras.map(([, each]) => each)];
  const isWhole = blocks.every(
    (each) => each.reduce((sum, count) => sum + count, 0) === counts.valid + counts.incomplete,
  );
  if (!isWhole || !isOf(judged, counts, chain)) throw new StateError('damaged');
  return state;
}

/** Whether chunks of this size can have so many headers, and the header to which the next one links is their last one. */
function isOf(judged: Judged, counts: Counts, { hash, chunk }: ChainState): boolean {
  const { valid, invalid, incomplete } = counts;
  const { bytes, last, lastHash = hash } = judged;
  if ((valid + invalid + incomplete) * SIGNATURE_SIZE > bytes) return false;
  return hash === undefined || (hash === lastHash && chunk === last);
}

/** Checks a value of the JSON, and returns it. */
type Read<T> = (value: unknown) => T;

function only<T>(condition: (value: unknown) => boolean): Read<T> {
  return (value) => {
    if (!condition(value)) throw new StateError('damaged');
    return value as T;
  };
}

const integer = (most = Number.MAX_SAFE_INTEGER): Read<number> =>
  only((value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most);
const count = integer();
const number64: Read<bigint> = only(
  (value) => typeof value === 'bigint' && value <= MAX_UNSIGNED_64,
);
/** 32 bytes in hexadecimal digits. */
const digits: Read<string> = only(
  (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
);
const nonce: Read<Uint8Array> = (value) => bytesOfHex(digits(value)) ?? new Uint8Array();
/** A cold verification key, one character a byte. */
const key: Read<string> = only((value) => typeof value === 'string' && value.length === KEY_SIZE);
const isList = only<readonly unknown[]>(Array.isArray);
const isObject = only<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null,
);

function optional<T>(read: Read<T>): Read<T | undefined> {
  return (value) => (value === undefined ? undefined : read(value));
}

function pairs<One, Two>(one: Read<One>, two: Read<Two>): Read<(readonly [One, Two])[]> {
  return (value) =>
    isList(value).map((each) => {
      const [first, second] = isList(each);
      return [one(first), two(second)] as const;
    });
}

function object<T>(members: { readonly [Name in keyof T]-?: Read<T[Name]> }): Read<T> {
  const readers = Object.entries<Read<unknown>>(members);
  return (value) => {
    const found = isObject(value);
    return Object.fromEntries(readers.map(([name, read]) => [name, read(found[name])])) as T;
  };
}

const evolution = integer(OUT_OF_RANGE);

const stateOf = object<RunState>({
  chunk: count,
  judged: object<Judged>({
    chunks: count,
    bytes: count,
    last: optional(count),
    lastSize: optional(count),
    lastHash: optional(digits),
  }),
  counts: object<Counts>(
    Object.fromEntries(COUNTS.map((name) => [name, count])) as Record<keyof Counts, typeof count>,
  ),
  chain: object<ChainState>({
    pools: pairs(
      key,
      object<PoolBlocks>({
        blocks: count,
        firstNumber: number64,
        number: number64,
        firstSlot: number64,
        lastSlot: number64,
        firstEvolution: evolution,
        lastEvolution: evolution,
        gaps: count,
      }),
    ),
    eras: pairs(integer(0xff), count),
    firstSlot: optional(number64),
    lastSlot: optional(number64),
    number: number64,
    hash: optional(digits),
    chunk: optional(count),
    gaps: count,
  }),
  nonces: optional(
    object<NoncesState>({
      place: only((value) => PLACES.some((each) => each === value)),
      byronChunk: optional(count),
      hash: optional(digits),
      nonces: object<NonceState>({
        epoch: number64,
        slot: optional(number64),
        epochNonce: nonce,
        evolving: nonce,
        candidate: nonce,
        previousHash: optional(nonce),
        lastOfEpoch: optional(nonce),
      }),
    }),
  ),
});
