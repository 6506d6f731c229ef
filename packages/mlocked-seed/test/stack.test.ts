import { Script } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { MLockedSeed } from '../src/index.js';
import { Scratch, zeroCopyCall } from '../src/unsound.js';

const notLinux =
  process.platform === 'linux' ? undefined : 'only Linux shows the stack of a process';

/** A small integer that V8 pushes on the stack as it is. */
const MARK = 0x1234_5678;

/** Another thread counts the marks on the stack of this one, which waits: a call would overwrite them. */
const COUNTER = `
  const { openSync, readFileSync, readSync } = require('node:fs');
  const { parentPort, workerData } = require('node:worker_threads');
  const mark = Buffer.alloc(8);
  mark.writeUInt32LE(${String(MARK)}, 4);
  for (;;) {
    Atomics.wait(workerData, 0, 0);
    const line = readFileSync('/proc/self/maps', 'latin1').split('\\n').find((each) => each.endsWith('[stack]'));
    const [from, to] = line.split(' ', 1)[0].split('-').map((address) => Number.parseInt(address, 16));
    const stack = Buffer.alloc(to - from);
    readSync(openSync('/proc/self/mem', 'r'), stack, 0, stack.length, from);
    let marks = 0;
    for (let at = stack.indexOf(mark); at >= 0; at = stack.indexOf(mark, at + 8)) marks += 1;
    Atomics.store(workerData, 1, marks);
    Atomics.store(workerData, 0, 0);
    Atomics.notify(workerData, 0);
  }`;

function furtherDown(levels: number, work: () => void): void {
  if (levels === 0) work();
  else furtherDown(levels - 1, work);
}

/** 7 KiB: what a hash and a signal frame use. */
const marks = new Array<number>(896).fill(MARK);

/** Puts the marks on the stack: the arguments of a call that does nothing. */
function putMarks(): void {
  Reflect.apply(Function.prototype as () => void, undefined, marks);
}

function countMarks(): { marksOnTheStack: () => number; stop: () => Promise<number> } {
  const state = new Int32Array(new SharedArrayBuffer(8));
  const counter = new Worker(COUNTER, { eval: true, workerData: state });
  const marksOnTheStack = (): number => {
    Atomics.store(state, 0, 1);
    Atomics.notify(state, 0);
    Atomics.wait(state, 0, 1);
    return Atomics.load(state, 1);
  };
  return { marksOnTheStack, stop: () => counter.terminate() };
}

test.skipIf(notLinux !== undefined)(
  `an expansion overwrites the stack as deep as a signal frame below a hash${notLinux ?? ''}`,
  async () => {
    const { marksOnTheStack, stop } = countMarks();
    const seed = MLockedSeed.newRandom(32);
    // From below the frames that the expansion itself has.
    furtherDown(12, putMarks);
    expect(marksOnTheStack()).toBeGreaterThan(256);
    const { left, right } = seed.expand();
    expect(marksOnTheStack()).toBe(0);
    for (const value of [seed, left, right]) value.release();
    await stop();
  },
);

test.skipIf(notLinux !== undefined)(
  `the use after an abandoned one overwrites the stack at any depth${notLinux ?? ''}`,
  async () => {
    const { marksOnTheStack, stop } = countMarks();
    const scratch = new Scratch({ size: 32, copies: [zeroCopyCall(32)], settle: [], stack: 0 });
    const abandoned = () =>
      scratch.use(() => {
        furtherDown(3_000, putMarks);
        process.kill(process.pid, 'SIGINT');
        for (;;);
      });
    expect(() =>
      new Script('abandoned()').runInNewContext({ abandoned }, { breakOnSigint: true }),
    ).toThrow(/SIGINT/);
    expect(marksOnTheStack()).toBeGreaterThan(256);
    scratch.use(() => undefined);
    expect(marksOnTheStack()).toBe(0);
    await stop();
  },
);
