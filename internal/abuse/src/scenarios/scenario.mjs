// What the scenarios share: each prints one line of JSON about itself.
import { readFileSync, writeSync } from 'node:fs';

export const print = (value) => writeSync(1, `${JSON.stringify(value)}\n`);

export const mappings = () => readFileSync('/proc/self/maps', 'latin1').split('\n').length;

/** Mappings that are locked: unlike those of the engine's own heap they come and go by the packages alone. */
export const lockedMappings = () =>
  readFileSync('/proc/self/smaps', 'latin1').match(/^VmFlags:.* lo\b/gm)?.length ?? 0;

export const lockedBytes = () =>
  Number(/^VmLck:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) * 1024;

export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Calls that may be refused, until one is; gives its code. */
export function untilRefused(make, most) {
  for (let count = 0; count < most; count += 1) {
    try {
      make();
    } catch (error) {
      return { code: error.code ?? String(error), count };
    }
  }
  return { code: 'never refused', count: most };
}
