/** The number of successive tries, each with one more frame of stack, that have to succeed. */
const ENOUGH = 30;

/** Runs a function a number of frames before the end of the stack. Returns what it threw. */
function nearTheEnd(frames: number, run: () => void): unknown {
  let left = frames;
  let thrown: unknown;
  function descend(): void {
    try {
      descend();
    } catch {
      // The end of the stack. Each frame on the way back has more stack left.
    }
    left -= 1;
    if (left !== -1) return;
    try {
      run();
    } catch (error) {
      thrown = error;
    }
  }
  descend();
  return thrown;
}

/**
 * Calls a function at the end of the stack, then a frame before it, and so on, until it has enough stack.
 *
 * @param attempt - Gets a function that runs something near the end of the stack, and gives what it threw.
 * @returns How often it threw.
 */
export function nearTheEndOfTheStack(
  attempt: (run: (risky: () => void) => unknown) => void,
): number {
  let thrown = 0;
  let wentWell = 0;
  for (let frames = 0; wentWell < ENOUGH; frames += 1) {
    attempt((risky) => {
      const error = nearTheEnd(frames, risky);
      if (error === undefined) wentWell += 1;
      else {
        thrown += 1;
        wentWell = 0;
      }
      return error;
    });
  }
  return thrown;
}
