/** Tries that go well one after the other, each with a little more of the stack, before they are believed. */
const ENOUGH = 30;

/** Runs something a number of frames before the end of the stack; gives what it threw. */
function nearTheEnd(frames: number, run: () => void): unknown {
  let left = frames;
  let thrown: unknown;
  function descend(): void {
    try {
      descend();
    } catch {
      // The end of the stack: on the way back there is more of it in every frame.
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
 * Tries something at the end of the stack, then a frame before it, and so on, until there is enough of the stack.
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
