/**
 * The hint beside a key file: how far the log was sealed, so that a start does not read all of it again. The root of its tree,
 * grown to the size of the last seal, has to be the root that was signed. Files are looked for among the names of the log, and
 * only one that has the last entry at its place is taken. A program that can write the hint can still name a wrong place in the log:
 * entries are then sealed twice or not at all, and the log does not verify. No hint makes a wrong log verify.
 */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { removeLeftovers, writeUnderLock } from '@evolock/direct-serialise-io/files';
import { textOfOwn } from '../files/log-file.js';
import { decodeBase64, encodeBase64 } from '../format/base64.js';
import { HASH_SIZE, type Frontier } from '../format/tree.js';
import type { Position } from './entry-file.js';
import type { WaitingFile } from '../errors.js';
import type { KnownFile, KnownFiles } from './log-files.js';

type Tree = Pick<Frontier, 'size' | 'nodes'>;

/** A file that was read, by which a copy of it is known. */
export interface ReadFile extends Tree {
  /** The tree before its first entry. */
  readonly before: Tree;
  /** Its last entry. */
  readonly position: Position;
}

/** How far a log was sealed. The tree before the first entry is that of the first file. */
export interface Hint extends KnownFiles, ReadFile {
  /** Files that were removed, replaced or renamed while they had the name of the log. */
  readonly lost: readonly ReadFile[];
  /** The old file for whose end the sealer waits, when it waits for long. */
  readonly waiting: WaitingFile | undefined;
}

/** A longer file is none: a tree has at most 53 nodes, and few files wait. */
const MOST_BYTES = 1 << 20;

/** Of the form of the file. */
const VERSION = 3;

const hintOf = (keyFile: string): string => `${keyFile}.hint`;

/** Writes a hint durably, in one step. The caller has the lock of the key file. */
export function writeHint(keyFile: string, hint: Hint): void {
  const { files, lost, waiting = null } = hint;
  const text = JSON.stringify({
    version: VERSION,
    ...writtenFile(hint),
    files,
    lost: lost.map(writtenFile),
    waiting,
  } satisfies Written);
  const content = Buffer.from(`${text}\n${hashOf(text)}\n`);
  writeUnderLock(hintOf(keyFile), content, { secret: false, replace: true });
}

/** The hint. Returns `undefined` without one, and for one that is damaged or of another version. */
export function readHint(keyFile: string): Hint | undefined {
  try {
    const [text = '', hash] = (textOfOwn(hintOf(keyFile), MOST_BYTES) ?? '').split('\n');
    if (hash !== hashOf(text)) return undefined;
    const found = JSON.parse(text) as Written;
    if (found.version !== VERSION) return undefined;
    return {
      ...fileOf(found),
      files: found.files.map(({ device, inode, since }) => ({
        device,
        inode,
        since: countIn(since),
      })),
      lost: found.lost.map(fileOf),
      waiting: found.waiting === null ? undefined : waitingIn(found.waiting),
    };
  } catch {
    // It is missing or torn.
    return undefined;
  }
}

interface WrittenTree {
  readonly size: number;
  readonly nodes: readonly string[];
}

interface WrittenFile extends WrittenTree {
  readonly before: WrittenTree;
  readonly offset: number;
  readonly last: { readonly length: number; readonly leaf: string } | null;
}

/** What is in the file, when it is of the version. Who writes another can cause a wrong warning, and no wrong seal. */
interface Written extends WrittenFile {
  readonly version: number;
  readonly files: readonly KnownFile[];
  readonly lost: readonly WrittenFile[];
  readonly waiting: WaitingFile | null;
}

function writtenFile({ size, nodes, before, position: { offset, last } }: ReadFile): WrittenFile {
  return {
    size,
    nodes: nodes.map(encodeBase64),
    before: { size: before.size, nodes: before.nodes.map(encodeBase64) },
    offset,
    last: last === undefined ? null : { length: last.length, leaf: encodeBase64(last.leaf) },
  };
}

function fileOf({ size, nodes, before, offset, last }: WrittenFile): ReadFile {
  return {
    ...treeOf({ size, nodes }),
    before: treeOf(before),
    position: {
      offset: countIn(offset),
      last: last === null ? undefined : { length: countIn(last.length), leaf: hashIn(last.leaf) },
    },
  };
}

function waitingIn({ file, since, entries }: WaitingFile): WaitingFile {
  return { file, since: countIn(since), entries: countIn(entries) };
}

function treeOf({ size, nodes }: WrittenTree): Pick<Frontier, 'size' | 'nodes'> {
  if (nodes.length !== onesOf(countIn(size))) throw new TypeError('a subtree for each bit');
  return { size, nodes: nodes.map(hashIn) };
}

function hashIn(text: string): Uint8Array {
  const hash = decodeBase64(text);
  if (hash?.length !== HASH_SIZE) throw new TypeError('a hash');
  return hash;
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

function countIn(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError('a count');
}

/** A tree has a complete subtree for each bit of its size that is 1. */
function onesOf(size: number): number {
  return BigInt(size).toString(2).replaceAll('0', '').length;
}
