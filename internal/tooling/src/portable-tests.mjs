// @ts-check
// Command: runs the tests that need neither native code nor Linux, for Alpine, Windows and macOS, and says what it leaves
// out. It builds what they need first.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const turbo = 'internal/tooling/turbo.mjs';
const vitest = 'node_modules/vitest/vitest.mjs';
/** Packages without native code, whose tests have none either. */
const whole = ['direct-serialise', 'test-vectors'];

console.log(`Runs: the short tests of ${whole.join(' and ')}; kes-verify with the vectors of others.
Left out: the other tests of kes-verify, which compare it with native code; all other packages, since sodium-native has
binaries for Linux (glibc), macOS and Windows only, and has been proved on Linux (glibc) only.`);

const built = [...whole, 'kes-verify'].map((name) => `--filter=@evolock/${name}`);
run(turbo, 'run', 'build', ...built, '--output-logs=errors-only');
run(vitest, 'run', ...whole.map((name) => `--project=@evolock/${name}`));
run(vitest, 'run', '--project=@evolock/kes-verify', 'without-native-code');

/** @param {readonly string[]} args of Node.js */
function run(...args) {
  const env = { ...process.env, EVOLOCK_SHORT_TESTS: '1' };
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
