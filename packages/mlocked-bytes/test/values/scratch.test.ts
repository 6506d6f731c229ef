import { Script } from 'node:vm';
import { errorOf } from '@evolock/test-support';
import { beforeEach, expect, test } from 'vitest';
import { releaseAll } from '../../src/release-all.js';
import { Scratch, zeroCopyCall } from '../../src/unsound.js';

const taken = new Error('taken');
let scratch: Scratch;
let memory: Uint8Array;

beforeEach(() => {
  scratch = new Scratch({
    size: 96,
    copies: [zeroCopyCall(32)],
    settle: [],
    stack: 4096,
    taken: () => taken,
  });
  memory = scratch.part(64);
});

const isZero = () => memory.every((byte) => byte === 0);

/** Uses the scratch memory in a call that Ctrl-C ends without its `finally`. */
function abandon(): void {
  const use = () =>
    scratch.use(() => {
      memory.fill(7);
      process.kill(process.pid, 'SIGINT');
      for (;;);
    });
  const script = new Script('use()');
  expect(() => script.runInNewContext({ use }, { breakOnSigint: true })).toThrow(/SIGINT/);
  expect(isZero()).toBe(false);
}

test('the memory is wiped when an operation ends, however it ends', () => {
  expect(scratch.use(() => memory.fill(7).length)).toBe(64);
  expect(isZero()).toBe(true);
  const failure = new Error('failed');
  const fail = () =>
    scratch.use(() => {
      memory.fill(7);
      throw failure;
    });
  expect(errorOf(fail)).toBe(failure);
  expect(isZero()).toBe(true);
});

test('what an abandoned operation left is wiped by the next one, and by releaseAll', async () => {
  for (let time = 0; time < 2; time += 1) {
    abandon();
    expect(scratch.use(() => isZero())).toBe(true);
  }
  abandon();
  await releaseAll();
  expect(isZero()).toBe(true);
});

test('an operation whose memory was taken from within throws, and the inner one is done', () => {
  let inner: unknown;
  let checked: unknown;
  const outer = () =>
    scratch.use((use) => {
      memory.fill(7);
      inner = scratch.use(() => isZero());
      checked = errorOf(() => scratch.check(use));
      // A callback that is lent the memory goes on to write what it reads.
      memory.fill(7);
    });
  expect(errorOf(outer)).toBe(taken);
  expect([inner, checked]).toEqual([true, taken]);
  expect(isZero()).toBe(true);
  expect(scratch.use(() => 'free')).toBe('free');
  // An error of the outer operation is not replaced.
  const failure = new Error('failed');
  const failing = () =>
    scratch.use(() => {
      scratch.use(() => undefined);
      throw failure;
    });
  expect(errorOf(failing)).toBe(failure);
});
