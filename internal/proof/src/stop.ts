const { pid } = process;

function signal(name: 'SIGCONT' | 'SIGSTOP'): void {
  process.kill(pid, name);
}

/**
 * Has everything that stopping needs compiled and looked up. The compiler works on the same stack as the operation
 * under test, and would overwrite what that left there.
 */
export function prepareToStop(): void {
  signal('SIGCONT');
}

/** Stops this process as it is: to say anything before would overwrite what the scan looks for. */
export function stopThisProcess(): void {
  signal('SIGSTOP');
}

const LEVELS = 24;

/** Does the work further down the stack than stopping ever gets, so that it overwrites nothing of what was left. */
export function furtherDown<Result>(work: () => Result, levels = LEVELS): Result {
  return levels === 0 ? work() : furtherDown(work, levels - 1);
}
