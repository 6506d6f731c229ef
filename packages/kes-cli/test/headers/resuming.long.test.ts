/** `kes header verify --resume`: a later run judges only the chunks that the run before did not judge as a whole. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { inFolder } from '../support/folder.js';
import { kes, kesLines, type Ended } from '../support/kes.js';
import { chainOf, PARAMETERS, storedBlock } from '../support/own-header.js';

const verify = [
  ...['header', 'verify', '--slots-per-kes-period', String(PARAMETERS.slotsPerKesPeriod)],
  ...['--max-kes-evolutions', String(PARAMETERS.maxKesEvolutions)],
];

const BLOCKS = chainOf([1200n, 1210n, 1220n, 1230n].map((slot) => ({ slot, bodySize: 4 }))).map(
  (header) => storedBlock(header),
);
const state = () => inFolder('state');
const folder = () => inFolder('immutable');

function writeChunk(number: number, ...blocks: readonly Uint8Array[]): void {
  writeFileSync(inFolder('immutable', `0000${number}.chunk`), Buffer.concat(blocks));
}

function resumed(...options: readonly string[]) {
  return kesLines([...verify, '--resume', state(), ...options, folder()]);
}

beforeEach(() => mkdirSync(folder()));

describe('a run that is resumed', () => {
  test('has the verdict of one run over the whole chain', async () => {
    const [one, two, three, four] = BLOCKS as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    writeChunk(1, one);
    writeChunk(2, two);
    writeChunk(3, three);
    const first = await resumed();
    expect(first).toMatchObject({ code: 0, summary: { valid: 3 } });
    expect(first.summary).not.toHaveProperty('fromChunk');
    // A node appends to the last chunk, and begins another one.
    writeChunk(3, three, four);
    writeChunk(4);
    // The first chunk is not read again.
    writeChunk(1, Buffer.alloc(one.byteLength, 0xff));
    const second = await resumed();
    writeChunk(1, one);
    const { summary } = await kesLines([...verify, folder()]);
    expect(second).toMatchObject({ code: 0, summary: { ...summary, valid: 4, fromChunk: 3 } });
    const { stdout } = await kes([...verify, '--resume', state(), folder()]);
    expect(stdout).toContain('began at chunk 4');
  });

  test('finds a block that does not follow the last one of the run before', async () => {
    writeChunk(1, BLOCKS[0]!);
    writeChunk(2, BLOCKS[1]!);
    await resumed();
    writeChunk(2, BLOCKS[2]!);
    const { code, findings: lines } = await resumed();
    expect(code).toBe(1);
    expect(lines).toMatchObject([{ result: 'out-of-order', failures: [{ code: 'broken-link' }] }]);
  });

  test('keeps what was not valid, and judges a chunk again that could not be read', async () => {
    const forged = BLOCKS[0]!.slice();
    forged[forged.indexOf(0x59, 400) + 10]! ^= 1;
    writeChunk(1, forged);
    writeChunk(2, BLOCKS[1]!);
    expect((await resumed()).summary).toMatchObject({ exitCode: 1, invalid: 1, valid: 1 });
    expect((await resumed()).summary).toMatchObject({ exitCode: 1, invalid: 1, valid: 1 });
    const before = readFileSync(state());
    symlinkSync('00003.chunk', inFolder('immutable', '00003.chunk'));
    writeChunk(4, BLOCKS[2]!);
    await resumed();
    expect(readFileSync(state()).equals(before)).toBe(true);
  });

  test('reads chunks only', async () => {
    writeChunk(1, BLOCKS[0]!);
    writeFileSync(inFolder('immutable', 'other'), BLOCKS[1]!);
    const { findings: lines, summary } = await resumed();
    expect(lines).toMatchObject([
      { result: 'skipped', reason: expect.stringContaining('no chunk') },
    ]);
    expect(summary).toMatchObject({ valid: 1, skipped: 1 });
  });
});

describe('a state', () => {
  const refused = async (options: readonly string[] = []): Promise<Ended> => {
    const ended = await kes([...verify, '--resume', state(), ...options, folder()]);
    expect(ended).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/^kes: error: .*\n$/),
    });
    return ended;
  };

  test('that is damaged, or another file, is refused and not replaced', async () => {
    writeChunk(1, BLOCKS[0]!);
    await resumed();
    const good = readFileSync(state(), 'utf8');
    for (const text of [
      '',
      '{}',
      'kes',
      good.slice(0, -20),
      good.replace('"valid":0', '"valid":9'),
    ]) {
      writeFileSync(state(), text);
      expect((await refused()).code).toBe(1);
      expect(readFileSync(state(), 'utf8')).toBe(text);
    }
  });

  test('of another choice of headers is refused', async () => {
    writeChunk(1, BLOCKS[0]!);
    await resumed();
    expect((await refused(['--since', '5'])).code).toBe(2);
  });

  test('needs one folder, and is not standard output', async () => {
    writeChunk(1, BLOCKS[0]!);
    for (const paths of [
      ['-'],
      ['missing'],
      [folder(), folder()],
      [inFolder('immutable', '00001.chunk')],
    ]) {
      const { code, stderr } = await kes([...verify, '--resume', state(), ...paths]);
      expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
    }
    expect((await kes([...verify, '--resume', '-', folder()])).code).toBe(2);
    // Chunks of another folder within it, which are read after those.
    mkdirSync(inFolder('immutable', 'older'));
    writeFileSync(inFolder('immutable', 'older', '00000.chunk'), BLOCKS[1]!);
    expect((await kes([...verify, '--resume', state(), folder()])).code).toBe(2);
    expect(existsSync(state())).toBe(false);
  });
});
