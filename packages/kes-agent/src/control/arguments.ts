/**
 * The command line and the environment of `kes-agent-control`: the verbs and flags of the reference's program.
 */
import { parseArgs } from 'node:util';
import type { RetryOptions } from '../client/retry.js';
import { defaultSocketPath } from '../sockets/default-path.js';

/** The verbs, with what they do. */
export const verbs = {
  'gen-staged-key': 'generate a staged key, and write its verification key',
  'export-staged-vkey': 'write the verification key of the staged key',
  'drop-staged-key': 'drop the staged key',
  'install-key': 'install the staged key with its operational certificate',
  'drop-key': 'drop the installed key',
  info: 'show what the agent holds',
} as const;

/** A verb. */
export type Verb = keyof typeof verbs;

/** A command that is understood. */
export interface ControlArguments {
  readonly verb: Verb;
  /** The control socket. */
  readonly path: string;
  readonly retry: RetryOptions;
  /** Whether failed attempts to connect are printed. */
  readonly showsRetries: boolean;
  /** Whether `gen-staged-key` may replace a staged key. */
  readonly replacesStaged: boolean;
  /** Where a verification key is written; `-` for standard output. */
  readonly verificationKeyFile: string;
  readonly certificateFile: string | undefined;
}

/** The command line cannot be understood. The exit code is 2 when no path of a socket is given and there is no default. */
export class UsageError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

const DEFAULT_DELAY = 1_000;
const LONGEST_DELAY = 5_000;

const options = {
  'control-address': { type: 'string', short: 'c' },
  verbose: { type: 'string', short: 'v' },
  'retry-interval': { type: 'string' },
  'retry-delay': { type: 'string' },
  'retry-exponential': { type: 'boolean' },
  'retry-attempts': { type: 'string' },
  'kes-verification-key-file': { type: 'string' },
  'opcert-file': { type: 'string' },
  'replace-staged': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** The text of `--help`. */
export const help = `Usage: kes-agent-control VERB [OPTIONS]

Verbs:
${Object.entries(verbs)
  .map(([verb, does]) => `  ${verb.padEnd(20)}${does}`)
  .join('\n')}

Options:
  -c, --control-address PATH        the control socket of the agent (KES_AGENT_CONTROL_PATH);
                                    kes-agent-control.socket when absent: in XDG_RUNTIME_DIR,
                                    or for root in /run/kes-agent
  --kes-verification-key-file FILE  for gen-staged-key and export-staged-vkey: where to write the
                                    verification key, - for standard output; kes.vkey when absent
  --replace-staged                  for gen-staged-key: replace a staged key, whose certificate is
                                    useless then
  --opcert-file FILE                for install-key: the operational certificate
  --retry-delay, --retry-interval   milliseconds between attempts to connect
                                    (KES_AGENT_CONTROL_RETRY_INTERVAL); 1000 when absent
  --retry-exponential               double the time after each attempt, up to 5000
  --retry-attempts N                further attempts to connect (KES_AGENT_CONTROL_RETRY_ATTEMPTS);
                                    0 when absent
  -v, --verbose N                   0 does not print failed attempts to connect; 1 when absent
  --version                         show the version
  -h, --help                        show this

Exit codes: 0 done, 1 any other failure, 2 no path of a socket, and the refusals of the agent: 1 key outdated,
2 certificate not valid, 3 no key, 4 unsupported, 5 unknown.
`;

/**
 * Reads the command line.
 *
 * @param args - Without the program.
 * @param environment - Stands in for absent options. A value that is no number is ignored.
 * @returns `help` or `version` when that is asked for.
 */
export function readArguments(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): ControlArguments | 'help' | 'version' {
  const { values, positionals } = parsed(args);
  if (values.help === true) return 'help';
  if (values.version === true) return 'version';
  const delay =
    count('--retry-delay', values['retry-delay'] ?? values['retry-interval']) ??
    countIn(environment['KES_AGENT_CONTROL_RETRY_INTERVAL']) ??
    DEFAULT_DELAY;
  const attempts =
    count('--retry-attempts', values['retry-attempts']) ??
    countIn(environment['KES_AGENT_CONTROL_RETRY_ATTEMPTS']) ??
    0;
  const verbosity = count('--verbose', values.verbose) ?? 1;
  const exponential = values['retry-exponential'] ?? false;
  return {
    verb: verbOf(positionals),
    path:
      values['control-address'] ??
      nonEmpty(environment['KES_AGENT_CONTROL_PATH']) ??
      defaultPathIn(environment),
    retry: { attempts, delay, exponential, longestDelay: Math.max(delay, LONGEST_DELAY) },
    showsRetries: verbosity > 0,
    replacesStaged: values['replace-staged'] ?? false,
    verificationKeyFile: values['kes-verification-key-file'] ?? 'kes.vkey',
    certificateFile: values['opcert-file'],
  };
}

function defaultPathIn(environment: NodeJS.ProcessEnv): string {
  const path = defaultSocketPath('control', environment);
  if (path !== undefined) return path;
  throw new UsageError(
    'give the control socket: --control-address PATH. It has no default, because XDG_RUNTIME_DIR is not set to a folder of this user',
    2,
  );
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function verbOf([verb, ...more]: readonly string[]): Verb {
  const names = Object.keys(verbs).join(', ');
  if (verb === undefined) throw new UsageError(`state a verb: ${names}`);
  if (!Object.hasOwn(verbs, verb))
    throw new UsageError(`there is no verb ${JSON.stringify(verb)}: use one of ${names}`);
  if (more.length > 0) throw new UsageError(`too many arguments after ${verb}`);
  return verb as Verb;
}

function count(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = countIn(text);
  if (number === undefined) throw new UsageError(`${flag}: expected a number from 0 to 2147483647`);
  return number;
}

function countIn(text: string | undefined): number | undefined {
  const number = /^\d+$/.test(text ?? '') ? Number(text) : NaN;
  return number <= 2_147_483_647 ? number : undefined;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
