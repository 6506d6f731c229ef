/** A proof of one entry, in the form of C2SP tlog-proof. */
import { decodeBase64, encodeBase64 } from './base64.js';
import { readDecimal } from './integers.js';
import { HASH_SIZE } from './tree.js';

const HEADER = 'c2sp.org/tlog-proof@v1';

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
  const extra = chain === '' ? [] : [`extra ${btoa(chain)}`];
  const lines = [HEADER, ...extra, `index ${String(index)}`, ...path.map(encodeBase64)];
  return `${lines.join('\n')}\n\n${note}`;
}

/** The proof of a text. Returns `undefined` when the text is not of the form. */
export function readEntryProof(text: string): EntryProof | undefined {
  const split = text.indexOf('\n\n');
  const lines = text.slice(0, split).split('\n');
  if (split < 0 || lines.shift() !== HEADER) return undefined;
  const extra = lines[0]?.startsWith('extra ') === true ? lines.shift() : undefined;
  const chain =
    extra === undefined ? new Uint8Array(0) : decodeBase64(extra.slice('extra '.length));
  const [keyword, number = '', ...more] = lines.shift()?.split(' ') ?? [];
  const index = keyword === 'index' && more.length === 0 ? readDecimal(number) : undefined;
  const path = lines.map(decodeBase64).filter((hash) => hash?.length === HASH_SIZE);
  if (chain === undefined || index === undefined || path.length < lines.length) return undefined;
  return {
    chain: new TextDecoder().decode(chain),
    index,
    path: path.filter((hash) => hash !== undefined),
    note: text.slice(split + 2),
  };
}
