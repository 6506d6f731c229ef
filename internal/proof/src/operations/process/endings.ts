import { sum6Kes } from '@evolock/kes-sum';
import { mappingAllocator } from '@evolock/mlocked-bytes';
import { keyAt, released } from '../../secrets/expectation.js';
import type { Operation, Subject } from '../operation.js';
import { MESSAGE } from '../operation.js';
import { holds } from '../refused.js';
import { stopThisProcess } from '../../child/stop.js';

/** Stops the process after the exit handlers of the packages, which were added before this one. */
function stopAtExit(): void {
  process.on('exit', stopThisProcess);
}

/** Live values: a seed, a key that has signed and evolved, and a clone of the key in a separate mapping. */
function liveValues(subject: Subject): unknown[] {
  const seed = subject.seed();
  const key = sum6Kes.generateKey(seed);
  key.sign(MESSAGE);
  key.update();
  return [seed, key, key.clone({ allocator: mappingAllocator })];
}

function ending(name: string, end: () => void): Operation {
  return {
    layer: 'the end of the process',
    name,
    expects: { ...released(keyAt({ depth: 6, period: 1, signed: true })) },
    once: true,
    stopsItself: true,
    run(subject) {
      const values = liveValues(subject);
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
        holds(process.listenerCount(signal) === 0, `no package listens for ${signal}`);
      }
      stopAtExit();
      setImmediate(end);
      return values;
    },
  };
}

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
