/**
 * Two events that save all registers to memory during an operation. For a signal, the kernel saves them on the stack
 * while the handler runs. For a deoptimisation, the engine saves them on its heap.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { sum6Kes } from '@evolock/kes-sum';
import { keyAt, released } from '../../secrets/expectation.js';
import type { Operation, Subject } from '../operation.js';
import { furtherDown, stopThisProcess } from '../../child/stop.js';
import { periodsOf } from '../../secrets/tree.js';
import { keyOf } from '../values/kes.js';

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
 * Does the work while signals arrive, and stops the process. It does not return to the event loop first, which would
 * overwrite what signals left on the stack.
 */
async function underSignals(work: () => void, end: () => void): Promise<void> {
  process.on('SIGWINCH', () => undefined);
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const sender = new Worker(SENDER, { eval: true, workerData: sent });
  await once(sender, 'online');
  furtherDown(() => {
    while (Atomics.load(sent, 0) < SIGNALS) work();
    end();
  });
  stopThisProcess();
}

/** How often an operation is repeated while the engine deoptimises. */
const REPETITIONS = 1_500;

/** The engine deoptimises at every 101st possible place. */
const DEOPTIMISE = ['--deopt-every-n-times=101'];

/** The repeated part of an operation, and its last step. */
interface Work {
  readonly work: () => void;
  readonly end: () => void;
}

/** One operation for each of the two layers. */
function operations(
  name: string,
  expects: Operation['expects'],
  times: number,
  prepare: (subject: Subject) => Work,
): Operation[] {
  return [
    {
      layer: 'signals',
      name,
      expects,
      once: true,
      stopsItself: true,
      run(subject) {
        const { work, end } = prepare(subject);
        return underSignals(work, end);
      },
    },
    {
      layer: 'deoptimisations',
      name,
      expects,
      once: true,
      flags: DEOPTIMISE,
      run(subject) {
        const { work, end } = prepare(subject);
        furtherDown(() => {
          for (let count = 0; count < times; count += 1) work();
          end();
        });
      },
    },
  ];
}

const wholeTree = released(keyAt({ depth: 6, period: 0, visited: periodsOf(6) }));

/** Operations that copy and hash secrets. */
export const signalOperations: readonly Operation[] = [
  ...operations('generateKey', wholeTree, REPETITIONS / 50, (subject) => {
    const seed = subject.seed();
    return {
      work: () => sum6Kes.generateKey(seed).release(),
      end: () => seed.release(),
    };
  }),
  ...operations('all updates', wholeTree, REPETITIONS / 50, (subject) => {
    const key = keyOf(sum6Kes, subject);
    return {
      work() {
        const clone = key.clone();
        while (clone.period < 63) clone.update();
        clone.release();
      },
      end: () => key.release(),
    };
  }),
  ...operations(
    'expand',
    { live: [], gone: ['', 'L', 'R'], leaves: [], signed: false },
    REPETITIONS,
    (subject) => {
      const seed = subject.seed();
      return {
        work() {
          const { left, right } = seed.expand();
          left.release();
          right.release();
        },
        end: () => seed.release(),
      };
    },
  ),
];
