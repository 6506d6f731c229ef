const { pid } = process;

function signal(name: 'SIGCONT' | 'SIGSTOP'): void {
  process.kill(pid, name);
}

/**
 * Compiles and resolves everything that stopping needs. The compiler uses the same stack as the operation under test,
 * and would overwrite what the operation left there.
 */
export function prepareToStop(): void {
  signal('SIGCONT');
}

/** Stops this process at once. Any output before would overwrite what the scan looks for. */
export function stopThisProcess(): void {
  signal('SIGSTOP');
}

/** The process stops after the exit handlers of the packages, which were added before this one. */
export function stopAtExit(): void {
  process.on('exit', stopThisProcess);
}

const LEVELS = 24;

/** Runs the work deeper in the stack than stopping gets, so that stopping overwrites nothing that the work left. */
export function furtherDown<Result>(work: () => Result, levels = LEVELS): Result {
  return levels === 0 ? work() : furtherDown(work, levels - 1);
}
