/** The pictures of a key and of a certificate, at every period. */
import { expect, test } from 'vitest';
import { plain } from '@evolock/command-line/text';
import { inFolder } from '@evolock/command-testing/folder';
import { treePicture } from '../src/certificates/signing-key-file.js';
import { makeCertificate } from './support/files.js';
import { kes } from './support/kes.js';
import { writeGenesis } from './support/own-header.js';

test('the picture of a tree shows the seeds of stored right halves', () => {
  expect(treePicture(3, 2, plain)).toEqual([
    '┏━━━━━━┓', // the root
    '┏━━┓┌──┐', // the seed of the right half is stored
    '··┏┓', // the first two periods are used
    '··●○○○○○',
  ]);
  expect(treePicture(2, 0, plain)).toEqual(['┏━━┓', '┏┓┌┐', '●○○○']);
  expect(treePicture(2, 3, plain)).toEqual(['┏━━┓', '··┏┓', '···●']);
});

test('the picture of a tree has one current leaf, the used leaves before it, and at most 64 columns', () => {
  for (const depth of [6, 7]) {
    for (let period = 0; period < 2 ** depth; period += 1) {
      const picture = treePicture(depth, period, plain);
      const used = Math.floor(period / (2 ** depth / 64));
      expect(picture.at(-1)).toBe(`${'·'.repeat(used)}●${'○'.repeat(63 - used)}`);
      for (const line of picture) expect(line.length).toBeLessThanOrEqual(64);
    }
  }
});

/** The last lines of the output at an evolution, of a network of 100 slots a period. */
async function lifePicture(evolutions: number, evolution: number): Promise<string[]> {
  writeGenesis(inFolder('genesis.json'), 100, evolutions);
  const line = `status --cert node.cert --genesis genesis.json --slot ${1000 + evolution}00`;
  const { stdout } = await kes(line.split(' '), { cwd: inFolder() });
  return stdout.split('\n').slice(-6, -3);
}

test.each([1, 2, 3, 5, 31, 33, 62, 64, 100])(
  'the picture of a certificate of %i evolutions fits into 80 columns at each evolution',
  async (evolutions) => {
    makeCertificate(inFolder('node.cert'), new Uint8Array(32), 1000n);
    const limit = Math.min(evolutions, 64);
    const columns = Math.floor(64 / limit);
    for (const evolution of new Set([0, 1, limit >> 1, limit - 1])) {
      if (evolution >= limit) continue;
      const [dates = '', row = '', place = ''] = await lifePicture(evolutions, evolution);
      for (const line of [dates, row, place]) expect(line.length).toBeLessThanOrEqual(80);
      expect(row).toHaveLength(2 + limit * columns);
      expect(row.split('●').length - 1).toBe(columns);
      // The place is below the first sign of the current evolution.
      expect(/[└┘]/.exec(place)?.index).toBe(row.indexOf('●'));
    }
  },
);
