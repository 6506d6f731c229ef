import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const build = new URL('../../dist/', import.meta.url);

export interface Child {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** What the script printed by `print`. */
  readonly printed: unknown;
}

export interface ChildOptions {
  /** Goes before `node` on the command line. */
  readonly prefix?: readonly string[];
  readonly nodeArguments?: readonly string[];
}

/** Where the build of this package is, as a script imports it. */
export const buildUrl = build.href;

const prelude = `
  import { writeSync } from 'node:fs';
  const print = (value) => writeSync(1, JSON.stringify(value) + '\\n');
  const build = ${JSON.stringify(build.href)};
`;

/** Imports the build of this package, as most scripts begin. */
export const importing = `
  const locked = await import(build + 'index.js');
  const { unsoundMemory } = await import(build + 'unsound.js');
`;

/** Runs a script in a process of its own, with the build of this package. */
export function runChild(script: string, options: ChildOptions = {}): Child {
  const { prefix = [], nodeArguments = [] } = options;
  const command = [
    ...prefix,
    process.execPath,
    ...nodeArguments,
    '--input-type=module',
    '--eval',
    prelude + script,
  ];
  const { status, signal, stdout, stderr, error } = spawnSync(command[0]!, command.slice(1), {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (error !== undefined) throw error;
  return { status, signal, stderr, printed: stdout === '' ? undefined : JSON.parse(stdout) };
}

/** Runs a script that has to end by itself, and says what it printed. */
export function printedBy(script: string, options?: ChildOptions): unknown {
  const child = runChild(script, options);
  if (child.status !== 0) {
    throw new Error(`status ${child.status}, signal ${child.signal}: ${child.stderr}`);
  }
  return child.printed;
}

/** A name for a test that may not apply, which says why it does not. */
export function named(name: string, reason: string | undefined): string {
  return reason === undefined ? name : `${name} (skipped: ${reason})`;
}

export const notLinux = process.platform === 'linux' ? undefined : 'only Linux says what is locked';

/** Runs a command under a limit of locked memory, in KiB. */
export function underLimit(kibibytes: number, prefix: readonly string[]): readonly string[] {
  return ['sh', '-c', `ulimit -l ${kibibytes}; exec "$0" "$@"`, ...prefix];
}

/** How to become a user for whom the limit of locked memory holds, or why that is not possible here. */
export const ordinaryUser = ((): { prefix: readonly string[]; reason: string | undefined } => {
  if (notLinux !== undefined) return { prefix: [], reason: notLinux };
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  const ipcLock = (BigInt(`0x${capabilities?.[1] ?? '0'}`) >> 14n) & 1n;
  if (ipcLock === 0n) return { prefix: [], reason: undefined };
  const prefix = [
    'setpriv',
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    '--inh-caps=-all',
    '--bounding-set=-all',
  ];
  const script = 'require("node:fs").readFileSync(process.argv[1])';
  const entry = fileURLToPath(new URL('index.js', build));
  const probe = [...prefix.slice(1), process.execPath, '--eval', script, entry];
  const works = spawnSync('setpriv', probe).status === 0;
  const reason = works ? undefined : 'root, and setpriv cannot run the build as another user';
  return { prefix, reason };
})();
