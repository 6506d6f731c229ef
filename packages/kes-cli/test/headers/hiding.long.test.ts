/** `kes header verify`: nothing in a folder hides a block, a hole, or a file that cannot be judged. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { inFolder } from '@evolock/command-line/testing/folder';
import { kes, kesLines, type Json } from '../support/kes.js';
import {
  byronBlock,
  chainOf,
  forged,
  indexEntry,
  joined,
  ownNetwork,
  storedBlock,
} from '../support/own-header.js';

const verify = () => ['header', 'verify', ...ownNetwork(), '--threads', '1'];
const HEADERS = chainOf([1200n, 1210n, 1220n, 1230n].map((slot) => ({ slot, bodySize: 50 })));
const [ONE, TWO, THREE, FOUR] = HEADERS.map((header) => storedBlock(header)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const folder = () => inFolder('immutable');
const chunkPath = (number: number) => inFolder('immutable', `0000${number}.chunk`);
const indexPath = (number: number) => inFolder('immutable', `0000${number}.secondary`);
const run = (...args: readonly string[]) => kesLines([...verify(), ...args, folder()]);

beforeEach(() => mkdirSync(folder()));

function writeChunk(number: number, ...blocks: readonly Uint8Array[]): void {
  writeFileSync(chunkPath(number), joined(blocks));
}

/** The second block, whose KES signature is damaged. */
function forgedBlock(): Uint8Array {
  return storedBlock(forged(HEADERS[1]!));
}

function writeIndex(number: number, starts: readonly number[], size = HEADERS[0]!.length): void {
  writeFileSync(indexPath(number), joined(starts.map((start) => indexEntry(start, size))));
}

const results = (lines: readonly Json[]): string[] => lines.map(({ result }) => result as string);

describe('an index', () => {
  const blocks = [ONE, forgedBlock(), THREE, FOUR];
  const starts = blocks.map((_, index) => joined(blocks.slice(0, index)).length);

  test('of any content changes no verdict', async () => {
    writeChunk(1, ...blocks);
    const without = (await run()).summary;
    expect(without).toMatchObject({ exitCode: 1, valid: 3, invalid: 1 });
    const place = fc.oneof(fc.constantFrom(...starts), fc.nat(5_000));
    const entries = fc.array(place, { maxLength: 6 });
    const sizes = fc.constantFrom(HEADERS[0]!.length, 0, 65_535);
    await fc.assert(
      fc.asyncProperty(entries, sizes, fc.boolean(), async (places, size, isFull) => {
        writeIndex(1, isFull ? [0, ...places] : places, size);
        expect((await run()).summary).toEqual(without);
      }),
      // It leaves out the block with a wrong signature: the header before contradicts it.
      { numRuns: 20, examples: [[starts.slice(2), HEADERS[0]!.length, true]] },
    );
  });

  test.each<[string, () => unknown]>([
    ['of zeros', () => writeFileSync(indexPath(1), Buffer.alloc(4 * 56))],
    ['that is a pipe', () => execFileSync('mkfifo', [indexPath(1)])],
    ['that the system refuses to read', () => symlinkSync('00001.secondary', indexPath(1))],
  ])('%s leaves the chunk judged, and is said', async (_what, make) => {
    writeChunk(1, ...blocks);
    make();
    const { code, findings: lines, summary } = await run();
    expect({ code, valid: summary.valid, notRead: summary.notRead }).toEqual({
      ...{ code: 1, valid: 3, notRead: 0 },
    });
    expect(results(lines)).toEqual(['index-ignored', 'invalid']);
    expect(lines[0]).toMatchObject({ source: indexPath(1) });
  });
});

test('an index does not hide that the chunk ends within a block, wherever it ends', async () => {
  const starts = [0, ONE.length, ONE.length + TWO.length];
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: joined([ONE, TWO, THREE]).length }),
      async (size) => {
        writeChunk(1, joined([ONE, TWO, THREE]).subarray(0, size));
        rmSync(indexPath(1), { force: true });
        const without = await run();
        writeIndex(1, starts);
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
      expect(results((await run()).findings)).toContain('skipped');
    }),
    { numRuns: 20 },
  );
});

describe('a block of Byron', () => {
  test('needs the shape of one: three bytes are no block', async () => {
    writeChunk(1, ONE, Uint8Array.of(0x82, 0, 0x80), THREE);
    const { code, findings: lines } = await run();
    expect(code).toBe(4);
    expect(results(lines)).toEqual(['not-a-header']);
  });

  test('after a header with KES is not in order, and does not hide a gap', async () => {
    writeChunk(1, ONE, byronBlock(), THREE);
    const { code, findings: lines, summary } = await run();
    expect({ code, outOfOrder: summary.outOfOrder }).toEqual({ code: 1, outOfOrder: 2 });
    const codes = lines.flatMap(({ failures = [] }) => failures.map(({ code }: Json) => code));
    expect(codes).toEqual(['era-order', 'broken-link']);
  });

  test('is one line with those that follow it, in a chunk and in a file', async () => {
    const many = Array.from({ length: 3_000 }, () => byronBlock());
    writeChunk(1, ...many, ONE);
    writeFileSync(inFolder('file'), joined(many));
    const { code, findings: lines } = await kesLines([...verify(), folder(), inFolder('file')]);
    expect(code).toBe(0);
    expect(results(lines)).toEqual(['byron', 'byron']);
    for (const { reason } of lines) expect(reason).toMatch(/^3000 blocks/);
  });

  test('is listed under what was not checked', async () => {
    const unchecked = async () => (await run()).summary.notChecked as string[];
    writeChunk(1, ONE);
    expect((await unchecked()).filter((each) => each.includes('Byron'))).toEqual([]);
    writeChunk(1, byronBlock(), ONE);
    expect((await unchecked()).filter((each) => each.includes('Byron'))).toHaveLength(1);
  });
});

describe('a hole', () => {
  test('in a folder is named, and no success; between named files it is only named', async () => {
    writeChunk(1, ONE);
    writeChunk(3, THREE);
    const { code, findings: lines, summary } = await run();
    expect({ code, all: summary.all, missing: summary.missing }).toEqual({
      ...{ code: 4, all: false, missing: 1 },
    });
    const hole = 'chunk 00002: a hole in the chain between 00001 and 00003';
    expect(lines).toMatchObject([{ source: folder(), result: 'missing', reason: hole }]);
    const named = await kesLines([...verify(), chunkPath(1), chunkPath(3)]);
    expect(named).toMatchObject({ code: 0, summary: { missing: 0 } });
    expect(named.findings).toMatchObject([{ result: 'missing', reason: hole }]);
  });

  test('is named where a directory has the name of the chunk, and between named files', async () => {
    writeChunk(1, ONE);
    mkdirSync(chunkPath(2));
    writeChunk(3, THREE);
    expect(await run()).toMatchObject({ code: 4, summary: { missing: 1, all: false } });
    writeFileSync(inFolder('other'), TWO);
    const { lines } = await kesLines([...verify(), chunkPath(1), inFolder('other'), chunkPath(3)]);
    expect(results(lines)).toEqual(['valid', 'valid', 'missing', 'valid']);
  });

  test('is named between a folder and a file, whichever is first, and the exit code stays', async () => {
    writeChunk(3, THREE);
    for (const [number, block] of [
      [1, ONE],
      [5, FOUR],
    ] as const) {
      const file = inFolder(`0000${number}.chunk`);
      writeFileSync(file, block);
      const paths = number === 1 ? [file, folder()] : [folder(), file];
      const { code, findings: lines } = await kesLines([...verify(), ...paths]);
      expect({ code, results: results(lines) }).toEqual({ code: 0, results: ['missing'] });
    }
  });

  test('is found where a chunk is empty, or holds something else', async () => {
    writeChunk(1, ONE);
    writeChunk(2);
    writeChunk(3, THREE);
    expect(await run()).toMatchObject({ code: 1, summary: { outOfOrder: 1 } });
    writeFileSync(chunkPath(2), gzipSync(TWO));
    const { code, findings: lines, summary } = await run();
    expect({ code, notJudged: summary.notJudged }).toEqual({ code: 4, notJudged: 1 });
    expect(lines).toMatchObject([
      { result: 'not-judged', reason: expect.stringContaining('does not begin with a block') },
    ]);
  });

  test('counts less than an invalid header, and more than a file that the system refuses', async () => {
    writeChunk(1, ONE);
    writeChunk(3, THREE);
    symlinkSync('loop', inFolder('immutable', 'loop'));
    expect((await run()).code).toBe(4);
    writeChunk(3, forgedBlock());
    expect((await run()).code).toBe(1);
    writeChunk(3, THREE);
    writeChunk(2, TWO);
    expect((await run()).code).toBe(3);
  });
});

describe('a state of --resume', () => {
  const state = () => inFolder('state');
  const resumed = () => kes([...verify(), '--resume', state(), folder()]);

  async function withState(): Promise<void> {
    writeChunk(1, ONE);
    writeChunk(2, TWO);
    writeChunk(3, THREE);
    expect((await resumed()).code).toBe(0);
  }

  test.each<[string, () => void]>([
    ['the next chunk is gone', () => rmSync(chunkPath(3))],
    ['a judged chunk is gone', () => rmSync(chunkPath(1))],
    ['the last judged chunk is shorter', () => truncateSync(chunkPath(2), 10)],
    ['the last judged chunk has another header', () => writeFileSync(chunkPath(2), forgedBlock())],
    ['another chunk came', () => writeFileSync(inFolder('immutable', '00000.chunk'), TWO)],
  ])('is refused where %s', async (_name, change) => {
    await withState();
    change();
    const { code, stdout, stderr } = await resumed();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('the folder does not have the chunks that were judged');
    // The way out of the message.
    rmSync(state());
    expect((await resumed()).stdout).toContain('header');
    expect(existsSync(state())).toBe(true);
  });

  test('that somebody made up is refused where a number is out of its range', async () => {
    await withState();
    const [, line = ''] = readFileSync(state(), 'utf8').split('\n');
    const { blake2b256, hexOf } = await import('@evolock/cardano-kes');
    const edits: [string, string][] = [
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
    ];
    for (const [from, to] of edits) {
      const made = line.replace(from, to);
      expect(made, from).not.toBe(line);
      const hash = hexOf(blake2b256(Buffer.from(made)));
      const first = JSON.stringify({ type: 'kes-header-verify-state', version: 2, hash });
      writeFileSync(state(), `${first}\n${made}\n`);
      const { code, stdout } = await resumed();
      expect({ to, code, stdout }).toEqual({ to, code: 1, stdout: '' });
    }
  });
});
