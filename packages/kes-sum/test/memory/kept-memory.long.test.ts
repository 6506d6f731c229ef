// How much memory a key takes.
import { execFileSync } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { keyOf } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import { asOrdinaryUser, whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { expect, test } from 'vitest';
import { freshAlgorithm, variants } from '../algorithms.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const DEPTH = 5;
/** So many that other buffers of the process are small in comparison. */
const KEYS = 2000;
const PATH = 64 * DEPTH;

/** Bytes of all buffers in ordinary memory. Those of the size of a public key are not counted: the engine puts them on its heap. */
async function ordinaryBytes(): Promise<number> {
  for (let turn = 0; turn < 2; turn += 1) {
    collect();
    await setImmediate();
  }
  return process.memoryUsage().arrayBuffers;
}

test.each(variants)(
  'a %s key keeps its signature and its table in ordinary memory, before and after it evolves',
  async (variant) => {
    const algorithm = freshAlgorithm(variant, DEPTH);
    keyOf(algorithm, seedOf(1)).release();
    const before = await ordinaryBytes();
    const keys = Array.from({ length: KEYS }, () => keyOf(algorithm, seedOf(1)));
    const made = await ordinaryBytes();
    for (const key of keys) key.updateTo(20);
    const evolved = await ordinaryBytes();
    for (const key of keys) key.release();
    const expected = algorithm.signatureSize + 64 * (2 ** DEPTH - 1);
    for (const bytes of [made - before, evolved - before]) {
      expect(Math.abs(bytes / KEYS - expected)).toBeLessThan(PATH / 2);
    }
  },
);

test('a clone shares the table of its key, also after both evolve', async () => {
  const algorithm = freshAlgorithm('sum', DEPTH);
  using key = keyOf(algorithm, seedOf(1));
  key.clone().release();
  const before = await ordinaryBytes();
  const clones = Array.from({ length: KEYS }, () => key.clone());
  for (const each of [key, ...clones]) each.updateTo(5);
  const bytes = ((await ordinaryBytes()) - before) / KEYS;
  for (const clone of clones) clone.release();
  expect(Math.abs(bytes - algorithm.signatureSize)).toBeLessThan(PATH / 2);
});

const built = JSON.stringify(new URL('../../dist/index.js', import.meta.url));
const running = (script: string) => [process.execPath, '--input-type=module', '--eval', script];

const counting = `
  import { MLockedSeed, preflight, sum6Kes } from ${built};
  const { fits } = preflight(sum6Kes);
  const seed = MLockedSeed.newRandom(32);
  const keys = [];
  try {
    for (;;) keys.push(sum6Kes.generateKey(seed));
  } catch ({ code }) {
    keys[0].update();
    console.log(JSON.stringify({ fits, made: keys.length, code }));
  }
`;

const reason =
  process.platform === 'linux'
    ? whyNoOrdinaryUser({ command: running(`import ${built}`) })
    : 'only Linux says what is locked';
const named = reason === undefined ? '' : ` (skipped: ${reason})`;

test.skipIf(reason !== undefined)(
  `preflight returns exactly how many Sum6 keys fit${named}`,
  () => {
    for (const limit of [64, 300]) {
      const [program, ...words] = [...asOrdinaryUser(limit), ...running(counting)];
      const printed = JSON.parse(execFileSync(program!, words, { encoding: 'utf8' })) as {
        readonly made: number;
      };
      const { made } = printed;
      expect(printed).toEqual({ fits: made, made, code: 'ERR_EVOLOCK_LOCK_LIMIT' });
    }
  },
);
