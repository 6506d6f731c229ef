/** `kes header verify`: no index, no end of a chunk and no state hides a block or a hole. Transcripts have the other cases. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hexOf } from '@evolock/cardano-headers';
import { blake2b256 } from '@evolock/cardano-kes/all';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { inFolder } from '@evolock/command-testing/folder';
import { kes, kesLines } from '../support/kes.js';
import {
  byronBlock,
  chainOf,
  forged,
  indexEntry,
  joined,
  ownNetwork,
  storedBlock,
} from '../support/own-header.js';

/** At one moment: the summary states it. */
const verify = () => {
  return ['header', 'verify', ...ownNetwork(), '--threads', '1', '--now', '2026-01-01'];
};
const HEADERS = chainOf([1200n, 1210n, 1220n, 1230n].map((slot) => ({ slot, bodySize: 50 })));
const [ONE, TWO, THREE, FOUR] = HEADERS.map((header) => storedBlock(header)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const folder = () => inFolder('immutable');
const indexPath = () => inFolder('immutable', '00001.secondary');
const run = () => kesLines([...verify(), folder()]);

beforeEach(() => mkdirSync(folder()));

function writeChunk(number: number, ...blocks: readonly Uint8Array[]): void {
  writeFileSync(inFolder('immutable', `0000${number}.chunk`), joined(blocks));
}

/** The second block, whose KES signature is damaged. */
function forgedBlock(): Uint8Array {
  return storedBlock(forged(HEADERS[1]!));
}

function writeIndex(starts: readonly number[], size = HEADERS[0]!.length): void {
  writeFileSync(indexPath(), joined(starts.map((start) => indexEntry(start, size))));
}

test('an index of any content changes no verdict', async () => {
  const blocks = [ONE, forgedBlock(), THREE, FOUR];
  const starts = blocks.map((_, index) => joined(blocks.slice(0, index)).length);
  writeChunk(1, ...blocks);
  const without = (await run()).summary;
  expect(without).toMatchObject({ exitCode: 1, valid: 3, invalid: 1 });
  const place = fc.oneof(fc.constantFrom(...starts), fc.nat(5_000));
  const entries = fc.array(place, { maxLength: 6 });
  const sizes = fc.constantFrom(HEADERS[0]!.length, 0, 65_535);
  await fc.assert(
    fc.asyncProperty(entries, sizes, fc.boolean(), async (places, size, isFull) => {
      writeIndex(isFull ? [0, ...places] : places, size);
      expect((await run()).summary).toEqual(without);
    }),
    // It leaves out the block with a wrong signature: the header before contradicts it.
    { numRuns: 20, examples: [[starts.slice(2), HEADERS[0]!.length, true]] },
  );
});

test('an index does not hide that the chunk ends within a block, wherever it ends', async () => {
  const starts = [0, ONE.length, ONE.length + TWO.length];
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: joined([ONE, TWO, THREE]).length }),
      async (size) => {
        writeChunk(1, joined([ONE, TWO, THREE]).subarray(0, size));
        rmSync(indexPath(), { force: true });
        const without = await run();
        writeIndex(starts);
        expect((await run()).summary).toEqual(without.summary);
      },
    ),
    { numRuns: 30, examples: [[ONE.length + TWO.length - 1], [ONE.length - 1]] },
  );
});

test('the end of the last chunk is an unfinished block only if it begins as one, and does not hide blocks otherwise', async () => {
  const heads = ['5a00200000', '82065a00200000', '8206855a00200000', '9f', 'c1', '01'];
  for (const each of heads) {
    writeChunk(1, ONE, Buffer.from(each, 'hex'), forgedBlock(), new Uint8Array(70_000));
    expect({ each, code: (await run()).code }).toEqual({ each, code: 4 });
  }
  // The header of this block is whole, and states where its body ends.
  const opened = [TWO.subarray(0, 3 + HEADERS[1]!.length), Uint8Array.of(0x5a, 0, 0x20, 0, 0)];
  writeChunk(1, ONE, ...opened, forgedBlock());
  expect((await run()).code).toBe(4);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(TWO, byronBlock()), fc.nat(), async (block, at) => {
      writeChunk(
        1,
        block === TWO ? ONE : byronBlock(),
        block.subarray(0, 1 + (at % (block.length - 1))),
      );
      expect((await run()).findings.map(({ result }) => result)).toContain('skipped');
    }),
    { numRuns: 20 },
  );
});

test('a state of --resume that somebody made up is refused where a number is out of its range', async () => {
  const state = inFolder('state');
  const resumed = () => kes([...verify(), '--resume', state, folder()]);
  for (const [index, block] of [ONE, TWO, THREE].entries()) writeChunk(1 + index, block);
  expect((await resumed()).code).toBe(0);
  const [, line = ''] = readFileSync(state, 'utf8').split('\n');
  for (const [from, to] of [
    ['"invalid":0', '"invalid":-3'],
    ['"valid":2', '"valid":9'],
    ['"missing":0', '"missing":0.5'],
    ['"skipped":0', '"skipped":1e300'],
    ['"byron":0', '"byron":"1"'],
    ['"lastSlot":"1210n"', '"lastSlot":"18446744073709551616n"'],
    ['"firstEvolution":5', '"firstEvolution":500'],
    ['"chunk":3', '"chunk":-1'],
    ['"pools":[', '"pools":[7,'],
    ['"eras":[[6,2]]', '"eras":[[6,-2],[7,4]]'],
    // More headers than the judged chunks have bytes for, another last header, another last chunk.
    ['"invalid":0', '"invalid":9000'],
    [/"hash":"[0-9a-f]{64}"/.exec(line)![0], `"hash":"${'0'.repeat(64)}"`],
    ['"chunk":2}', '"chunk":1}'],
  ] as const) {
    const made = line.replace(from, to);
    expect(made, from).not.toBe(line);
    const hash = hexOf(blake2b256(Buffer.from(made)));
    const first = JSON.stringify({ type: 'kes-header-verify-state', version: 2, hash });
    writeFileSync(state, `${first}\n${made}\n`);
    const { code, stdout } = await resumed();
    expect({ to, code, stdout }).toEqual({ to, code: 1, stdout: '' });
  }
});
