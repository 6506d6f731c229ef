// The child process that a fuzzed call may read and stop. No other process gets a signal.
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

const send = process.kill.bind(process);
let pid: number | undefined;

/** Its process id. It ends when its input ends, and therefore with this process, however that ends. */
export function target() {
  if (pid !== undefined) return pid;
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  // The parent's end of a pipe is a socket.
  if (child.stdin instanceof Socket) child.stdin.unref();
  pid = child.pid;
  if (pid === undefined) throw new Error('cat does not start');
  const started = pid;
  process.on('exit', () => send(started, 'SIGKILL'));
  return started;
}

/** Stops it. Returns a function that continues it. */
export function stopTarget() {
  send(target(), 'SIGSTOP');
  return () => send(target(), 'SIGCONT');
}

/** From now on a signal to any other process is not sent, and reported. */
export function guardSignals() {
  process.kill = (to, signal) => {
    if (to !== pid)
      throw new Error(
        `a signal for process ${String(to)}, which may be a process of another program's`,
      );
    return send(to, signal);
  };
}
