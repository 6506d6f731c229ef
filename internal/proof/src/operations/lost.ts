import { subscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';
import { sum6Kes } from '@evolock/kes-sum';
import { keyAt, released } from '../expectation.js';
import { MESSAGE, type Operation, type Subject } from '../operation.js';
import { holds } from '../refused.js';
import { keyOf } from './kes.js';

const PATIENCE = 100;
const AFTERWARDS = 5;

/** Makes a key and forgets it. */
function loseKey(subject: Subject): void {
  keyOf(sum6Kes, subject).sign(MESSAGE);
}

async function collectGarbage(): Promise<void> {
  globalThis.gc?.();
  await turn();
}

/** A program that forgets to release. */
export const lostOperations: readonly Operation[] = [
  {
    layer: 'lost values',
    name: 'a key that the collector found',
    expects: released(keyAt({ depth: 6, period: 0, signed: true })),
    flags: ['--expose-gc'],
    once: true,
    async run(subject) {
      let told = 0;
      subscribe('evolock:memory:lost', () => {
        told += 1;
      });
      loseKey(subject);
      for (let tries = 0; told === 0 && tries < PATIENCE; tries += 1) await collectGarbage();
      for (let tries = 0; tries < AFTERWARDS; tries += 1) await collectGarbage();
      holds(told === 1, `a lost key is told of once, not ${told} times`);
    },
  },
];
