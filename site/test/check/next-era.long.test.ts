/** The chain of a node that goes on in the era of Dijkstra: one verdict by command, library and page. */
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { headerItems, preview } from '@evolock/cardano-headers';
import { verifyDatabase, type Finding } from '@evolock/cardano-headers/database';
import { nativeHeaders } from '@evolock/cardano-kes';
import { startHeaderThreads } from '@evolock/cardano-kes/threads';
import { externalVectors } from '@evolock/test-support/external';
import { musashiBlock } from '@evolock/test-support/musashi';
import { expect, onTestFinished, test } from 'vitest';
import {
  chainOf,
  headerSize,
  indexOf,
  type Beginning,
  type Kind,
} from '../../../packages/cardano-headers/test/support/chain.js';
import { encode } from '../../../packages/cardano-headers/test/support/headers.js';
import { kesLines } from '../../../packages/kes-cli/test/support/kes.js';
import * as judged from '../support/judged.js';

const external = externalVectors('dijkstra/musashi-block.json');
const real = external.available ? join(dirname(external.path), '..', 'immutable') : '';
const why = external.available ? '' : ` (${external.reason})`;
const NOW = new Date('2026-01-01T00:00:00Z');
const KINDS: readonly Kind[] = ['conway', 'tagged', 'plain', 'leios', 'large'];

/** Chunks of preview before Babbage, and the one after them. */
const CHUNKS = [42, 43, 44];
const NEXT = 45;
const nameOf = (chunk: number) => `${String(chunk).padStart(5, '0')}.chunk`;

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** What follows the last block of a chunk. */
function after(chunk: Uint8Array, slot: bigint): Beginning {
  const last = [...headerItems(chunk)].at(-1)!;
  const { hash, blockNumber } = nativeHeaders.parseHeader(last.bytes);
  return {
    slot,
    blockNumber: blockNumber + 1n,
    previous: new Uint8Array(Buffer.from(hash, 'hex')),
  };
}

function writeChunk(folder: string, number: number, blocks: readonly Uint8Array[]): void {
  const path = join(folder, nameOf(number));
  writeFileSync(path, Buffer.concat(blocks));
  const all = blocks.map((_, index) => index);
  writeFileSync(path.replace('.chunk', '.secondary'), indexOf(blocks, all));
}

/** The chunks of the reference, and one of Dijkstra after them. Returns the blocks of that one. */
function writeChain(folder: string): Uint8Array[] {
  for (const chunk of CHUNKS)
    for (const name of [nameOf(chunk), nameOf(chunk).replace('.chunk', '.secondary')])
      copyFileSync(join(real, name), join(folder, name));
  const blocks = chainOf(KINDS, after(readFileSync(join(real, nameOf(NEXT - 1))), 259_200n));
  writeChunk(folder, NEXT, blocks);
  return blocks;
}

async function library(path: string, options: object = {}) {
  const findings: Finding[] = [];
  const onFinding = (finding: Finding) => findings.push(finding);
  const given = { now: NOW, bodies: true, headers: nativeHeaders, onFinding };
  return { ...(await verifyDatabase(path, preview, { ...given, ...options })), findings };
}

async function command(folder: string) {
  const args = ['header', 'verify', '--network', 'preview', '--bodies', '--now', NOW.toISOString()];
  return (await kesLines([...args, folder])).summary;
}

/** The verdict of the page on all chunks, one after the other. */
async function page(folder: string) {
  const chunks = readdirSync(folder).filter((name) => name.endsWith('.chunk'));
  const bytes = Buffer.concat(chunks.sort().map((name) => readFileSync(join(folder, name))));
  const report = await judged.reportOn(await judged.checkable(bytes), { network: 'preview' }, NOW);
  return report.json as Record<string, unknown>;
}

const EXIT_CODES = { valid: 0, invalid: 1, incomplete: 4 };

test.skipIf(!external.available)(
  `command, library and page have one verdict on a chain that goes on in Dijkstra${why}`,
  async () => {
    const folder = emptyFolder();
    const blocks = writeChain(folder);
    await using threads = await startHeaderThreads({ threads: 2 });
    const verdicts = async () => {
      const byLibrary = await library(folder, { threads });
      return { byLibrary, byCommand: await command(folder), byPage: await page(folder) };
    };
    const expectOne = (
      { byLibrary, byCommand, byPage }: Awaited<ReturnType<typeof verdicts>>,
      result: keyof typeof EXIT_CODES,
    ) => {
      expect([byLibrary.result, byPage['result']]).toEqual([result, result]);
      expect(byCommand).toMatchObject({ exitCode: EXIT_CODES[result], ...byLibrary.counts });
      const { valid, invalid } = byLibrary.counts;
      expect(byPage).toMatchObject({ valid, invalid });
    };

    const whole = await verdicts();
    expectOne(whole, 'valid');
    const { counts, all, pools } = whole.byLibrary;
    // Of Conway, and of the chunks of Alonzo: of the others it is said.
    const unchecked = KINDS.length - 1;
    expect([all, counts.bodiesNotChecked]).toEqual([true, unchecked]);
    expect(counts.bodiesChecked).toBe(counts.valid - unchecked);
    expect(JSON.stringify(whole.byCommand.notJudged)).toContain(
      `the bodies of ${unchecked} others`,
    );
    expect(pools).toContainEqual(expect.objectContaining({ blocks: KINDS.length, lastNumber: 7n }));

    // A byte of the KES signature of a header of Leios.
    const changed = Uint8Array.from(blocks[3]!);
    changed[3 + headerSize(changed) - 20]! ^= 1;
    writeChunk(folder, NEXT, blocks.with(3, changed));
    expectOne(await verdicts(), 'invalid');

    // A real block begins what follows a missing chunk.
    writeChunk(folder, NEXT, blocks);
    const block = encode([8n, { encoded: Buffer.from(musashiBlock, 'hex') }]);
    const next = chainOf(['leios'], { ...after(block, 566_040n), number: 8n });
    writeChunk(folder, NEXT + 2, [block, ...next]);
    const withReal = await verdicts();
    expectOne(withReal, 'incomplete');
    expect(withReal.byLibrary.counts).toMatchObject({ valid: counts.valid + 2, missing: 1 });
  },
);

/** Bytes of a chunk that are changed. */
const PLACES = 40;

test.skipIf(!external.available)(
  `a changed byte of a chunk of the reference is found at its block${why}`,
  async () => {
    const folder = emptyFolder();
    const path = join(folder, nameOf(0));
    for (const chunk of [0, 30, 114, 236]) {
      const bytes = readFileSync(join(real, nameOf(chunk)));
      const blocks = [...headerItems(bytes)];
      for (let place = 0; place < PLACES; place += 1) {
        const at = Math.floor(((place + 0.37) * bytes.byteLength) / PLACES);
        const changed = Uint8Array.from(bytes);
        changed[at]! ^= 1 << (place % 8);
        writeFileSync(path, changed);
        const { result, findings } = await library(path);
        const name = `byte ${at} of chunk ${chunk}`;
        expect(['invalid', 'incomplete'], name).toContain(result);
        const { offset } = blocks.findLast((each) => each.offset <= at)!;
        expect(findings[0]?.source, name).toBe(offset === 0 ? path : `${path}@${offset}`);
      }
    }
  },
);

test.skipIf(!external.available)(
  `each changed byte of a header of Dijkstra is found, and each of its bodies is not checked${why}`,
  async () => {
    const folder = emptyFolder();
    const path = join(folder, nameOf(0));
    const block = encode([8n, { encoded: Buffer.from(musashiBlock, 'hex') }]);
    const blocks = [block, ...chainOf(['plain', 'leios'], after(block, 566_040n))];
    for (const [index, each] of blocks.entries()) {
      for (let at = 0; at < each.byteLength; at += 1) {
        const changed = Uint8Array.from(each);
        changed[at]! ^= 1 << (at % 8);
        writeFileSync(path, Buffer.concat(blocks.with(index, changed)));
        const { all, counts } = await library(path);
        const isOfBody = at >= 3 + headerSize(each);
        const name = `byte ${at} of block ${index}`;
        // The blocks after it may be taken for its body, or all of them for a block that is not finished.
        if (!all) continue;
        expect([isOfBody, counts.bodiesNotChecked], name).toEqual([true, counts.valid]);
      }
    }
  },
);
