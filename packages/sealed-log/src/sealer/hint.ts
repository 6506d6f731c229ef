/**
 * The hint beside a key file: how far the log was sealed, so that a start does not read all of it again. The root of its tree,
 * grown to the size of the last seal, has to be the root that was signed. A hash shows that the rest is not damaged.
 */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { eraseLeftover, leftoversOf, PreparedFile } from '@evolock/direct-serialise-io/files';
import { decodeBase64, encodeBase64 } from '../format/base64.js';
import type { Frontier } from '../format/tree.js';

/** How far a log was sealed. */
export interface Hint extends Pick<Frontier, 'size' | 'nodes'> {
  /** The followed file: the numbers of its file system and of the file. */
  readonly device: string;
  readonly inode: string;
  /** Bytes up to the end of the last sealed entry in it. */
  readonly offset: number;
}

const hintOf = (keyFile: string): string => `${keyFile}.hint`;

/** Writes a hint durably, in one step. The caller has the lock of the key file. */
export function writeHint(keyFile: string, { nodes, ...hint }: Hint): void {
  const text = JSON.stringify({ ...hint, nodes: nodes.map(encodeBase64) });
  const path = hintOf(keyFile);
  removeUnfinished(path);
  const file = new PreparedFile(path, { secret: false, replace: true });
  try {
    file.publish(Buffer.from(`${text}\n${hashOf(text)}\n`));
  } finally {
    file.close();
  }
}

/** The hint. Returns `undefined` without one, and for a damaged one. */
export function readHint(keyFile: string): Hint | undefined {
  try {
    const [text = '', hash] = readFileSync(hintOf(keyFile), 'latin1').split('\n');
    if (hash !== hashOf(text)) return undefined;
    const found = JSON.parse(text) as Record<string, unknown>;
    const { size, offset, device, inode, nodes } = found;
    if (!isCount(size) || !isCount(offset) || !Array.isArray(nodes)) return undefined;
    const decoded = nodes.map((node: unknown) => decodeBase64(String(node)));
    const whole = decoded.filter((node) => node?.length === 32) as Uint8Array[];
    if (whole.length !== nodes.length || whole.length !== onesOf(size)) return undefined;
    return { size, offset, device: String(device), inode: String(inode), nodes: whole };
  } catch {
    // It is missing or torn.
    return undefined;
  }
}

/** Removes the hint of a log that ended. */
export function removeHint(keyFile: string): void {
  const path = hintOf(keyFile);
  rmSync(path, { force: true });
  removeUnfinished(path);
}

function removeUnfinished(path: string): void {
  for (const each of leftoversOf(path)) eraseLeftover(each);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A tree has a complete subtree for each bit of its size that is 1. */
function onesOf(size: number): number {
  return BigInt(size).toString(2).replaceAll('0', '').length;
}
