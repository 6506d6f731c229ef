/** `kes header verify`: headers as they lie on disks and wires. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { externalVectors } from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { inFolder } from '../support/folder.js';
import { kes, kesLines, type Json } from '../support/kes.js';
import {
  array,
  byronBlock,
  byteString,
  chainOf,
  joined,
  ownHeader,
  PARAMETERS,
  storedBlock,
  unsigned,
} from '../support/own-header.js';

const verify = [
  ...['header', 'verify', '--slots-per-kes-period', String(PARAMETERS.slotsPerKesPeriod)],
  ...['--max-kes-evolutions', String(PARAMETERS.maxKesEvolutions)],
];

function tagged(content: Uint8Array): Uint8Array {
  return joined([Uint8Array.of(0xd8, 24), byteString(content, 'shortest')]);
}

/** An entry of a secondary index. */
function indexEntry(offset: number, header: Uint8Array, slot: bigint): Uint8Array {
  const entry = Buffer.alloc(56);
  entry.writeBigUInt64BE(BigInt(offset));
  entry.writeUInt16BE(3, 8);
  entry.writeUInt16BE(header.byteLength, 10);
  entry.writeBigUInt64BE(slot, 48);
  return entry;
}

const SLOTS = [1200n, 1210n, 1220n];

/** The headers of a chain. */
const CHAIN = chainOf(SLOTS.map((slot, index) => ({ slot, bodySize: index === 1 ? 20_000 : 100 })));

/** Writes a chunk of three blocks with its index, and returns the offsets of the blocks. */
function writeChunk(number: string, headers: readonly Uint8Array[] = CHAIN): number[] {
  mkdirSync(inFolder('immutable'), { recursive: true });
  const blocks = headers.map((header) => storedBlock(header));
  const offsets = blocks.map((_, index) =>
    blocks.slice(0, index).reduce((sum, { byteLength }) => sum + byteLength, 0),
  );
  writeFileSync(inFolder('immutable', `${number}.chunk`), joined(blocks));
  const entries = headers.map((header, at) => indexEntry(offsets[at]!, header, 0n));
  writeFileSync(inFolder('immutable', `${number}.secondary`), joined(entries));
  writeFileSync(inFolder('immutable', `${number}.primary`), 'not read');
  return offsets;
}

/** Slots and results of a run, without their sources. */
function found(lines: readonly Json[]): unknown[] {
  return lines.map(({ result, header }: Json) => [result, header?.slot]);
}

describe('a sequence', () => {
  test('holds headers and blocks in any container, and each item has its offset', async () => {
    const header = ownHeader();
    const items = [
      header,
      tagged(header),
      array([unsigned(5, 'shortest'), tagged(header)], 'shortest'),
      storedBlock(header),
      tagged(storedBlock(header)),
    ];
    const { code, lines, summary } = await kesLines([...verify, '-'], { input: joined(items) });
    expect({ code, valid: summary.valid, all: summary.all }).toEqual({
      code: 0,
      valid: 5,
      all: true,
    });
    const offsets = items.map((_, index) => joined(items.slice(0, index)).byteLength);
    expect(lines.map(({ source }) => source)).toEqual([
      'standard input',
      ...offsets.slice(1).map((offset) => `standard input@${offset}`),
    ]);
    expect(lines.map(({ header: { era } }) => era)).toEqual([null, null, 6, 6, 6]);
  });

  test('ends at the first bytes that cannot be a header, as one entry', async () => {
    const stray = [Buffer.alloc(100_000, 0x80), Buffer.alloc(100_000, 0xff), Buffer.alloc(1_000)];
    for (const bytes of stray) {
      const { code, lines, summary } = await kesLines([...verify, '-'], {
        input: joined([ownHeader(), bytes]),
      });
      expect(found(lines)).toEqual([
        ['valid', '1200'],
        ['not-a-header', undefined],
      ]);
      expect({ code, notHeaders: summary.notHeaders }).toEqual({ code: 4, notHeaders: 1 });
    }
  });

  test('that is cut off has an unfinished item', async () => {
    const whole = joined([ownHeader(), storedBlock(ownHeader({ bodySize: 100_000 }))]);
    const { code, lines } = await kesLines([...verify, '-'], { input: whole.subarray(0, -1) });
    expect(code).toBe(4);
    expect(lines[1]).toMatchObject({
      result: 'not-a-header',
      failures: [{ message: expect.stringContaining('ends too early') as string }],
    });
  });
});

describe('gzip', () => {
  test('is unpacked: headers, text, several members', async () => {
    const header = ownHeader();
    const hex = `${Buffer.from(header).toString('hex')}\n`;
    writeFileSync(inFolder('members.gz'), Buffer.concat([gzipSync(header), gzipSync(header)]));
    writeFileSync(inFolder('text.gz'), gzipSync(hex.repeat(3)));
    const { code, summary } = await kesLines([
      ...verify,
      inFolder('members.gz'),
      inFolder('text.gz'),
    ]);
    expect({ code, valid: summary.valid }).toEqual({ code: 0, valid: 5 });
  });

  test('that is cut off, damaged or followed by other bytes cannot be judged', async () => {
    const good = gzipSync(joined([ownHeader(), ownHeader()]));
    const damaged = Buffer.from(good).fill(0, 40, 60);
    writeFileSync(inFolder('cut.gz'), good.subarray(0, -3));
    writeFileSync(inFolder('damaged.gz'), damaged);
    const { code, lines } = await kesLines([...verify, inFolder('cut.gz'), inFolder('damaged.gz')]);
    expect(code).toBe(4);
    expect(
      lines.filter(({ result }: Json) => result === 'not-judged').map(({ reason }: Json) => reason),
    ).toEqual(['its gzip data ends too early', 'its gzip data is damaged']);
  });
});

describe('the immutable database of a node', () => {
  test('has the same verdicts with its index, without it, and from standard input', async () => {
    const [, second, third] = writeChunk('00007');
    const folder = inFolder('immutable');
    const indexed = await kesLines([...verify, folder]);
    expect(found(indexed.lines)).toEqual(SLOTS.map((slot) => ['valid', String(slot)]));
    expect(indexed.lines.map(({ source }) => source)).toEqual([
      join(folder, '00007.chunk'),
      join(folder, `00007.chunk@${second}`),
      join(folder, `00007.chunk@${third}`),
    ]);
    truncateSync(join(folder, '00007.secondary'), 0);
    const walked = await kesLines([...verify, folder]);
    expect(walked).toEqual(indexed);
    const input = readFileSync(join(folder, '00007.chunk'));
    const { lines } = await kesLines([...verify, '-'], { input });
    expect(found(lines)).toEqual(found(indexed.lines));
  });

  test('is read without the body of a large block when there is an index', async () => {
    const [, second] = writeChunk('00007');
    const path = inFolder('immutable', '00007.chunk');
    // The body of the second block: CBOR does not allow this byte.
    const start = second! + 3 + CHAIN[1]!.byteLength;
    const bytes = readFileSync(path).fill(0x1c, start, start + 20_000);
    writeFileSync(path, bytes);
    const { code } = await kes([...verify, inFolder('immutable')]);
    expect(code).toBe(0);
  });

  test('is read by the lengths of its blocks where the index does not fit', async () => {
    const [, second] = writeChunk('00007');
    const path = inFolder('immutable', '00007.secondary');
    const index = readFileSync(path);
    index.writeBigUInt64BE(BigInt(second! - 100), 2 * 56);
    writeFileSync(path, index);
    const { code, lines } = await kesLines([...verify, inFolder('immutable')]);
    expect(code).toBe(0);
    const said = lines.filter(({ result }) => result === 'index-ignored');
    expect(said).toMatchObject([{ source: path, reason: expect.stringContaining('contradicts') }]);
    const others = lines.filter((line) => !said.includes(line));
    expect(found(others)).toEqual(SLOTS.map((slot) => ['valid', String(slot)]));
  });

  test('may grow: an unfinished block or index entry at the end of the last chunk is skipped, and named', async () => {
    const [, second, third] = writeChunk('00007');
    const path = inFolder('immutable', '00007.chunk');
    const whole = readFileSync(path);
    const index = readFileSync(inFolder('immutable', '00007.secondary'));
    for (const entries of [0, 100]) {
      writeFileSync(inFolder('immutable', '00007.secondary'), index.subarray(0, entries));
      for (const [size, blocks] of [
        [whole.byteLength, 3],
        [whole.byteLength - 1, 2],
        [third! + 1, 2],
        [third!, 2],
        [second! + 500, 1],
      ] as const) {
        writeFileSync(path, whole.subarray(0, size));
        const { code, lines, summary } = await kesLines([...verify, inFolder('immutable')]);
        expect({ entries, size, code, valid: summary.valid }).toEqual({
          entries,
          size,
          code: 0,
          valid: blocks,
        });
        const isWhole = size === whole.byteLength || size === third;
        expect(summary).toMatchObject({ skipped: isWhole ? 0 : 1, all: isWhole });
        if (!isWhole)
          expect(lines.at(-1).reason).toMatch(/^its last \d+ bytes? are the beginning of a block/);
      }
    }
  });

  test('is damaged when a chunk before the last ends within a block', async () => {
    writeChunk('00007');
    writeChunk('00009', chainOf([{ slot: 1230n }]));
    const path = inFolder('immutable', '00007.chunk');
    truncateSync(path, readFileSync(path).byteLength - 1);
    const { code, lines } = await kesLines([...verify, inFolder('immutable')]);
    expect(code).toBe(4);
    expect(lines.filter(({ result }: Json) => result === 'not-a-header')).toHaveLength(1);
  });

  test('may begin with blocks of the Byron era, which are counted', async () => {
    mkdirSync(inFolder('immutable'));
    const byron = [0, 1, 1].map((era) => byronBlock(era));
    writeFileSync(
      inFolder('immutable', '00000.chunk'),
      joined([...byron, storedBlock(ownHeader())]),
    );
    const { code, lines, summary } = await kesLines([...verify, inFolder('immutable')]);
    expect({ code, ...summary }).toMatchObject({ code: 0, valid: 1, byron: 3, all: true });
    expect(lines[0]).toMatchObject({
      result: 'byron',
      reason: '3 blocks of the Byron era, which has no KES',
    });
  });
});

describe('the headers of chunks', () => {
  const run = (...args: string[]) => kesLines([...verify, ...args, inFolder('immutable')]);

  test('are counted by era and pool when they are valid, and each is a line of JSON', async () => {
    writeChunk('00007');
    const { code, lines, findings, summary } = await run();
    expect({ code, findings }).toEqual({ code: 0, findings: [] });
    expect(lines).toHaveLength(3);
    expect(summary.chain).toMatchObject({
      firstSlot: '1200',
      lastSlot: '1220',
      eras: [{ era: 6, name: 'Babbage', blocks: 3 }],
      pools: [{ blocks: 3, firstEvolution: 5, lastEvolution: 5, sequenceNumber: '3' }],
    });
    const { stdout } = await kes([...verify, inFolder('immutable')]);
    expect(stdout).toContain('✓ all 3 headers are valid');
    expect(stdout).toMatch(/blocks +Babbage 3/);
    expect(stdout).toMatch(/pool1\w+\n +3 blocks, evolution 5, certificate 3/);
  });

  test('that are not valid are shown, also with the certificate of valid ones', async () => {
    const forged = CHAIN[1]!.slice();
    forged[forged.length - 1]! ^= 1;
    writeChunk('00007', [CHAIN[0]!, forged, CHAIN[2]!]);
    const { code, findings: lines, summary } = await run();
    expect({ code, valid: summary.valid, invalid: summary.invalid }).toEqual({
      code: 1,
      valid: 2,
      invalid: 1,
    });
    expect(lines.map(({ failures }: Json) => failures.map(({ code }: Json) => code))).toEqual([
      ['kes-signature'],
    ]);
  });

  const [first, second, third] = CHAIN as [Uint8Array, Uint8Array, Uint8Array];
  const later = chainOf([
    { slot: 1200n, sequenceNumber: 3n },
    { slot: 1210n, sequenceNumber: 5n },
  ]);
  const back = chainOf([
    { slot: 1200n, sequenceNumber: 3n },
    { slot: 1210n, sequenceNumber: 2n },
  ]);
  const next = chainOf([
    { slot: 1200n, sequenceNumber: 3n },
    { slot: 1210n, sequenceNumber: 4n },
  ]);

  test.each<[string, readonly Uint8Array[], string[][]]>([
    ['a block that is missing', [first, third], [['broken-link']]],
    ['a block that is there twice', [first, first], [['slot-order', 'broken-link']]],
    ['blocks in the wrong order', [second, first], [['slot-order', 'broken-link']]],
    ['a number that goes back', back, [['counter-order']]],
    ['a number that leaves one out', later, [['counter-order']]],
    ['the next number', next, []],
  ])('have the order of a chain: %s', async (_name, headers, codes) => {
    writeChunk('00007', headers);
    const { code, findings: lines, summary } = await run();
    expect(lines.map(({ failures }: Json) => failures.map(({ code }: Json) => code))).toEqual(
      codes,
    );
    expect({ code, outOfOrder: summary.outOfOrder, valid: summary.valid }).toEqual({
      code: codes.length === 0 ? 0 : 1,
      outOfOrder: codes.length,
      valid: headers.length,
    });
    // The summary states what was checked, and nothing that was checked is listed as not checked.
    expect(summary.checked.join()).toMatch(
      /order of slots, of previous blocks.* numbers of each pool/,
    );
    expect(summary.notChecked.join()).toMatch(/the chain before the first header/);
    const { stdout } = await kes([...verify, inFolder('immutable')]);
    expect(stdout).toMatch(/\nchecked:\n( {2}.*\n)+NOT checked:\n/);
  });

  test('are linked from chunk to chunk, and not over a chunk that is missing', async () => {
    writeChunk('00007', [first]);
    writeChunk('00009', [third]);
    expect((await run()).summary).toMatchObject({ exitCode: 4, valid: 2, missing: 1, all: false });
    writeChunk('00008', [second]);
    expect((await run()).summary).toMatchObject({ exitCode: 0, valid: 3 });
    writeChunk('00008', [first]);
    expect((await run()).summary).toMatchObject({ exitCode: 1, outOfOrder: 2 });
  });

  test('can be those of some slots, and of one pool', async () => {
    writeChunk('00007');
    const { summary } = await run('--since', '01205', '--until', '01210');
    expect(summary).toMatchObject({ exitCode: 0, valid: 1, chain: { firstSlot: '1210' } });
    const { poolId } = (await run()).summary.chain.pools[0];
    expect((await run('--pool', poolId.bech32)).summary.valid).toBe(3);
    expect((await run('--pool', '0'.repeat(56))).summary).toMatchObject({
      exitCode: 4,
      headers: 0,
    });
    const { stdout } = await kes([...verify, '--since', '99999', inFolder('immutable')]);
    expect(stdout).toContain('✗ no header was found that --since, --until and --pool choose\n');
    const swapped = await kes([...verify, '--since', '01210', '--until', '01205', '-']);
    expect(swapped.stderr).toBe(
      'kes: error: --since is slot 1210, which comes after --until, 1205\n',
    );
    const { code, stderr } = await kes([...verify, '--pool', 'pool1', '-']);
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 1 });
  });

  test('are chosen by moments on a network that has dates', async () => {
    writeChunk('00007');
    const args = ['header', 'verify', '--network', 'preview', inFolder('immutable')];
    const { code, summary } = await kesLines([...args, '--since', '2022-10-25T00:20:05Z']);
    // On preview these headers are not valid: only the choice is of interest.
    expect({ code, headers: summary.headers }).toEqual({ code: 1, headers: 2 });
  });
});

const chunks = externalVectors('real-headers.json');

test.skipIf(!chunks.available)(
  'chunks of a real node are valid, with the index and without',
  async () => {
    mkdirSync(inFolder('plain'));
    for (const number of ['00044', '00114', '00236'])
      for (const extension of ['chunk', 'primary', 'secondary']) {
        const from = join(
          dirname(chunks.available ? chunks.path : ''),
          'immutable',
          `${number}.${extension}`,
        );
        if (!existsSync(from)) throw new Error(`${from} is missing`);
        mkdirSync(inFolder('indexed'), { recursive: true });
        copyFileSync(from, inFolder('indexed', `${number}.${extension}`));
        if (extension === 'chunk') copyFileSync(from, inFolder('plain', `${number}.${extension}`));
      }
    const args = ['header', 'verify', '--network', 'preview'];
    const indexed = await kesLines([...args, inFolder('indexed')]);
    const plain = await kesLines([...args, inFolder('plain')]);
    expect(found(plain.lines)).toEqual(found(indexed.lines));
    const missing = 113 - 44 + 235 - 114;
    const valid = 221 + 225 + 200;
    expect(indexed.summary).toMatchObject({ exitCode: 4, all: false, valid, missing });
  },
);
