import { resolve } from 'node:path';
import { DemoError, printable } from './demo-error.js';

/** What the user asked for. */
export interface Command {
  readonly help: boolean;
  /** Absolute path of a file of headers. */
  readonly headersPath: string | undefined;
}

/** What `--help` prints. */
export const HELP = `Usage: npm start [-- <headers.json>]

Runs one key's life on this machine and shows what each step proves.

  <headers.json>  also verify every block header in this file: its operational
                  certificate and its KES signature over the original bytes
  -h, --help      show this and do nothing

Exit code: 0 all shown; 1 a step or a header failed; 2 the command line or the file cannot be used.
`;

/**
 * Reads the command line.
 *
 * @param base - What a relative path is relative to.
 * @throws {@link DemoError} `USAGE`.
 */
export function readCommandLine(args: readonly string[], base: string): Command {
  const paths: string[] = [];
  let help = false;
  let optionsEnded = false;
  for (const arg of args) {
    if (optionsEnded || !arg.startsWith('-')) paths.push(arg);
    else if (arg === '--') optionsEnded = true;
    else if (arg === '--help' || arg === '-h') help = true;
    else throw usage(`unknown option ${printable(arg)}`);
  }
  if (paths.length > 1) throw usage('one file at most');
  const [path] = paths;
  if (path === '') throw usage('the path of the file is empty');
  return { help, headersPath: path === undefined ? undefined : resolve(base, path) };
}

function usage(what: string): DemoError {
  return new DemoError('USAGE', `${what} (see npm start -- --help)`);
}
