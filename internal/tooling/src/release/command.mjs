// Runs a program to its end, and keeps its output for the case that it fails.
import { execFile } from 'node:child_process';

/** Ends a program that hangs. */
const TIMEOUT = 600_000;

/**
 * @param {string} cwd
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env] set beside the variables of this process
 * @returns {Promise<string>} what the program prints to its standard output
 * @throws {Error} with the whole output, when the program fails
 */
export function run(cwd, command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...outerEnvironment(), ...env }, timeout: TIMEOUT };
    execFile(command, args, { ...options, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command} ${args.join(' ')}\n${error.message}\n${stdout}${stderr}`));
    });
  });
}

/**
 * @returns {NodeJS.ProcessEnv} without what `npm run` sets for its scripts: npm would take the repository for the project,
 *   and its `.npmrc` for that of the project
 */
function outerEnvironment() {
  const set =
    /^(?:npm_(?:package|lifecycle)_|npm_config_(?:local_prefix|engine_strict)$|INIT_CWD$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !set.test(name)));
}
