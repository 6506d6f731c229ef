/**
 * Runs: uses of locked memory that is kept from one operation to the next, as scratch memory.
 *
 * An operation wipes its scratch memory in a `finally`. Two ends of an operation do not get that far. A time limit of
 * `node:vm`, its `breakOnSigint` and Ctrl-C in the REPL remove the call from the stack and run no `finally`. And when the
 * stack is exhausted, a call in a `finally` may throw `RangeError`. So every run is listed here before its first secret is
 * in scratch memory, and stays listed until that is wiped. A run that is listed and no longer on the stack is abandoned.
 * The next operation, and the next release of any locked value, ends it: its scratch memory is wiped, and the values that
 * it was making are released.
 *
 * Whether a listed run is abandoned or in progress:
 *
 * - A thread has one stack. While a run is in progress, other code runs only when the run calls it. A run calls the
 *   application through {@link lendWithin} alone, which marks the run. So a run that is listed without a mark is abandoned.
 *   (It also calls leaf schemes, which are trusted. One that starts an operation from within ends the run that called it.
 *   That run finds itself no longer listed, throws, and commits nothing: see {@link isListed}.)
 * - A run with a mark is in progress below this call, or was abandoned within the callback. A flag cannot tell, since the
 *   end that runs no `finally` does not clear it, and the same turn of the event loop may go on. The stack can: the
 *   callback is called by a function whose name no other function has, and a stack trace has that name exactly while the
 *   call is in progress.
 *
 * Where the application has frozen `Error`, no stack trace can be had: a run with a mark counts as in progress then, and
 * a call from within is refused as ever.
 */

/** Scratch memory, as a run knows it. */
export interface Scratch {
  /** Wipes it, with the traces of what was done on it. May be called at any time, also when nothing is there. */
  wipe(): void;
}

/** A value that a run makes: released unless the run completes. */
export interface Made {
  release(): void;
}

/** One use of scratch memory. */
export interface ScratchRun {
  readonly scratch: Scratch;
  /** A value that must not change while the run is in progress. */
  readonly reads: object | undefined;
  readonly makes: Made[];
  /** Name of the function that calls the application now. */
  lender: string | undefined;
}

/** Runs that are in progress or abandoned, outermost first. */
const listed: ScratchRun[] = [];

/**
 * Values to be released of which nobody else knows: a release that throws near the end of the stack is made up for by
 * the next operation. Added to by assignment, since a call could throw as well.
 */
export const discarded: Made[] = [];

/** Words of the stack that are overwritten where a run was abandoned, 64 KiB: nobody knows at which depth it stopped. */
const DEEP = new Array<number>(8_192).fill(0);

/** A built-in function, which no compiler can inline: its arguments have to be on the stack. */
const nothing = Function.prototype as unknown as () => void;

/**
 * Overwrites the stack below the caller with zeros, by pushing them as arguments of a function that does nothing.
 *
 * @param words - Zeros, 8 bytes of the stack each.
 *
 * @example
 * ```ts
 * import { overwriteStack } from '@evolock/mlocked-bytes/unsound';
 *
 * overwriteStack(new Array<number>(1_536).fill(0)); // 12 KiB
 * ```
 */
export function overwriteStack(words: readonly number[]): void {
  Reflect.apply(nothing, undefined, words);
}

/**
 * Begins a run, after the abandoned ones have been ended. It belongs to a `try` whose `finally` calls {@link endRun}.
 *
 * @param scratch - What is wiped when the run ends.
 * @param makes - Values that are released unless the run completes.
 * @param reads - A value that must not change while the run is in progress: see {@link isInUse}.
 *
 * @example
 * ```ts
 * import { beginRun, endRun } from '@evolock/mlocked-bytes/unsound';
 *
 * const memory = new Uint8Array(32);
 * const run = beginRun({ wipe: () => memory.fill(0) });
 * let completed = false;
 * try {
 *   memory.fill(7); // work with a secret
 *   completed = true;
 * } finally {
 *   endRun(run, completed);
 * }
 * ```
 */
export function beginRun(scratch: Scratch, makes: Made[] = [], reads?: object): ScratchRun {
  endAbandonedRuns();
  const run = { scratch, reads, makes, lender: undefined };
  listed[listed.length] = run;
  return run;
}

/**
 * Ends a run: wipes its scratch memory. Where it throws near the end of the stack, the run stays listed, and the next
 * operation ends it.
 *
 * @param run - Begun by {@link beginRun}.
 * @param completed - Whether the values that it made are the caller's from now on.
 *
 * @example
 * ```ts
 * import { beginRun, endRun } from '@evolock/mlocked-bytes/unsound';
 *
 * endRun(beginRun({ wipe: () => undefined }), true);
 * ```
 */
export function endRun(run: ScratchRun, completed: boolean): void {
  run.scratch.wipe();
  if (!completed) releaseAll(run.makes);
  const last = listed.length - 1;
  if (listed[last] === run) listed.length = last;
  else if (listed.includes(run)) listed.splice(listed.indexOf(run), 1);
}

/**
 * Whether a run is still its owner's. It is not when it was ended from within, by a leaf scheme that started another
 * operation: then nothing of it may be used.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { beginRun, endRun, isListed } from '@evolock/mlocked-bytes/unsound';
 *
 * const run = beginRun({ wipe: () => undefined });
 * assert.equal(isListed(run), true);
 * endRun(run, true);
 * assert.equal(isListed(run), false);
 * ```
 */
export function isListed(run: ScratchRun): boolean {
  return listed.includes(run);
}

/**
 * Whether a run in progress works on scratch memory, or reads a value. Abandoned runs are ended first.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { beginRun, isInUse } from '@evolock/mlocked-bytes/unsound';
 *
 * const scratch = { wipe: () => undefined };
 * beginRun(scratch); // abandoned: nothing ends it
 * assert.equal(isInUse(scratch), false);
 * ```
 */
export function isInUse(scratchOrValue: object): boolean {
  if (listed.length === 0) return false;
  endAbandonedRuns();
  return listed.some(
    ({ scratch, reads }) => scratch === scratchOrValue || reads === scratchOrValue,
  );
}

/** A function that calls another one, and has a name of its own. */
interface Lender {
  readonly name: string;
  call(application: () => void): void;
}

/** As many as runs have called the application at the same time. */
const lenders: Lender[] = [];

/** One that no listed run uses: while its name stands for an abandoned run, nothing else may have it on the stack. */
function freeLender(): Lender {
  const free = lenders.find(({ name }) => !listed.some(({ lender }) => lender === name));
  if (free !== undefined) return free;
  const name = `evolockLender${String(lenders.length)}`;
  const call = (application: () => void): void => {
    application();
  };
  const lender = { name, call: Object.defineProperty(call, 'name', { value: name }) };
  lenders[lenders.length] = lender;
  return lender;
}

/**
 * Calls the application from within a run.
 *
 * @param run - In progress: abandoned ones are told from it by the name of the function that calls.
 * @param call - Calls the application's function.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { beginRun, endRun, isInUse, lendWithin } from '@evolock/mlocked-bytes/unsound';
 *
 * const scratch = { wipe: () => undefined };
 * const run = beginRun(scratch);
 * lendWithin(run, () => assert.equal(isInUse(scratch), true));
 * endRun(run, true);
 * ```
 */
export function lendWithin(run: ScratchRun, call: () => void): void {
  const lender = freeLender();
  run.lender = lender.name;
  lender.call(call);
  run.lender = undefined;
}

/**
 * Ends the runs that were abandoned, and releases the values that nobody knows of. Every operation on scratch memory
 * does it first, and every release.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { beginRun, endAbandonedRuns } from '@evolock/mlocked-bytes/unsound';
 *
 * const memory = new Uint8Array(32).fill(7);
 * beginRun({ wipe: () => memory.fill(0) });
 * endAbandonedRuns();
 * assert.deepEqual(memory, new Uint8Array(32));
 * ```
 */
export function endAbandonedRuns(): void {
  if (discarded.length > 0) releaseAll(discarded);
  if (listed.length > 0) endThoseOffTheStack();
}

function endThoseOffTheStack(): void {
  const abandoned = listed.filter(({ lender }) => lender === undefined || !isOnStack(lender));
  if (abandoned.length === 0) return;
  for (const run of abandoned) endRun(run, false);
  overwriteStack(DEEP);
}

/**
 * Releases values. A value is taken off its list for its release, which looks at the list of discarded ones as well. One
 * whose release throws is discarded: the next operation tries again. The error is not passed on, since an operation that
 * has nothing to do with that value would fail, and the first failure is the one to report.
 */
function releaseAll(values: Made[]): void {
  const failed: Made[] = [];
  try {
    for (let value = values.pop(); value !== undefined; value = values.pop()) {
      let released = false;
      try {
        value.release();
        released = true;
      } catch {
        // It stays discarded.
      } finally {
        if (!released) failed[failed.length] = value;
      }
    }
  } finally {
    // No iterator: near the end of the stack a call may throw.
    let index = 0;
    while (index < failed.length) {
      discarded[discarded.length] = failed[index]!;
      index += 1;
    }
  }
}

/** The text of a stack trace as the engine makes it. */
function textOf(error: unknown, sites: readonly NodeJS.CallSite[]): string {
  return [String(error), ...sites.map(String)].join('\n    at ');
}

/** Whether a function of a name that no other function has is on the stack. */
function isOnStack(name: string): boolean {
  const of = Error as { prepareStackTrace?: StackTracePreparation; stackTraceLimit: number };
  const { stackTraceLimit: limit, prepareStackTrace: prepare = textOf } = of;
  const own = Object.hasOwn(of, 'prepareStackTrace');
  const probe: { readonly stack?: unknown } = {};
  try {
    of.stackTraceLimit = Infinity;
    // Names are asked for here, since a source map may put others into the text. This function may be left behind when
    // the call is removed from the stack, so it serves other errors as before.
    of.prepareStackTrace = (error, sites) =>
      error === probe ? sites.map((site) => site.getFunctionName()) : prepare(error, sites);
    Error.captureStackTrace(probe);
    const names = probe.stack;
    return !Array.isArray(names) || names.includes(name);
  } catch {
    // `Error` is frozen: no stack trace can be had.
    return true;
  } finally {
    if (own) of.prepareStackTrace = prepare;
    else Reflect.deleteProperty(of, 'prepareStackTrace');
    of.stackTraceLimit = limit;
  }
}

/** What an application may have put in place of the engine's text of stack traces. */
type StackTracePreparation = (error: unknown, sites: NodeJS.CallSite[]) => unknown;
