/**
 * The state of `kes header verify` between two runs. Its file has two lines of JSON: the kind of the file with the hash of the
 * second line, and the state. The hash shows that this command wrote the state, and that it is whole.
 */
import { hexOf } from '@evolock/cardano-kes';
import { blake2b256 } from '@evolock/kes-sum';
import { CommandError } from '../cli/errors.js';
import type { ChainState } from './chain/chain.js';
import type { NoncesState } from './chain/nonces.js';
import type { Counts } from './tally.js';
import type { JudgeContext } from './worker.js';

/** The state from which a run continues. */
export interface RunState {
  /** The first chunk to judge. */
  readonly chunk: number;
  readonly counts: Counts;
  readonly chain: ChainState;
  /** The nonces before that chunk, when they are computed. */
  readonly nonces?: NoncesState | undefined;
}

const TYPE = 'kes-header-verify-state';
const VERSION = 1;

/** A state as the content of its file. The subject is what the run is about: its network, and the headers that it judges. */
export function stateText(subject: JudgeContext, state: RunState): Buffer {
  const line = jsonOf({ subject: jsonOf(subject), state });
  const first = { type: TYPE, version: VERSION, hash: hashOf(line) };
  return Buffer.from(`${JSON.stringify(first)}\n${line}\n`);
}

function hashOf(line: string): string {
  return hexOf(blake2b256(Buffer.from(line)));
}

/** Numbers of 64 bits become digits with an `n`, which no other text here is. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'bigint' ? `${each}n` : each,
  );
}

function withBigints(_: string, value: unknown): unknown {
  return typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value;
}

/**
 * The state in a file.
 *
 * @param name - The file, for errors.
 * @param text - Its content.
 * @param subject - What the next run is about.
 */
export function stateIn(name: string, text: Uint8Array, subject: JudgeContext): RunState {
  const [first = '', line = ''] = Buffer.from(text).toString().split('\n');
  if (first !== JSON.stringify({ type: TYPE, version: VERSION, hash: hashOf(line) })) {
    const problem = 'it is not a state of this kes header verify, or it is damaged';
    throw new CommandError('invalid', `${name}: ${problem}: remove it, or give another name`);
  }
  // The hash was checked, so `stateText` wrote the line.
  const found = JSON.parse(line, withBigints) as { subject: string; state: RunState };
  if (found.subject === jsonOf(subject)) return found.state;
  const problem =
    'it is of another network, or of other --since, --until, --pool, --vrf or --epoch-nonce';
  throw new CommandError('usage', `${name}: ${problem}: give the same, or another name`);
}
