import { subscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';
import { sum6Kes } from '@evolock/kes-sum';
import { keyAt, released } from '../../secrets/expectation.js';
import { MESSAGE, type Operation, type Subject } from '../operation.js';
import { holds } from '../refused.js';
import { keyOf } from '../values/kes.js';

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
export const lostOperations: readonly Operation[] = [
  {
    layer: 'lost values',
    name: 'a key that the collector found',
    expects: released(keyAt({ depth: 6, period: 0, signed: true })),
    flags: ['--expose-gc'],
    once: true,
    async run(subject) {
      let reports = 0;
      subscribe('evolock:memory:lost', () => {
        reports += 1;
      });
      loseKey(subject);
      for (let tries = 0; reports === 0 && tries < PATIENCE; tries += 1) await collectGarbage();
      for (let tries = 0; tries < AFTERWARDS; tries += 1) await collectGarbage();
      holds(reports === 1, `a lost key is reported once, not ${reports} times`);
    },
  },
];
