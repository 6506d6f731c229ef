// The values that one call makes, and their release.
import { KeyFile, LockedConnection } from '@evolock/direct-serialise-io';
import { HeldLock } from '@evolock/direct-serialise-io/files';
import { Agent, ServiceClient, SignClient } from '@evolock/kes-agent';
import { LockedValue } from '@evolock/mlocked-bytes';

export interface Releasable {
  release: () => void;
}

/** What a promise that does not settle in time gives. */
export const HANG = Symbol('hang');
/** More milliseconds than any call takes on a busy machine. A scan of this process reads all of its memory. */
const AWAITED_MS = 120_000;
const CLOSED_MS = 300;

/** The error that hostile values throw, and that a call then has to throw. */
export class Planted extends Error {}

/** Agents, their clients, and key files. */
const isClosable = (value: unknown): value is { close: () => Promise<void> } =>
  [Agent, KeyFile, ServiceClient, SignClient].some((each) => value instanceof each);

/** The values that a call makes and may lose, and what hostile values can do to it. */
export class Call {
  /** Locked values to be released afterwards. */
  made: Releasable[] = [];
  receiver: unknown = undefined;
  /** Whether a callback was called. */
  invoked = false;
  #ends: (() => unknown)[] = [];
  #again: () => unknown = () => undefined;
  #deep = false;

  keep<Value extends Releasable>(value: Value) {
    this.made.push(value);
    return value;
  }

  /** What is done after the call. */
  atEnd(work: () => unknown) {
    this.#ends.push(work);
  }

  setAgain(again: () => unknown) {
    this.#again = again;
  }

  /** Makes the same call again from within the call. */
  again() {
    if (this.#deep) return;
    this.#deep = true;
    try {
      const result = this.#again();
      if (result instanceof Promise)
        void result.then(
          (value) => this.#own(value),
          () => undefined,
        );
      else this.#own(result);
    } catch {
      // Only the outer call is judged.
    } finally {
      this.#deep = false;
    }
  }

  releaseAll() {
    for (const value of this.made) value.release();
  }

  #own(result: unknown) {
    if (result instanceof LockedConnection) this.atEnd(() => result.destroy());
    else if (isClosable(result)) this.atEnd(() => result.close());
    else releaseResult(result);
  }

  /** Releases all that the call made and returned. Repeated, because a call from within may still make a value. */
  async end(result?: unknown) {
    this.#own(result);
    this.releaseAll();
    for (const work of this.#ends.splice(0)) await settled(work(), CLOSED_MS);
  }
}

/** Releases the locked memory that a call returned, also within a plain object or an array. */
function releaseResult(result: unknown, depth = 0) {
  if (typeof result !== 'object' || result === null) return;
  if (result instanceof HeldLock || result instanceof LockedValue || isSlot(result))
    result.release();
  else if (
    depth === 0 &&
    [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(result))
  )
    for (const value of Object.values(result)) releaseResult(value, 1);
}

const isSlot = (value: object): value is Releasable => 'unsoundBytes' in value;

/** Awaits a promise of the library, but no thenable of hostile code. */
export async function settled(result: unknown, most = AWAITED_MS) {
  if (!(result instanceof Promise)) return result;
  let timer;
  const hang = new Promise((resolve) => {
    timer = setTimeout(() => resolve(HANG), most);
  });
  try {
    return await Promise.race([result, hang]);
  } finally {
    clearTimeout(timer);
  }
}
