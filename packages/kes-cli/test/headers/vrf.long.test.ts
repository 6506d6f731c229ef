/** `kes header verify --vrf` and `--epoch-nonce`: the VRF proofs of real headers. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inFolder } from '../support/folder.js';
import { kes, kesLines, type Json } from '../support/kes.js';
import {
  array,
  byronBlock,
  byteString,
  EVOLUTION,
  joined,
  ownHeader,
  START_PERIOD,
  storedBlock,
  unsigned,
} from '../support/own-header.js';
import { hasChunks, nonceOf, whyNone, withChunks } from '../support/preview-chunks.js';

const verify = ['header', 'verify', '--network', 'preview'];

describe.skipIf(!hasChunks)(`the headers of a node's chain${whyNone}`, () => {
  test('are verified with their VRF proofs from the first block on', async () => {
    const folder = withChunks(0);
    const { code, findings: lines, summary } = await kesLines([...verify, '--vrf', folder]);
    expect({ code, lines }).toEqual({ code: 0, lines: [] });
    expect(summary).toMatchObject({ all: true, valid: 216, vrfNotChecked: 0 });
    expect(summary.checked).toContain('the VRF proofs');
    expect(summary.notChecked.join()).not.toContain('VRF');
    const { summary: without } = await kesLines([...verify, folder]);
    expect(without.checked.join()).not.toContain('VRF');
    expect(without.notChecked).toContain('the VRF proofs');
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
    expect(summary.notChecked).toContain(`the VRF proofs of ${summary.vrfNotChecked} others`);
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
    const codes = bad.lines.flatMap(({ failures }) => failures.map(({ code }: Json) => code));
    expect(codes.every((each) => each === 'vrf-proof')).toBe(true);
    const { valid } = good.summary;
    expect(bad.lines.length).toBe(valid);
    // A person is shown twenty headers, and the number of the others.
    const { stdout } = await kes(wrong);
    expect(stdout).toContain(`${valid - 20} more without a valid VRF proof, which are not shown`);
    expect(stdout).toContain('no VRF proof is valid with this nonce');
    expect(stdout.match(/NOT valid: /g)).toHaveLength(20);
  });
});

describe('a chain that began with Byron', () => {
  // The form of a header, with a body that is none.
  const strange = array(
    [array([], 'shortest'), byteString(new Uint8Array(448), 'shortest')],
    'shortest',
  );
  // In the KES period of the header, on preprod.
  const slot = 129_600n * (START_PERIOD + BigInt(EVOLUTION));
  const block = storedBlock(ownHeader({ format: 'TPraos', slot }), 5);
  const other = array([unsigned(5, 'shortest'), array([strange, strange], 'shortest')], 'shortest');
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
    expect(lines[1].failures.map(({ code }: Json) => code)).toEqual(['vrf-proof', 'vrf-proof']);
  });

  test.each([
    ['a chunk', { '00005.chunk': block }],
    ['the first header', { '00004.chunk': joined([other, block]) }],
  ])('is not checked for VRF where %s after it is missing', async (_what, rest) => {
    const { summary } = await run({ '00003.chunk': byronBlock(), ...rest });
    expect(summary).toMatchObject({ valid: 1, invalid: 0, vrfNotChecked: 1 });
  });
});

test('a header alone is shown with the result of its VRF proofs', async () => {
  writeFileSync(inFolder('header'), ownHeader());
  const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62'];
  const run = (...more: string[]) =>
    kes(['header', 'verify', ...numbers, ...more, inFolder('header')]);
  expect((await run()).stdout).not.toContain('VRF proofs:');
  const { code, stdout } = await run('--epoch-nonce', '00'.repeat(32));
  expect(code).toBe(1);
  expect(stdout).toContain('✓ KES signature: good');
  expect(stdout).toContain('✗ VRF proofs: bad');
});

describe('the options', () => {
  test.each([
    [['--network', 'preview', '--vrf', '--epoch-nonce', '00'.repeat(32)], /not both/],
    [['--network', 'preview', '--epoch-nonce', '00'], /64 hexadecimal digits/],
    [
      ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62', '--vrf'],
      /--vrf needs the epochs of the network/,
    ],
  ])('refuse in one line: %j', async (options, says) => {
    const { code, stdout, stderr } = await kes(['header', 'verify', ...options, inFolder()]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^kes: error: [^\n]+\n$/);
    expect(stderr).toMatch(says);
  });

  test('need to know the beginning of the Shelley era, and the epochs, in a genesis file', async () => {
    const genesis = { networkMagic: 42, slotsPerKESPeriod: 100, maxKESEvolutions: 62 };
    const epochs = { epochLength: 500, securityParam: 10, activeSlotsCoeff: 0.2 };
    const start = { systemStart: '2026-01-01T00:00:00Z', slotLength: 1 };
    const run = (content: object, ...more: string[]) => {
      writeFileSync(inFolder('genesis.json'), JSON.stringify(content));
      writeFileSync(inFolder('header'), ownHeader());
      const options = ['--genesis', inFolder('genesis.json'), '--vrf', ...more];
      return kes(['header', 'verify', ...options, inFolder('header')]);
    };
    const undated = await run({ ...genesis, ...epochs, ...start });
    expect(undated).toMatchObject({ code: 2, stdout: '' });
    expect(undated.stderr).toContain('add --without-byron');
    const incomplete = await run({ ...genesis, ...start }, '--without-byron');
    expect(incomplete).toMatchObject({ code: 1, stdout: '' });
    expect(incomplete.stderr).toMatch(/genesis\.json: .*no epochLength/);
    // A header alone is no chain.
    const alone = await run({ ...genesis, ...epochs, ...start }, '--without-byron');
    expect(alone.code).toBe(3);
    expect(alone.stdout).toContain('1 was not checked for VRF');
  });
});
