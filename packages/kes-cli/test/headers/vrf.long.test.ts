/** `kes header verify --vrf` and `--epoch-nonce`: the VRF proofs of real headers. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inFolder } from '@evolock/command-testing/folder';
import { kes, kesLines, type Json } from '../support/kes.js';
import {
  byronBlock,
  encode,
  EVOLUTION,
  type Item,
  joined,
  ownHeader,
  START_PERIOD,
  storedBlock,
} from '../support/own-header.js';
import { hasChunks, nonceOf, whyNone, withChunks } from '../support/external.js';

const verify = ['header', 'verify', '--network', 'preview'];

describe.skipIf(!hasChunks)(`the headers of a node's chain${whyNone}`, () => {
  test('are verified with their VRF proofs from the first block on', async () => {
    const folder = withChunks(0);
    const { code, findings: lines, summary } = await kesLines([...verify, '--vrf', folder]);
    expect({ code, lines }).toEqual({ code: 0, lines: [] });
    expect(summary).toMatchObject({ all: true, valid: 216, vrfNotChecked: 0 });
    expect(summary.checked).toContain('the VRF proofs');
    expect(summary.notJudged).not.toContainEqual(expect.objectContaining({ code: 'vrf' }));
    const { summary: without } = await kesLines([...verify, folder]);
    expect(without.checked.join()).not.toContain('VRF');
    expect(without.notJudged).toContainEqual(expect.objectContaining({ code: 'vrf' }));
  });

  test('are not checked for VRF where the chain before is missing, which is counted and no success', async () => {
    const folder = withChunks(0, 20, 114);
    const { code, summary } = await kesLines([...verify, '--vrf', folder]);
    expect(code).toBe(4);
    expect(summary).toMatchObject({ all: false, invalid: 0, outOfOrder: 0, missing: 19 + 93 });
    expect(summary).toMatchObject({ vrfChecked: 216, vrfNotChecked: summary.valid - 216 });
    const { stdout } = await kes([...verify, '--vrf', folder]);
    expect(stdout).toMatch(/\? \d+ were not checked for VRF: [^]*nonce of the\s+epoch is unknown/);
    // Those of the first chunk were checked.
    expect(summary.checked).toContain('the VRF proofs of 216 headers');
    expect(summary.notJudged).toContainEqual({
      code: 'vrf',
      message: `the VRF proofs of ${summary.vrfNotChecked} others`,
    });
    // Without a hole only the nonce is unknown.
    for (const number of ['00000', '00114']) rmSync(join(folder, `${number}.chunk`));
    for (const number of ['00000', '00114']) rmSync(join(folder, `${number}.secondary`));
    const late = await kesLines([...verify, '--vrf', folder]);
    expect(late).toMatchObject({ code: 3, summary: { all: false, vrfChecked: 0 } });
  });

  test('keep the nonce of their epoch when a block is missing', async () => {
    const folder = withChunks(0);
    const chunk = join(folder, '00000.chunk');
    const index = readFileSync(join(folder, '00000.secondary'));
    const [from, to] = [100, 101].map((at) => Number(index.readBigUInt64BE(at * 56)));
    const bytes = readFileSync(chunk);
    writeFileSync(chunk, Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]));
    writeFileSync(join(folder, '00000.secondary'), '');
    const { code, findings: lines, summary } = await kesLines([...verify, '--vrf', folder]);
    expect(code).toBe(1);
    expect(lines.map(({ result }) => result)).toEqual(['out-of-order']);
    expect(summary).toMatchObject({ valid: 215, invalid: 0, vrfNotChecked: 0 });
  });

  test.each([
    [0, 0],
    [114, 5],
    [236, 11],
  ])('of chunk %i are valid with the nonce of epoch %i alone', async (number, epoch) => {
    const folder = withChunks(number);
    const good = await kesLines([...verify, '--epoch-nonce', nonceOf(epoch), folder]);
    expect(good).toMatchObject({ code: 0, findings: [], summary: { all: true, vrfNotChecked: 0 } });
    const wrong = [...verify, '--epoch-nonce', nonceOf(epoch + 1), folder];
    const bad = await kesLines(wrong);
    expect(bad).toMatchObject({ code: 1, summary: { valid: 0, invalid: good.summary.valid } });
    const codes = bad.lines.flatMap(({ reasons }) => reasons.map(({ code }: Json) => code));
    expect(codes.every((each) => each === 'vrf-proof')).toBe(true);
    expect(bad.lines.length).toBe(good.summary.valid);
    expect((await kes(wrong)).stdout).toContain('no VRF proof is valid with this nonce');
  });
});

describe('a chain that began with Byron', () => {
  // The form of a header, with a body that is none.
  const strange: Item = [[], new Uint8Array(448)];
  // In the KES period of the header, on preprod.
  const slot = 129_600n * (START_PERIOD + BigInt(EVOLUTION));
  const block = storedBlock(ownHeader({ format: 'TPraos', slot }), 5);
  const other = encode([5n, [strange, strange]]);
  const run = (files: Readonly<Record<string, Uint8Array>>) => {
    mkdirSync(inFolder('immutable'));
    for (const [name, bytes] of Object.entries(files))
      writeFileSync(inFolder('immutable', name), bytes);
    return kesLines(['header', 'verify', '--network', 'preprod', '--vrf', inFolder('immutable')]);
  };

  test('is verified from the first header after it on', async () => {
    const chunks = { '00003.chunk': byronBlock(), '00004.chunk': block };
    const { code, findings: lines, summary } = await run(chunks);
    expect({ code, vrfNotChecked: summary.vrfNotChecked }).toEqual({ code: 1, vrfNotChecked: 0 });
    expect(lines[1].reasons.map(({ code }: Json) => code)).toEqual(['vrf-proof', 'vrf-proof']);
  });

  test.each([
    ['a chunk', { '00005.chunk': block }],
    ['the first header', { '00004.chunk': joined([other, block]) }],
  ])('is not checked for VRF where %s after it is missing', async (_what, rest) => {
    const { summary } = await run({ '00003.chunk': byronBlock(), ...rest });
    expect(summary).toMatchObject({ valid: 1, invalid: 0, vrfNotChecked: 1 });
  });
});
