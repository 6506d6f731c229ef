/** Operations of what happens to a process: its end, a lost key, signals and deoptimisations. */
import { subscribe } from 'node:diagnostics_channel';
import { once as event } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { sum6Kes } from '@evolock/kes-sum';
import { mappingAllocator } from '@evolock/mlocked-bytes';
import { goneRoot, keyAt, periodsOf, released, type Expectation } from '../secrets/expectation.js';
import { furtherDown, stopAtExit, stopThisProcess } from '../stop.js';
import { keyOf } from './kes.js';
import { holds, layer, MESSAGE, once, type Operation, type Subject } from './operation.js';

const endedOperation = layer('the end of the process', { once: true, stopsItself: true });

/** The end of a process with live values: a seed, a key that has signed and evolved, and a clone in a separate mapping. */
const ending = (name: string, end: () => void) =>
  endedOperation(name, released(keyAt({ depth: 6, period: 1, signed: true })), (subject) => {
    const seed = subject.seed();
    const key = sum6Kes.generateKey(seed);
    key.sign(MESSAGE);
    key.update();
    const clone = key.clone({ allocator: mappingAllocator });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      holds(process.listenerCount(signal) === 0, `no package listens for ${signal}`);
    }
    stopAtExit();
    setImmediate(end);
    return [seed, key, clone];
  });

/** Every way to end a process that runs its exit handlers. */
export const endingOperations: readonly Operation[] = [
  ending('its natural end', () => undefined),
  ending('process.exit', () => process.exit(0)),
  ending('an uncaught exception', () => {
    throw new Error('thrown on purpose');
  }),
  ending('an unhandled rejection', () => {
    void Promise.reject(new Error('rejected on purpose'));
  }),
  ending('SIGTERM, handled', () => {
    process.once('SIGTERM', () => process.exit(1));
    process.kill(process.pid, 'SIGTERM');
    // The event loop delivers the signal, so it must stay alive.
    setTimeout(() => undefined, 60_000);
  }),
];

const PATIENCE = 100;
const AFTERWARDS = 5;

/** Generates a key and drops the reference to it. */
function loseKey(subject: Subject): void {
  keyOf(sum6Kes, subject).sign(MESSAGE);
}

async function collectGarbage(): Promise<void> {
  globalThis.gc?.();
  await turn();
}

/** A program that does not release a key. */
export const lostOperation = layer('lost values', { ...once, flags: ['--expose-gc'] })(
  'a key that the collector found',
  released(keyAt({ depth: 6, period: 0, signed: true })),
  async (subject) => {
    let reports = 0;
    subscribe('evolock:memory:lost', () => {
      reports += 1;
    });
    loseKey(subject);
    for (let tries = 0; reports === 0 && tries < PATIENCE; tries += 1) await collectGarbage();
    for (let tries = 0; tries < AFTERWARDS; tries += 1) await collectGarbage();
    holds(reports === 1, `a lost key is reported once, not ${reports} times`);
  },
);

/** The number of signals that are delivered while an operation is repeated. */
const SIGNALS = 200;

/** The thread that sends the signals. It waits until a signal is delivered, because pending signals are merged. */
const SENDER = `
  const { readFileSync } = require('node:fs');
  const { workerData: sent } = require('node:worker_threads');
  const isPending = () => /^ShdPnd:\\s*0*8000000$/m.test(readFileSync('/proc/self/status', 'latin1'));
  for (let count = 1; count <= ${String(SIGNALS)}; count += 1) {
    process.kill(process.pid, 'SIGWINCH');
    while (isPending());
    Atomics.store(sent, 0, count);
  }
  Atomics.wait(sent, 0, ${String(SIGNALS)});`;

/**
 * Does the work while signals arrive, releases the value and stops the process. It does not return to the event loop first,
 * which would overwrite what signals left on the stack.
 */
async function underSignals<Value extends { release(): void }>(
  value: Value,
  work: (value: Value) => void,
): Promise<void> {
  process.on('SIGWINCH', () => undefined);
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const sender = new Worker(SENDER, { eval: true, workerData: sent });
  await event(sender, 'online');
  furtherDown(() => {
    while (Atomics.load(sent, 0) < SIGNALS) work(value);
    value.release();
  });
  stopThisProcess();
}

/** How often an operation is repeated while the engine deoptimises. */
const REPETITIONS = 1_500;

/** The engine deoptimises at every 101st possible place. */
const DEOPTIMISE = ['--deopt-every-n-times=101'];

const signalOperation = layer('signals', { once: true, stopsItself: true });
const deoptimisedOperation = layer('deoptimisations', { once: true, flags: DEOPTIMISE });

/**
 * One operation for each of two events that save all registers to memory while work with a value is repeated. For a signal, the
 * kernel saves them on the stack while the handler runs. For a deoptimisation, the engine saves them on its heap.
 */
function saved<Value extends { release(): void }>(
  name: string,
  expects: Expectation,
  times: number,
  make: (subject: Subject) => Value,
  work: (value: Value) => void,
): Operation[] {
  return [
    signalOperation(name, expects, (subject) => underSignals(make(subject), work)),
    deoptimisedOperation(name, expects, (subject) => {
      const value = make(subject);
      furtherDown(() => {
        for (let count = 0; count < times; count += 1) work(value);
        value.release();
      });
    }),
  ];
}

const wholeTree = released(keyAt({ depth: 6, period: 0, visited: periodsOf(6) }));
const children: Expectation = { ...goneRoot, gone: ['', 'L', 'R'] };
const seedOf = (subject: Subject) => subject.seed();
const sum6KeyOf = (subject: Subject) => keyOf(sum6Kes, subject);

/** Operations that copy and hash secrets. */
export const signalOperations: readonly Operation[] = [
  ...saved('generateKey', wholeTree, REPETITIONS / 50, seedOf, (seed) =>
    sum6Kes.generateKey(seed).release(),
  ),
  ...saved('all updates', wholeTree, REPETITIONS / 50, sum6KeyOf, (key) => {
    const clone = key.clone();
    while (clone.period < 63) clone.update();
    clone.release();
  }),
  ...saved('expand', children, REPETITIONS, seedOf, (seed) => {
    const { left, right } = seed.expand();
    left.release();
    right.release();
  }),
];
