// The child process that a fuzzed call may read and stop. No other process gets a signal.
import { spawn } from 'node:child_process';

const send = process.kill.bind(process);
let pid;

/** Its process id. It ends when its input ends, and therefore with this process, however that ends. */
export function target() {
  if (pid !== undefined) return pid;
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  child.stdin.unref();
  pid = child.pid;
  process.on('exit', () => send(pid, 'SIGKILL'));
  return pid;
}

/** Stops it. Returns a function that continues it. */
export function stopTarget() {
  send(target(), 'SIGSTOP');
  return () => send(target(), 'SIGCONT');
}

/** From now on a signal to any other process is not sent, and reported. */
export function guardSignals() {
  process.kill = (to, signal) => {
    if (to !== pid) throw new Error(`a signal for process ${String(to)}, which is somebody's`);
    return send(to, signal);
  };
}
