/**
 * Runs: uses of scratch memory, which is locked memory that is kept from one operation to the next.
 *
 * An operation wipes its scratch memory in a `finally`. Two kinds of end skip that. A time limit of `node:vm`, its
 * `breakOnSigint` and Ctrl-C in the REPL remove the call from the stack and run no `finally`. And when the stack is
 * exhausted, a call in a `finally` may throw `RangeError`. So every run is listed here before its first secret is in scratch
 * memory, and stays listed until that is wiped. A run that is listed and no longer on the stack is abandoned. The next
 * operation, and the next release of any locked value, ends it: its scratch memory is wiped, and the values that it was
 * making are released.
 *
 * Whether a listed run is abandoned or in progress:
 *
 * - A thread has one stack. While a run is in progress, other code runs only when the run calls it. A run calls the
 *   application through {@link lendWithin} only, which marks the run. So a run that is listed without a mark is abandoned.
 *   (It also calls leaf schemes, which are trusted. One that starts an operation from within ends the run that called it.
 *   That run finds itself no longer listed, throws, and commits nothing: see {@link isListed}.)
 * - A run with a mark is in progress below this call, or was abandoned within the callback. A flag does not distinguish these, since an end
 *   that runs no `finally` does not clear it, and the same turn of the event loop may continue. The stack can: the callback
 *   is called by a function with a unique name, and a stack trace contains that name exactly while the call is in progress.
 *
 * When the application has frozen `Error`, there is no stack trace. A run with a mark counts as in progress then, and a call
 * from within is refused as usual.
 */

/** Scratch memory. */
export interface Scratch {
  /** Wipes it, and what operations on it left in registers and on the stack. May be called at any time. */
  wipe(): void;
}

/** A value that a run makes: released unless the run completes. */
export interface Made {
  /** Wipes the value. */
  release(): void;
}

/** One use of scratch memory. */
export interface ScratchRun {
  readonly scratch: Scratch;
  /** A value that must not change while the run is in progress. */
  readonly reads: object | undefined;
  readonly makes: Made[];
  /** Name of the function that is calling the application. */
  lender: string | undefined;
}

/** Runs that are in progress or abandoned, outermost first. */
const listed: ScratchRun[] = [];

/**
 * Values that no other code refers to and that the next operation releases, when a release has thrown because the stack is
 * exhausted. Values are added by assignment, since a call could throw too.
 */
export const discarded: Made[] = [];

/**
 * Words of the stack that have to be free when a run begins, 8 KiB: 3 KiB of a hash, and the functions around it. Native
 * code may use the stack beyond the limit of the engine, where no argument of a call can overwrite what it left.
 */
const ROOM = new Array<number>(1_024).fill(0);

/** A built-in function, which a compiler cannot inline: its arguments are always on the stack. */
const nothing = Function.prototype as unknown as () => void;

/**
 * Overwrites the stack below the caller with zeros, which are the arguments of a call that does nothing.
 *
 * @param words - Zeros, 8 bytes of the stack each.
 *
 * @internal
 */
export function overwriteStack(words: readonly number[]): void {
  Reflect.apply(nothing, undefined, words);
}

/** Words of the stack that one call overwrites. The engine has a limit of 65,534 arguments. */
const BLOCKS = [60_000, 8_192, 1_024, 128];

/**
 * Overwrites the stack below the caller, to the limit of the engine: the depth at which a run was abandoned is unknown.
 *
 * @param first - Index of the largest block that may fit.
 */
function overwriteRestOfStack(first: number): void {
  for (let index = first; index < BLOCKS.length; index += 1) {
    const words = new Array<number>(BLOCKS[index] ?? 0).fill(0);
    words[0] = index;
    try {
      // It continues below its arguments, and uses the first one only.
      Reflect.apply(overwriteRestOfStack, undefined, words);
      return;
    } catch {
      // The stack has no room for this block.
    }
  }
}

/**
 * Begins a run, after it has ended abandoned ones. Call {@link endRun} in a `finally`. It throws `RangeError` when little of
 * the stack is left: the run is abandoned then, before it has touched a secret.
 *
 * @param scratch - What is wiped when the run ends.
 * @param makes - Values that are released unless the run completes.
 * @param reads - A value that must not change while the run is in progress: see {@link isInUse}.
 *
 * @internal
 */
export function beginRun(scratch: Scratch, makes: Made[] = [], reads?: object): ScratchRun {
  if (listed.length > 0 || discarded.length > 0) endAbandonedRuns();
  const run = { scratch, reads, makes, lender: undefined };
  listed[listed.length] = run;
  overwriteStack(ROOM);
  return run;
}

/**
 * Ends a run: wipes its scratch memory. When it throws because the stack is exhausted, the run stays listed, and the next
 * operation ends it.
 *
 * @param run - Begun by {@link beginRun}.
 * @param completed - Whether the caller has the values that it made. Otherwise they are released.
 *
 * @internal
 */
export function endRun(run: ScratchRun, completed: boolean): void {
  run.scratch.wipe();
  if (!completed) releaseAll(run.makes);
  const last = listed.length - 1;
  if (listed[last] === run) listed.length = last;
  else if (listed.includes(run)) listed.splice(listed.indexOf(run), 1);
}

/**
 * Whether a run is still listed. It is not when a leaf scheme has ended it from within, by starting another operation. Then
 * its results must not be used.
 *
 * @internal
 */
export function isListed(run: ScratchRun): boolean {
  return listed.includes(run);
}

/**
 * Whether a run in progress works on scratch memory, or reads a value. Abandoned runs are ended first.
 *
 * @internal
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

/** One for each run that calls the application at the same time. */
const lenders: Lender[] = [];

/** A lender that no listed run uses: the name of an abandoned run must not appear on the stack again. */
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
 * @param run - In progress. The name of the calling function distinguishes it from abandoned runs.
 * @param call - Calls the application's function.
 *
 * @internal
 */
export function lendWithin(run: ScratchRun, call: () => void): void {
  const lender = freeLender();
  run.lender = lender.name;
  lender.call(call);
  run.lender = undefined;
}

/**
 * Ends the runs that were abandoned, and releases the discarded values. Every operation on scratch memory calls it first,
 * and every release.
 *
 * @internal
 */
export function endAbandonedRuns(): void {
  if (discarded.length > 0) releaseAll(discarded);
  if (listed.length > 0) endThoseOffTheStack();
}

function endThoseOffTheStack(): void {
  const abandoned = listed.filter(({ lender }) => lender === undefined || !isOnStack(lender));
  if (abandoned.length === 0) return;
  // First: when it throws because the stack is exhausted, the runs stay listed, and a later operation tries again.
  for (const { scratch } of abandoned) scratch.wipe();
  overwriteRestOfStack(0);
  for (const run of abandoned) endRun(run, false);
}

/**
 * Releases values. A value leaves its list before its release, which releases discarded values too. A value whose release
 * throws is discarded: the next operation tries again. The error is dropped, since the operation that would report it has
 * nothing to do with the value.
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
    // No iterator: when the stack is exhausted a call may throw.
    let index = 0;
    while (index < failed.length) {
      const value = failed[index];
      if (value !== undefined) discarded[discarded.length] = value;
      index += 1;
    }
  }
}

/** The text of a stack trace, as the engine writes it. */
function textOf(error: unknown, sites: readonly NodeJS.CallSite[]): string {
  return [String(error), ...sites.map(String)].join('\n    at ');
}

/** Whether a function with a unique name is on the stack. */
function isOnStack(name: string): boolean {
  const of = Error as { prepareStackTrace?: StackTracePreparation; stackTraceLimit: number };
  const { stackTraceLimit: limit, prepareStackTrace: prepare = textOf } = of;
  const own = Object.hasOwn(of, 'prepareStackTrace');
  const probe: { readonly stack?: unknown } = {};
  try {
    of.stackTraceLimit = Infinity;
    // Names are read here, since a source map may change them in the text. This function stays in place when the call is
    // removed from the stack, so it serves other errors as before.
    of.prepareStackTrace = (error, sites) =>
      error === probe ? sites.map((site) => site.getFunctionName()) : prepare(error, sites);
    Error.captureStackTrace(probe);
    const names = probe.stack;
    return !Array.isArray(names) || names.includes(name);
  } catch {
    // `Error` is frozen: there is no stack trace.
    return true;
  } finally {
    if (own) of.prepareStackTrace = prepare;
    else Reflect.deleteProperty(of, 'prepareStackTrace');
    of.stackTraceLimit = limit;
  }
}

/** A function with which the application may have replaced the text of stack traces. */
type StackTracePreparation = (error: unknown, sites: NodeJS.CallSite[]) => unknown;
