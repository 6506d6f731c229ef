/** The programs of the rehearsal, and how it runs them. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { installTools, outerEnvironment } from './locked-tools.mjs';

/** A Node.js, and the folder of its program. */
export interface Node {
  readonly version: string;
  readonly folder: string;
}

export interface Tools {
  /** The folder `node_modules` that has them. */
  readonly modules: string;
  readonly nodes: readonly Node[];
}

/** The programs of the rehearsal, which are installed when they are not there yet. */
export async function readyTools(root: string): Promise<Tools> {
  const modules = installTools(root);
  const nodes = ['20', '22', '24'].map(async (major) => {
    const bin = join(modules, `node-${major}-${process.platform}-${process.arch}`, 'bin');
    const version = await run(root, join(bin, 'node'), ['--version']);
    return { version: version.trim(), folder: bin };
  });
  return { modules, nodes: await Promise.all(nodes) };
}

/** Ends a program that hangs. Milliseconds. */
const TIMEOUT = 600_000;

/**
 * Runs a program to its end, and returns its standard output.
 *
 * @param env is set beside the variables of this process.
 * @throws Error with the whole output when the program fails.
 */
export function run(
  cwd: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = {
    cwd,
    env: { ...outerEnvironment(), ...env },
    timeout: TIMEOUT,
    maxBuffer: 2 ** 26,
  };
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command} ${args.join(' ')}\n${error.message}\n${stdout}${stderr}`));
    });
  });
}
