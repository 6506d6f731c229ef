/**
 * The hint beside a key file: how far the log was sealed, so that a start does not read all of it again. The root of its tree,
 * grown to the size of the last seal, has to be the root that was signed. Files are looked for among the names of the log, and
 * only one that has the last entry at its place is taken. A program that can write the hint can still name a wrong place in the log:
 * entries are then sealed twice or not at all, and the log does not verify. No hint makes a wrong log verify.
 */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import {
  removeLeftovers,
  writeUnderLock,
  type FileError,
} from '@evolock/direct-serialise-io/files';
import type { WaitingFile } from '../errors.js';
import { textOfOwn } from '../files/log-file.js';
import { decodeBase64, encodeBase64 } from '../format/base64.js';
import { HASH_SIZE, type Frontier } from '../format/tree.js';
import type { EntryFile, Position } from './entry-file.js';

type Tree = Pick<Frontier, 'size' | 'nodes'>;

/** How far a file was read, and the tree up to there. A copy of the file is known by it. */
export interface ReadFile extends Tree {
  /** The tree before its first entry. */
  readonly before: Tree;
  /** Its last entry. */
  readonly position: Position;
}

/** Where a log goes on: how far the first of its files was read, and which follow. */
export interface Progress extends ReadFile {
  /** The files that have entries to read, oldest first, and when each was first seen, in milliseconds since 1970. */
  readonly files: readonly (Pick<EntryFile, 'identity'> & { readonly since: number })[];
  /** Files that were removed, replaced or renamed while they had the name of the log. */
  readonly lost: readonly ReadFile[];
  /** The file of the hashes as the sealer left it; absent when another program may have changed it. */
  readonly hashes?: string | undefined;
}

/** What a sealer tells a person, for another process. */
export interface Standing {
  /** The old file for whose end the sealer waits, when it waits for long. */
  readonly waiting?: WaitingFile | undefined;
  /** Files that were lost and have entries that are not sealed yet. No start uses them. */
  readonly losing: readonly ReadFile[];
  /** Why the last attempt did not succeed. */
  readonly failure?: string | undefined;
  /** The longest time between two seals, in milliseconds. */
  readonly heartbeat: number;
}

/** What is in the file. */
export interface Hint extends Progress, Standing {}

/** A longer file is none: a tree has at most 53 nodes, and few files wait. */
const MOST_HINT_BYTES = 1 << 20;

/** Of the form of the file. */
const VERSION = 5;

const hintOf = (keyFile: string): string => `${keyFile}.hint`;

/** Writes a hint durably, in one step. The caller has the lock of the key file. */
export function writeHint(keyFile: string, hint: Hint): void {
  const text = JSON.stringify({ version: VERSION, ...hint }, (_, value: unknown) =>
    value instanceof Uint8Array ? encodeBase64(value) : value,
  );
  const content = Buffer.from(`${text}\n${hashOf(text)}\n`);
  const path = hintOf(keyFile);
  const write = () => writeUnderLock(path, content, { secret: false, replace: true });
  try {
    write();
  } catch (error) {
    if ((error as Partial<FileError>).systemCode !== 'EPERM') throw error;
    // It has a group that this user cannot give to another file. Nobody but a sealer needs the old one.
    rmSync(path, { force: true });
    write();
  }
}

/** A value of JSON, in which hashes are base64. */
type Written<Value> = Value extends Uint8Array
  ? string
  : Value extends object
    ? { readonly [Name in keyof Value]: Written<Value[Name]> }
    : Value;

/**
 * The hint. Returns `undefined` without one, and for one that is damaged or of another version. Who writes one of this version
 * can cause a wrong warning, and no wrong seal.
 */
export function readHint(keyFile: string): Hint | undefined {
  try {
    const [text = '', hash] = (textOfOwn(hintOf(keyFile), MOST_HINT_BYTES) ?? '').split('\n');
    if (hash !== hashOf(text)) return undefined;
    const found = JSON.parse(text) as Written<Hint> & { readonly version: number };
    if (found.version !== VERSION) return undefined;
    const { files, lost, losing, waiting } = found;
    return {
      ...readFileIn(found),
      files: files.map(({ identity, since }) => ({ identity, since: countIn(since) })),
      lost: lost.map(readFileIn),
      hashes: textIn(found.hashes),
      losing: losing.map(readFileIn),
      failure: textIn(found.failure),
      heartbeat: countIn(found.heartbeat),
      waiting: waiting && {
        file: waiting.file,
        since: countIn(waiting.since),
        entries: countIn(waiting.entries),
      },
    };
  } catch {
    // It is missing or torn.
    return undefined;
  }
}

function readFileIn({ size, nodes, before, position }: Written<ReadFile>): ReadFile {
  const { offset, last } = position;
  return {
    ...treeIn({ size, nodes }),
    before: treeIn(before),
    position: {
      offset: countIn(offset),
      last: last && { length: countIn(last.length), leaf: hashIn(last.leaf) },
    },
  };
}

/** A tree has a complete subtree for each bit of its size that is 1. */
function treeIn({ size, nodes }: Written<Tree>): Tree {
  const ones = BigInt(countIn(size)).toString(2).replaceAll('0', '').length;
  if (nodes.length !== ones) throw new TypeError('a subtree for each bit');
  return { size, nodes: nodes.map(hashIn) };
}

function hashIn(text: string): Uint8Array {
  const hash = decodeBase64(text);
  if (hash?.length !== HASH_SIZE) throw new TypeError('a hash');
  return hash;
}

function textIn(value: string | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new TypeError('a text');
}

function countIn(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError('a count');
}

/** Removes the hint of a log that ended. */
export function removeHint(keyFile: string): void {
  const path = hintOf(keyFile);
  rmSync(path, { force: true });
  removeLeftovers(path);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
