/** What `npm start` runs. */
import { run } from './run.js';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Handled, so that the socket's folder and the keys go as on any other error; a second one ends it at once.
  process.once(signal, () => interruption.abort(new Error(`interrupted by ${signal}`)));
}
// A reader that has enough (`npm start | head`) is no error, and the key is wiped all the same.
process.stdout.on('error', () => undefined);

// `npm start` runs in the root of the repository; the user's path is relative to where the user is.
process.exitCode = await run({
  args: process.argv.slice(2),
  base: process.env['INIT_CWD'] ?? process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  secondProcess: new URL('./second-process.js', import.meta.url),
  interruption: interruption.signal,
});
