/** `node:fs` with calls that fail on demand, for `vi.mock('node:fs', …)`. */
import type * as fs from 'node:fs';

/** When a call fails: before its effect, after its effect, or it and all later calls before their effects, as after a kill. */
export type Moment = 'before' | 'after' | 'permanently';

type Call = (...values: unknown[]) => unknown;

class Faults {
  /** Names of the calls since the last reset. */
  calls: string[] = [];
  /** The number of the call that fails, from 1. */
  failing = Infinity;
  moment: Moment = 'before';
  /** Calls that always fail, with the code of the error. */
  unsupported = new Map<string, string>();
  /** A change by another process right before the next call of that name. */
  meanwhile = new Map<string, () => void>();
  /** The largest number of bytes of one write. */
  writeAtMost = Infinity;

  reset(): void {
    this.calls = [];
    this.failing = Infinity;
    this.moment = 'before';
    this.unsupported = new Map();
    this.meanwhile = new Map();
    this.writeAtMost = Infinity;
  }
}

export const faults = new Faults();

function failure(name: string, code: string): Error {
  return Object.assign(new Error(`${code}: refused by the test, ${name}`), { code });
}

function wrapped(name: string, call: Call): Call {
  return (...values) => {
    const unsupported = faults.unsupported.get(name);
    if (unsupported !== undefined) throw failure(name, unsupported);
    const meanwhile = faults.meanwhile.get(name);
    faults.meanwhile.delete(name);
    meanwhile?.();
    faults.calls.push(name);
    const fails = faults.calls.length === faults.failing;
    const dead = faults.moment === 'permanently' && faults.calls.length >= faults.failing;
    if (dead || (fails && faults.moment === 'before')) throw failure(name, 'EIO');
    if (name === 'writeSync') values[3] = Math.min(values[3] as number, faults.writeAtMost);
    // Flushing has an effect after a loss of power only, and takes most of the time.
    const result = name === 'fsyncSync' ? undefined : call(...values);
    if (fails) throw failure(name, 'EIO');
    return result;
  };
}

/** The module with all synchronous calls wrapped. */
export function faulty(actual: typeof fs): typeof fs {
  const wrappedCalls = Object.entries(actual).map(([name, value]: [string, unknown]) => [
    name,
    name.endsWith('Sync') && typeof value === 'function' ? wrapped(name, value as Call) : value,
  ]);
  return Object.fromEntries(wrappedCalls) as typeof fs;
}
