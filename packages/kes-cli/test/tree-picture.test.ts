import { describe, expect, it } from 'vitest';
import { Style } from '../src/style.js';
import { lifeInWords, lifeOf, remainingInWords } from '../src/tree/life.js';
import { treePicture } from '../src/tree/picture.js';
import { inFolder } from './support/folder.js';
import { kes } from './support/kes.js';
import { makeKey } from './support/test-key.js';

const plain = new Style(false);

describe('the picture of a tree', () => {
  it('of depth 3 at period 2', () => {
    expect(treePicture(3, 2, plain)).toEqual([
      '┏━━━━━━┓', // the root
      '┏━━┓┌──┐', // a seed is kept for the right half
      '··┏┓', // the first two periods are used
      '··●○○○○○',
    ]);
  });

  it('at the first and at the last period', () => {
    expect(treePicture(2, 0, plain)).toEqual(['┏━━┓', '┏┓┌┐', '●○○○']);
    expect(treePicture(2, 3, plain)).toEqual(['┏━━┓', '··┏┓', '···●']);
  });

  it('has one live leaf, as many used before it as its period, and no more columns than a terminal', () => {
    for (const depth of [6, 7]) {
      for (let period = 0; period < 2 ** depth; period += 1) {
        const picture = treePicture(depth, period, plain);
        const leaves = picture.at(-1) ?? '';
        const scale = 2 ** depth / 64;
        expect(leaves).toBe(
          '·'.repeat(Math.floor(period / scale)) +
            '●' +
            leaves.slice(Math.floor(period / scale) + 1),
        );
        expect(leaves).toMatch(/^·*●○*$/);
        expect(leaves).toHaveLength(64);
        for (const line of picture) expect(line.length).toBeLessThanOrEqual(64);
      }
    }
  });
});

describe('a life in words', () => {
  it.each([
    [0, '0 of 0–63 (none used, 1–63 to come)', '63 periods after this one'],
    [1, '1 of 0–63 (0 used, 2–63 to come)', '62 periods after this one'],
    [62, '62 of 0–63 (0–61 used, 63 to come)', '1 period after this one'],
    [63, '63 of 0–63 (0–62 used, none to come)', 'none: this is the last'],
  ])('at period %i', (period, life, remaining) => {
    expect(lifeInWords(lifeOf(period, 64))).toBe(life);
    expect(remainingInWords(lifeOf(period, 64))).toBe(remaining);
  });
});

it('where a column is two periods, the words below say which of them is live', async () => {
  const [skey, vkey] = [inFolder('kes.skey'), inFolder('kes.vkey')];
  await kes(['keygen', '--skey', skey, '--vkey', vkey, '--depth', '7']);
  const first = await kes(['inspect', skey]);
  expect(first.stdout).toMatch(/^ {2}a column is 2 periods: ● is 0 to 1, of which 0 is live$/m);
  await kes(['evolve', skey, '--to', '5', '--leave-node']);
  const later = await kes(['inspect', skey]);
  expect(later.stdout).toMatch(/^ {2}a column is 2 periods: ● is 4 to 5, of which 5 is live$/m);
  makeKey(inFolder('six.skey'));
  expect((await kes(['inspect', inFolder('six.skey')])).stdout).not.toContain('a column');
});
