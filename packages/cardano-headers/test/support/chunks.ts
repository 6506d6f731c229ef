import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { externalVectors } from '@evolock/test-support/external';

/** Bytes of an entry of a secondary index. It begins with the offset of its block. */
const ENTRY = 56;

const nonces = externalVectors('vrf/preview-epoch-nonces.json');

/** The published nonces of preview; `undefined`, with a line that says so, when the data are missing. */
export const previewNonces: ReadonlyMap<bigint, string> | undefined = nonces.available
  ? new Map(
      Object.entries((nonces.data as { epochNonces: Record<string, string> }).epochNonces).map(
        ([epoch, nonce]) => [BigInt(epoch), nonce],
      ),
    )
  : undefined;
export const whyNone = nonces.available ? '' : ` (${nonces.reason})`;

/** The blocks of a chunk of preview, each with its era. */
export function blocksOf(chunk: number): Uint8Array[] {
  if (!nonces.available) throw new Error(nonces.reason);
  const folder = join(dirname(nonces.path), '..', 'immutable');
  const path = join(folder, `${String(chunk).padStart(5, '0')}.chunk`);
  const bytes = new Uint8Array(readFileSync(path));
  const index = readFileSync(path.replace('.chunk', '.secondary'));
  const count = index.byteLength / ENTRY;
  const offsets = Array.from({ length: count }, (_, at) =>
    Number(index.readBigUInt64BE(at * ENTRY)),
  );
  return offsets.map((offset, at) => bytes.subarray(offset, offsets[at + 1]));
}

/** The chunks from the first one on without a gap. */
export function* chunksFromTheFirst(): Generator<Uint8Array[]> {
  if (!nonces.available) return;
  const folder = join(dirname(nonces.path), '..', 'immutable');
  for (let chunk = 0; existsSync(join(folder, `${String(chunk).padStart(5, '0')}.chunk`)); chunk++)
    yield blocksOf(chunk);
}
