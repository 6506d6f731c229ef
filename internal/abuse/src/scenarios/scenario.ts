// What the scenarios share. Each scenario prints one line of JSON.
import { readFileSync, writeSync } from 'node:fs';

export const print = (value: unknown) => writeSync(1, `${JSON.stringify(value)}\n`);

export const mappings = () => readFileSync('/proc/self/maps', 'latin1').split('\n').length;

/** The number of locked mappings. Only the packages make them, whereas the engine maps memory for its heap. */
export const lockedMappings = () =>
  readFileSync('/proc/self/smaps', 'latin1').match(/^VmFlags:.* lo\b/gm)?.length ?? 0;

export const lockedBytes = () =>
  Number(/^VmLck:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) * 1024;

export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Calls a function until it throws. Returns the code of the error. */
export function untilRefused(make: () => unknown, most: number) {
  for (let count = 0; count < most; count += 1) {
    try {
      make();
    } catch (error) {
      const { code } = error as { code?: string };
      return { code: code ?? String(error), count };
    }
  }
  return { code: 'never refused', count: most };
}
