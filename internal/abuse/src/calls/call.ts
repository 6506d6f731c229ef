// The values that one call makes, and their release.
export interface Releasable {
  release: () => void;
}

/** What a promise that does not settle in time gives. */
export const HANG = Symbol('hang');
/** More milliseconds than any call takes on a busy machine. */
const AWAITED_MS = 120_000;
const CLOSED_MS = 300;

/** The error that hostile values throw, and that a call then has to throw. */
export class Planted extends Error {}

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

  /** Gives back what a call returned, also the values of a plain object or of a list. */
  #own(result: unknown, isPart = false) {
    if (typeof result !== 'object' || result === null) return;
    const { release, destroy, close } = result as Record<string, unknown>;
    const end = destroy ?? close;
    if (typeof release === 'function') Reflect.apply(release, result, []);
    else if (typeof end === 'function') this.atEnd(() => Reflect.apply(end, result, []) as unknown);
    else if (!isPart) for (const value of Object.values(result)) this.#own(value, true);
  }

  /** Releases all that the call made and returned. Repeated, because a call from within may still make a value. */
  async end(result?: unknown) {
    this.#own(result);
    this.releaseAll();
    for (const work of this.#ends.splice(0)) await settled(work(), CLOSED_MS);
  }
}

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
