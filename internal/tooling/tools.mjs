// @ts-check
// Runs a program of the locked tools, in .ci/tools, which this installs when their lockfile changed; without arguments, it
// only installs them. A program finds all of them in its PATH.
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installTools } from './src/release/locked-tools.mjs';

const [command, ...args] = process.argv.slice(2);
const modules = installTools(fileURLToPath(new URL('../..', import.meta.url)));
if (command !== undefined) {
  const PATH = [join(modules, '.bin'), process.env['PATH']].join(delimiter);
  const env = { ...process.env, PATH };
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env });
  if (error) throw error;
  process.exitCode = status ?? 1;
}
