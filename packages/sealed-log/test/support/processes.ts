import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a script with the build of this package, in a process that the end of the test kills. */
export function scriptRun(
  script: string,
  args: readonly string[] = [],
  stdio: StdioOptions = ['pipe', 'pipe', 'inherit'],
  flags: readonly string[] = [],
): ChildProcess {
  const line = [...flags, '--input-type=module', '--eval', script, '--', ...args];
  const child = spawn(process.execPath, line, { cwd: packageFolder, stdio });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}
