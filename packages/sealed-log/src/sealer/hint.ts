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
import type { FileIdentity } from './entries.js';
import type { KnownFiles } from './rotation.js';

/** How far a log was sealed. */
export interface Hint extends KnownFiles, Pick<Frontier, 'size' | 'nodes'> {
  /** The tree before the first entry of the first file, by which a copy of that file is known. */
  readonly before: Pick<Frontier, 'size' | 'nodes'>;
}

/** A longer file is none: a tree has at most 53 nodes, and few files wait. */
const MOST_BYTES = 1 << 20;

/** Of the form of the file. */
const VERSION = 2;

const hintOf = (keyFile: string): string => `${keyFile}.hint`;

/** Writes a hint durably, in one step. The caller has the lock of the key file. */
export function writeHint(keyFile: string, { size, nodes, before, files, position }: Hint): void {
  const { offset, last } = position;
  const text = JSON.stringify({
    version: VERSION,
    ...{ size, nodes: nodes.map(encodeBase64) },
    before: { size: before.size, nodes: before.nodes.map(encodeBase64) },
    ...{ files, offset },
    last: last === undefined ? null : { length: last.length, leaf: encodeBase64(last.leaf) },
  });
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
    const { offset, last } = found;
    if (!isCount(offset) || !isCount(last?.length ?? 0)) return undefined;
    return {
      ...treeOf(found),
      before: treeOf(found.before),
      files: found.files.map(({ device, inode }) => ({ device, inode })),
      position: { offset, last: last === null ? undefined : { ...last, leaf: hashIn(last.leaf) } },
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

/** What is in the file, when it is of the version. Who writes another can cause a wrong warning, and no wrong seal. */
interface Written extends WrittenTree {
  readonly version: number;
  readonly before: WrittenTree;
  readonly files: readonly FileIdentity[];
  readonly offset: number;
  readonly last: { readonly length: number; readonly leaf: string } | null;
}

function treeOf({ size, nodes }: WrittenTree): Pick<Frontier, 'size' | 'nodes'> {
  if (!isCount(size) || nodes.length !== onesOf(size))
    throw new TypeError('a subtree for each bit');
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

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** A tree has a complete subtree for each bit of its size that is 1. */
function onesOf(size: number): number {
  return BigInt(size).toString(2).replaceAll('0', '').length;
}
