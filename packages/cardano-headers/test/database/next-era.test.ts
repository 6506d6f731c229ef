/** Chunks that cross from Conway into Dijkstra, whose blocks end where their CBOR ends. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { musashiBlock } from '@evolock/test-support/musashi';
import { expect, onTestFinished, test } from 'vitest';
import { verifyDatabase, type Finding } from '../../src/database/index.js';
import { poolIdHexOf, poolIdOf } from '../../src/index.js';
import { chainOf, headerSize, indexOf, NETWORK, type Kind } from '../support/chain.js';
import { encode } from '../support/headers.js';
import { coldKey } from '../support/keys.js';
import { native } from '../support/native.js';

/** Verifies a chunk of blocks, with the index of some of them. */
async function verified(
  blocks: readonly Uint8Array[],
  indexed?: readonly number[],
  { cut = 0, bodies = false } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const bytes = Buffer.concat(blocks);
  writeFileSync(join(folder, '00000.chunk'), bytes.subarray(0, bytes.byteLength - cut));
  if (indexed !== undefined)
    writeFileSync(join(folder, '00000.secondary'), indexOf(blocks, indexed));
  const findings: Finding[] = [];
  const onFinding = (finding: Finding) => findings.push(finding);
  const verdict = await verifyDatabase(folder, NETWORK, { headers: native, onFinding, bodies });
  return { ...verdict, findings };
}

const CROSSING: readonly Kind[] = ['conway', 'tagged', 'plain', 'leios', 'large', 'plain', 'leios'];
const ALL = CROSSING.map((_, index) => index);

test.each([
  ['without an index', undefined],
  ['with its index', ALL],
])('a chunk that crosses into Dijkstra is valid, %s', async (_name, indexed) => {
  const verdict = await verified(chainOf(CROSSING), indexed);
  expect(verdict).toMatchObject({ result: 'valid', all: true, findings: [] });
  expect(verdict.counts.valid).toBe(CROSSING.length);
  const key = coldKey().deriveVerificationKey();
  const identity = { poolId: poolIdOf(key), poolIdHex: poolIdHexOf(key) };
  const numbers = { firstNumber: 3n, lastNumber: 3n + BigInt(CROSSING.length) - 1n };
  expect(verdict.pools).toEqual([{ ...identity, blocks: CROSSING.length, ...numbers }]);
});

test('an index hides no block of Dijkstra', async () => {
  const blocks = chainOf(CROSSING);
  for (const hidden of ALL.slice(1, -1)) {
    const changed = Uint8Array.from(blocks[hidden]!);
    changed[10 + headerSize(changed) - 20]! ^= 1;
    const indexed = ALL.filter((each) => each !== hidden);
    const { counts, findings } = await verified(blocks.with(hidden, changed), indexed);
    expect(counts).toMatchObject({ valid: CROSSING.length - 1, invalid: 1 });
    expect(findings).toContainEqual(expect.objectContaining({ result: 'index-ignored' }));
  }
});

test('the last block may be unfinished, wherever it ends', async () => {
  const blocks = chainOf(['conway', 'leios', 'large']);
  const last = blocks[2]!.byteLength;
  for (const cut of [1, 3, 60_000, 70_000, last - 900, last - 2, last - 1]) {
    const { result, counts } = await verified(blocks, [0, 1, 2], { cut });
    expect([result, counts.valid, counts.skipped], `cut by ${cut}`).toEqual(['valid', 2, 1]);
  }
  const broken = Uint8Array.from(blocks[2]!).fill(0x1c, last - 80);
  expect((await verified(blocks.with(2, broken))).counts).toMatchObject({
    valid: 2,
    notHeaders: 1,
  });
});

/** Its certificate is not one of the chain, so the number of the next one may be two more. */
test('a header of a later era is counted, and the chain after it is followed again', async () => {
  const { result, all, counts, findings } = await verified(chainOf(['plain', 'later', 'leios']));
  expect([result, all]).toEqual(['incomplete', false]);
  expect(counts).toMatchObject({ valid: 2, laterEra: 1, invalid: 0, outOfOrder: 0 });
  expect(findings).toMatchObject([{ kind: 'header', verdict: { result: 'later-era' } }]);
});

test.each([
  ['without an index', undefined],
  ['with its index', [0, 1, 2, 3, 4]],
])(
  'blocks of eras that are not known are counted, and no pool is accused, %s',
  async (_name, indexed) => {
    const blocks = chainOf(['leios', 'nine', 'ten', 'nine', 'plain']);
    const bytes = Uint8Array.from(blocks[1]!);
    // A byte of the KES signature, and the last one of the body.
    bytes[3 + headerSize(bytes) - 20]! ^= 1;
    bytes[bytes.byteLength - 1]! ^= 1;
    for (const each of [blocks, blocks.with(1, bytes)]) {
      const { result, all, counts, findings } = await verified(each, indexed, { bodies: true });
      expect([result, all]).toEqual(['incomplete', false]);
      expect(counts).toMatchObject({ valid: 2, laterEra: 3, invalid: 0, notHeaders: 0 });
      expect(counts).toMatchObject({ outOfOrder: 0, bodiesChecked: 0, bodiesNotChecked: 5 });
      expect(findings.map(({ kind }) => kind)).toEqual(['header', 'header', 'header']);
    }
    // In another form the header is not read, and the blocks after it are.
    const other = encode([9n, [[1n, new Uint8Array(500)], []]]);
    const { result, counts, findings } = await verified(blocks.with(1, other), indexed);
    expect(result).toBe('incomplete');
    expect(counts).toMatchObject({
      valid: 2,
      laterEra: 2,
      notHeaders: 1,
      invalid: 0,
      outOfOrder: 0,
    });
    expect(findings[0]).toMatchObject({ verdict: { result: 'not-a-header' } });
    const cut = await verified(blocks.slice(0, 2), [0, 1], { cut: 5 });
    expect(cut).toMatchObject({ result: 'valid', counts: { valid: 1, skipped: 1 } });
  },
);

test.each([
  ['without an index', undefined],
  ['with its index', [0, 1, 2]],
])('each changed byte of a body is found at its block, %s', async (_name, indexed) => {
  const blocks = chainOf(['babbage', 'conway', 'leios']);
  const right = await verified(blocks, indexed, { bodies: true });
  expect(right).toMatchObject({ result: 'valid', all: true, findings: [] });
  expect(right.counts).toMatchObject({ bodiesChecked: 2, bodiesNotChecked: 1 });
  for (const place of [0, 1]) {
    const block = blocks[place]!;
    for (let at = 3 + headerSize(block); at < block.byteLength; at += 1) {
      const changed = Uint8Array.from(block);
      changed[at]! ^= 1;
      const found = await verified(blocks.with(place, changed), indexed, { bodies: true });
      expect(found.result, `byte ${at} of block ${place}`).not.toBe('valid');
      // Otherwise the changed byte is of the form of the block.
      if (found.counts.invalid === 0) continue;
      expect(found.findings[0]).toMatchObject({
        kind: 'header',
        verdict: { result: 'invalid', blockBody: 'bad', reasons: [{ code: 'body-hash' }] },
      });
    }
  }
});

test('a real block of Dijkstra is one of a chunk', async () => {
  const block = encode([8n, { encoded: Buffer.from(musashiBlock, 'hex') }]);
  expect(await verified([block], [0])).toMatchObject({ result: 'valid', firstSlot: 566_037n });
});
