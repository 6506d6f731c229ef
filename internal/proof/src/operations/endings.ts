import { sum6Kes } from '@evolock/kes-sum';
import { mappingAllocator } from '@evolock/mlocked-bytes';
import { keyAt, released } from '../expectation.js';
import type { Operation, Subject } from '../operation.js';
import { MESSAGE } from '../operation.js';
import { holds } from '../refused.js';
import { stopThisProcess } from '../stop.js';

/** Adds a listener after those of the packages, so that it is called after them. */
function stopAtExit(): void {
  process.on('exit', stopThisProcess);
}

/** Live values of each kind: a seed, its key that has evolved and signed, a clone in a mapping of its own. */
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
        holds(process.listenerCount(signal) === 0, `${signal} is the application's own`);
      }
      stopAtExit();
      setImmediate(end);
      return values;
    },
  };
}

/** Every end of a process that runs its exit handlers. */
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
    // A signal comes through the event loop, so the event loop has to stay alive.
    setTimeout(() => undefined, 60_000);
  }),
];
