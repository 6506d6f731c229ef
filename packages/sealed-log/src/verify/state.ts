/** What is known of a log after its last verified seal, as JSON, to go on from. */
import {
  checkInteger,
  checkRecord,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { decodeBase64, encodeBase64 } from '../format/base64.js';
import { readKey, readVerifierKey, type LogKey } from '../format/key.js';
import { readSealLine } from '../format/seal.js';
import { HASH_SIZE, type Frontier } from '../format/tree.js';
import type { EntryPlace } from '../reading/sources.js';
import type { Tree } from './anchor.js';
import type { AbsentEntries } from './entries/absent.js';
import type { SeenUnsealed } from './entries/unsealed.js';

/**
 * A verified state of a log: plain JSON, to keep where the writer of the log cannot change it. A verification that goes on
 * from it gives the verdict on the whole log.
 */
export interface SealedLogState {
  readonly verifierKey: string;
  /** The material of the key of the next seal, base64. */
  readonly material: string;
  /** The number of the next seal. */
  readonly number: number;
  /** The number of sealed entries. */
  readonly size: number;
  /** The roots of the complete subtrees over these entries, the largest first, base64. */
  readonly frontier: readonly string[];
  /** The time of the last seal, POSIX seconds. */
  readonly time: number;
  readonly ended: boolean;
  /** The time of the first seal, POSIX seconds. */
  readonly firstTime: number;
  /** The longest time between two seals, seconds. */
  readonly longestGap: number;
  /** The number of seals that are the first after a start. */
  readonly starts: number;
  /** Entries that are absent, in order. A later verification judges them again. */
  readonly absent: readonly AbsentEntries[];
  /** Where the last sealed entry was read, for a caller who passes the rest of its file; absent when none was read. */
  readonly place?: StatePlace | undefined;
  /** The line of the last seal, without a newline: a checkpoint of the log, which its file of seals has to have. */
  readonly line: string;
  /** Where this line begins in the file of seals: bytes. The next verification gets the file from there, or from before. */
  readonly sealBytes: number;
  /** Entries that were seen without a seal, when `now` was given; absent when there are none. */
  readonly unsealed?: SeenUnsealed | undefined;
  /** The last tree of the log that enough witnesses saw, so that its checkpoint counts again; absent when none was. */
  readonly witnessed?: StateTree | undefined;
}

/** A tree of the log. */
export interface StateTree {
  readonly size: number;
  /** Base64. */
  readonly root: string;
}

/**
 * Where the last sealed entry ends: a hint. When the file was changed, or another one has its name, the hash does not fit what is
 * before that place.
 */
export interface StatePlace {
  /** The place of the file in `files`, from 0. */
  readonly file: number;
  /** Bytes from the beginning of what was given of that file up to the end of the entry. */
  readonly bytes: number;
  /** The SHA-256 of a byte 0 and the line, without its newline, base64. */
  readonly leaf: string;
}

/** The same, as the verifier uses it. Before the first seal `firstTime` is absent. */
export interface ProvedState extends Omit<
  SealedLogState,
  'verifierKey' | 'material' | 'frontier' | 'firstTime' | 'place' | 'witnessed'
> {
  readonly witnessed: Tree | undefined;
  readonly place: EntryPlace | undefined;
  readonly key: LogKey;
  readonly nodes: readonly Uint8Array[];
  readonly firstTime: number | undefined;
}

/** The progress before the first seal of a verifier key. */
export function firstProgress(key: LogKey): ProvedState {
  const zero = { size: 0, time: 0, longestGap: 0, starts: 0, sealBytes: 0 };
  const none = {
    nodes: [],
    absent: [],
    ended: false,
    firstTime: undefined,
    line: '',
    place: undefined,
    witnessed: undefined,
  };
  return { ...zero, ...none, key, number: key.first };
}

/** The state of a progress beyond the first seal. Returns `undefined` when too many entries are absent. */
export function stateAfter(
  verifierKey: string,
  { key, nodes, place, witnessed, ...rest }: ProvedState & { readonly firstTime: number },
  absent: readonly AbsentEntries[] | undefined,
): SealedLogState | undefined {
  if (absent === undefined) return undefined;
  const frontier = nodes.map(encodeBase64);
  return {
    ...rest,
    verifierKey,
    material: encodeBase64(key.material),
    frontier,
    absent,
    place: place && { ...place, leaf: encodeBase64(place.leaf) },
    witnessed: witnessed && { size: witnessed.size, root: encodeBase64(witnessed.root) },
  };
}

/**
 * The progress of a state.
 *
 * @throws `ArgumentError` when it is none, or of another verifier key.
 */
export function progressOf(verifierKey: string, given: SealedLogState): ProvedState {
  const state = checkRecord('from', given);
  if (state.verifierKey !== verifierKey)
    throw wrongValue('from', 'a state of this verifier key', 'another one');
  const origin = readVerifierKey(verifierKey)?.origin ?? '';
  const material = decodeBase64(String(state.material));
  const key = material && readKey(origin, material);
  if (key === undefined)
    throw wrongValue('from.material', 'the material of a key', 'something else');
  const number = (name: keyof SealedLogState) => count(`from.${name}`, state[name]);
  const size = number('size');
  const nodes = nodesOf(size, state.frontier);
  if (typeof state.ended !== 'boolean') throw wrongType('from.ended', 'a boolean', state.ended);
  const line = String(state.line);
  const last = readSealLine(line);
  if (last?.number !== number('number') - 1 || last.size !== size)
    throw wrongValue('from.line', 'the line of the last seal', 'another one');
  return {
    key,
    nodes,
    size,
    line,
    ended: state.ended,
    number: number('number'),
    time: number('time'),
    firstTime: number('firstTime'),
    longestGap: number('longestGap'),
    starts: number('starts'),
    absent: absentEntries(size, state.absent),
    place: placeOf(state.place),
    sealBytes: number('sealBytes'),
    unsealed: seenUnsealed(state.unsealed),
    witnessed: treeOf(state.witnessed),
  };
}

function count(argument: string, value: unknown): number {
  return checkInteger(argument, value, 0, Number.MAX_SAFE_INTEGER);
}

function absentEntries(size: number, given: unknown): AbsentEntries[] {
  let least = 0;
  return (Array.isArray(given) ? given : [{}]).map((each: unknown, index) => {
    const place = `from.absent[${index}]`;
    const { from, to, time, isGone } = checkRecord(place, each as AbsentEntries);
    const start = checkInteger(`${place}.from`, from, least, size - 1);
    least = checkInteger(`${place}.to`, to, start + 1, size);
    if (typeof isGone !== 'boolean') throw wrongType(`${place}.isGone`, 'a boolean', isGone);
    return { from: start, to: least, time: count(`${place}.time`, time), isGone };
  });
}

function seenUnsealed(given: SealedLogState['unsealed']): SeenUnsealed | undefined {
  if (given === undefined) return undefined;
  const { since, end, later } = checkRecord('from.unsealed', given);
  return {
    since: count('from.unsealed.since', since),
    end: count('from.unsealed.end', end),
    later: count('from.unsealed.later', later),
  };
}

function placeOf(given: SealedLogState['place']): EntryPlace | undefined {
  if (given === undefined) return undefined;
  const { file, bytes, leaf } = checkRecord('from.place', given);
  return {
    file: count('from.place.file', file),
    bytes: count('from.place.bytes', bytes),
    leaf: decodeBase64(String(leaf)) ?? new Uint8Array(0),
  };
}

function treeOf(given: SealedLogState['witnessed']): Tree | undefined {
  if (given === undefined) return undefined;
  const { size, root } = checkRecord('from.witnessed', given);
  return {
    size: count('from.witnessed.size', size),
    root: decodeBase64(String(root)) ?? new Uint8Array(0),
  };
}

function nodesOf(size: number, frontier: unknown): Frontier['nodes'] {
  const count = size.toString(2).replaceAll('0', '').length;
  const nodes = (Array.isArray(frontier) ? frontier : []).flatMap((text: unknown) => {
    const node = decodeBase64(String(text));
    return node?.length === HASH_SIZE ? [node] : [];
  });
  if (nodes.length === count) return nodes;
  throw wrongValue('from.frontier', `${String(count)} hashes, for this size`, 'others');
}
