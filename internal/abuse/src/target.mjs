// The one process that a fuzzed call may read and stop: a child made for it. Nobody else is ever sent a signal.
import { spawn } from 'node:child_process';

const send = process.kill.bind(process);
let pid;

/** Its id. It ends with its input, and so with this process, however that ends. */
export function target() {
  if (pid !== undefined) return pid;
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  child.stdin.unref();
  pid = child.pid;
  process.on('exit', () => send(pid, 'SIGKILL'));
  return pid;
}

/** Stops it, and gives what lets it go on. */
export function stopTarget() {
  send(target(), 'SIGSTOP');
  return () => send(target(), 'SIGCONT');
}

/** From now on whoever sends a signal to anybody else is found out, and the signal is not sent. */
export function guardSignals() {
  process.kill = (to, signal) => {
    if (to !== pid) throw new Error(`a signal for process ${String(to)}, which is somebody's`);
    return send(to, signal);
  };
}
