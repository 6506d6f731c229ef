/**
 * The file system of Node, in which calls can be made to fail: for `vi.mock('node:fs', …)`.
 */
import type * as fs from 'node:fs';

/** When a call fails: instead of doing its work, or having done it; or it and all that follow, as when a process is killed. */
export type Moment = 'before' | 'after' | 'for good';

type Call = (...values: unknown[]) => unknown;

class Faults {
  /** Names of the calls since the last reset. */
  calls: string[] = [];
  /** The number of the call that fails, from 1. */
  failing = Infinity;
  moment: Moment = 'before';
  /** Calls that always fail, and how the system says so. */
  unsupported = new Map<string, string>();
  /** What happens right before the next call of that name: what another process does meanwhile. */
  meanwhile = new Map<string, () => void>();
  /** The most bytes that one write takes. */
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

/** What fails, for the tests to set. */
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
    const dead = faults.moment === 'for good' && faults.calls.length >= faults.failing;
    if (dead || (fails && faults.moment === 'before')) throw failure(name, 'EIO');
    if (name === 'writeSync') values[3] = Math.min(values[3] as number, faults.writeAtMost);
    // Flushing shows only after a loss of power, and takes most of the time.
    const result = name === 'fsyncSync' ? undefined : call(...values);
    if (fails) throw failure(name, 'EIO');
    return result;
  };
}

/** The module with every synchronous call wrapped. */
export function faulty(actual: typeof fs): typeof fs {
  const wrappedCalls = Object.entries(actual).map(([name, value]: [string, unknown]) => [
    name,
    name.endsWith('Sync') && typeof value === 'function' ? wrapped(name, value as Call) : value,
  ]);
  return Object.fromEntries(wrappedCalls) as typeof fs;
}
