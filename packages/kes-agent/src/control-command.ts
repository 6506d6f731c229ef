/** The process of the command `kes-agent-control`: its streams and its exit code. */
import { FAILURE, runControl, type Output } from './control/run.js';

const output: Output = {
  print: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`kes-agent-control: ${line}\n`),
};

// A reader that closes the pipe early is not an error. A full disk is: the output is lost.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.exitCode = FAILURE;
  output.warn(`error: standard output: ${error.message}`);
});
// The message is lost. The exit code remains.
process.stderr.on('error', () => undefined);

void runControl(process.argv.slice(2), process.env, output).then((code) => {
  process.exitCode ??= code;
});
