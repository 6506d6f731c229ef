/** The programs of the rehearsal. They are installed into a temporary folder, since nothing else needs them. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** Installs the programs into an empty folder. */
export async function installTools(root: string, folder: string): Promise<Tools> {
  // The version of changesets is that of the scripts.
  const [, changesets = ''] =
    /@changesets\/cli@([\d.]+)/.exec(readFileSync(join(root, 'package.json'), 'utf8')) ?? [];
  const platform = `npm:node-${process.platform}-${process.arch}`;
  const dependencies = {
    '@changesets/cli': changesets,
    'node-20': `${platform}@^20.19`,
    'node-22': `${platform}@^22.12`,
    'node-24': `${platform}@^24`,
    pnpm: '10.34.8',
    verdaccio: '6.7.4',
  };
  // verdaccio asks for the tag `cjs` of node-fetch, which mirrors of the registry may not have.
  const manifest = { private: true, dependencies, overrides: { 'node-fetch': '2.7.0' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  await run(folder, 'npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts']);
  const modules = join(folder, 'node_modules');
  const nodeIn = async (name: string): Promise<Node> => {
    const bin = join(modules, name, 'bin');
    const version = await run(folder, join(bin, 'node'), ['--version']);
    return { version: version.trim(), folder: bin };
  };
  return { modules, nodes: await Promise.all(['node-20', 'node-22', 'node-24'].map(nodeIn)) };
}

/** What `npm run` sets for its scripts. With it npm would take the repository for the project. */
const ofScripts =
  /^(?:npm_(?:package|lifecycle)_|npm_config_(?:local_prefix|engine_strict)$|INIT_CWD$)/;

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
  const outer = Object.entries(process.env).filter(([name]) => !ofScripts.test(name));
  const all = { ...Object.fromEntries(outer), ...env };
  const options = { cwd, env: all, timeout: TIMEOUT, maxBuffer: 2 ** 26 };
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command} ${args.join(' ')}\n${error.message}\n${stdout}${stderr}`));
    });
  });
}
