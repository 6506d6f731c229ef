/** A proof of one entry, in the form of C2SP tlog-proof. */
import { decodeBase64, encodeBase64 } from './base64.js';
import { readDecimal } from './integers.js';
import { HASH_SIZE } from './tree.js';

const HEADER = 'c2sp.org/tlog-proof@v1';
const EXTRA = 'extra ';

/** The most hashes of a path: a tree has at most 2^53 − 1 entries. */
const MAX_PATH = 53;

/** Characters of a hash as base64. */
const HASH_LENGTH = 44;

/** A proof of one entry. */
export interface EntryProof {
  /** The seal lines of all successions from the verifier key to the key of the checkpoint, each with its newline. */
  readonly chain: string;
  /** The number of the entry. */
  readonly index: number;
  /** One hash for each level of the tree, from the leaf up. */
  readonly path: readonly Uint8Array[];
  /** The checkpoint. */
  readonly note: string;
}

/** The text of a proof. */
export function writeEntryProof({ chain, index, path, note }: EntryProof): string {
  const extra = chain === '' ? [] : [`${EXTRA}${btoa(chain)}`];
  const lines = [HEADER, ...extra, `index ${String(index)}`, ...path.map(encodeBase64)];
  return `${lines.join('\n')}\n\n${note}`;
}

/** The proof of a text. Returns `undefined` when the text is not of the form. */
export function readEntryProof(text: string): EntryProof | undefined {
  const split = text.indexOf('\n\n');
  // The header, `extra`, `index` and the path, and one line that is too many.
  const lines = text.slice(0, split).split('\n', MAX_PATH + 4);
  if (split < 0 || lines.shift() !== HEADER) return undefined;
  const extra = lines[0]?.startsWith(EXTRA) === true ? lines.shift() : undefined;
  const [keyword, number = '', ...more] = lines.shift()?.split(' ', 3) ?? [];
  const index = keyword === 'index' && more.length === 0 ? readDecimal(number) : undefined;
  if (extra === EXTRA || index === undefined || lines.length > MAX_PATH) return undefined;
  const chain = decodeBase64(extra?.slice(EXTRA.length) ?? '');
  const path = lines
    .map((line) => (line.length === HASH_LENGTH ? decodeBase64(line) : undefined))
    .filter((hash) => hash?.length === HASH_SIZE);
  if (chain === undefined || path.length < lines.length) return undefined;
  return {
    chain: new TextDecoder('utf-8', { ignoreBOM: true }).decode(chain),
    index,
    path: path.filter((hash) => hash !== undefined),
    note: text.slice(split + 2),
  };
}
