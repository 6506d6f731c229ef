import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { test } from 'vitest';

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

const prelude = `
  import { writeSync } from 'node:fs';
  const print = (value) => writeSync(1, JSON.stringify(value) + '\\n');
  const build = ${JSON.stringify(build.href)};
`;

/** The beginning of most scripts: imports the built package. */
export const importing = `
  const locked = await import(build + 'index.js');
  const { unsoundMemory } = await import(build + 'unsound.js');
  const codeOf = (call) => {
    try {
      call();
      return 'none';
    } catch ({ code }) {
      return code;
    }
  };
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

/** Runs a script that must end by itself, and returns its output. */
export function printedBy(script: string, options?: ChildOptions): unknown {
  const child = runChild(script, options);
  if (child.status !== 0) {
    throw new Error(`status ${child.status}, signal ${child.signal}: ${child.stderr}`);
  }
  return child.printed;
}

/** The name of a test, with the reason when it does not apply. */
export function named(name: string, reason: string | undefined): string {
  return reason === undefined ? name : `${name} (skipped: ${reason})`;
}

/** A test that is skipped for a reason, unless there is none. */
export function testUnless(reason: string | undefined, name: string, run: () => void): void {
  test.skipIf(reason !== undefined)(named(name, reason), run);
}

export const notLinux = process.platform === 'linux' ? undefined : 'only Linux says what is locked';

/** Why no ordinary user can run the build here; `undefined` when one can. */
export const noOrdinaryUser: string | undefined =
  notLinux ??
  whyNoOrdinaryUser({
    command: [
      process.execPath,
      '--eval',
      'require("node:fs").readFileSync(process.argv[1])',
      fileURLToPath(new URL('index.js', build)),
    ],
  });
