/** Tells systemd that a service is ready. Node.js has no Unix datagram sockets, so the program of systemd does. */
import { spawn } from 'node:child_process';
import type { Context } from '@evolock/command-line/session';

/**
 * Runs `systemd-notify --ready` when the service manager waits for that. It delays nothing, and no failure of it ends the sealer.
 *
 * @param warn - Called when it does not succeed.
 */
export function tellReady(
  { environment }: Pick<Context, 'environment'>,
  warn: (words: string) => void,
): void {
  if ((environment['NOTIFY_SOCKET'] ?? '') === '') return;
  const failed = (why: string) => {
    warn(`systemd was not told that the sealer is ready: systemd-notify ${why}`);
  };
  const child = spawn('systemd-notify', ['--ready'], { env: { ...environment }, stdio: 'ignore' });
  child.once('error', ({ message }) => {
    failed(`cannot be run: ${message}`);
  });
  child.once('exit', (code) => {
    if (code !== 0) failed(`ends with ${code ?? 'a signal'}`);
  });
  // A service that ends before is ready no more.
  child.unref();
}
