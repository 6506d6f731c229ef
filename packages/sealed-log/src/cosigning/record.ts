/**
 * What is kept of a witness from run to run. It is a hint: without it, or with a wrong one, the witness names the size that it
 * last cosigned, and the proof is made of all hashes.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import { decodeBase64, encodeBase64 } from '../format/base64.js';
import { writeVerifierKey, type NamedKey } from '../format/key.js';
import { Frontier, HASH_SIZE } from '../format/tree.js';
import { sha256 } from '../native.js';

/** The last tree of the log that a witness cosigned. */
export interface WitnessRecord {
  readonly tree: Frontier;
  /** The signature line, with its newline. */
  readonly line: string;
}

/** The file of a witness of a log, without an extension. */
export function recordPath(folder: string, origin: string, key: NamedKey): string {
  const name = `${origin}\n${writeVerifierKey(key)}`;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return join(folder, `witness-${hash}`);
}

/** Reads a record. Returns `undefined` when there is none of the form. */
export function readWitnessRecord(path: string): WitnessRecord | undefined {
  try {
    const { size, frontier, line } = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Record<
      string,
      unknown
    >;
    const nodes = (frontier as string[]).map((text) => decodeBase64(text) ?? new Uint8Array(0));
    const isSize = Number.isSafeInteger(size) && (size as number) >= 0;
    const count = BigInt(size as number)
      .toString(2)
      .replaceAll('0', '').length;
    const isOfForm = isSize && nodes.length === count && typeof line === 'string';
    if (!isOfForm || nodes.some(({ length }) => length !== HASH_SIZE)) return undefined;
    return { tree: new Frontier(sha256, { size: size as number, nodes }), line };
  } catch {
    return undefined;
  }
}

/** Keeps a record, durably. */
export function keepRecord(path: string, { tree, line }: WitnessRecord): void {
  const { size } = tree;
  const frontier = tree.nodes.map(encodeBase64);
  write(`${path}.json`, { size, root: encodeBase64(tree.root()), frontier, line });
}

/** Keeps what a witness answered that saw another history. Returns the file. */
export function keepEvidence(path: string, evidence: object): string {
  const file = `${path}.evidence.json`;
  write(file, evidence);
  return file;
}

function write(path: string, value: object): void {
  const text = Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
  writeDurably(path, text, { secret: false, replace: true });
}
