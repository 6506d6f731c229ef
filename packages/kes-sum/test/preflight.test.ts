import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const dist = new URL('../dist/index.js', import.meta.url).href;

const script = `
  import { MLockedSeed, preflight, sum6Kes } from ${JSON.stringify(dist)};
  const { fits } = preflight(sum6Kes);
  const seed = MLockedSeed.newRandom(32);
  const keys = [];
  let code;
  try {
    for (;;) keys.push(sum6Kes.generateKey(seed));
  } catch (error) {
    code = error.code;
  }
  keys[0].update();
  console.log(JSON.stringify({ fits, made: keys.length, code }));
`;

/** Runs the script as an ordinary user under a lock limit, in KiB; undefined where that cannot be done. */
function madeUnder(limit: number): unknown {
  const shell = `ulimit -l ${String(limit)} && exec "${process.execPath}" --input-type=module -e "$SCRIPT"`;
  const asUser = [
    ...['--reuid=65534', '--regid=65534', '--clear-groups'],
    ...['--inh-caps=-all', '--bounding-set=-all', 'sh', '-c', shell],
  ];
  const options = { env: { ...process.env, SCRIPT: script }, encoding: 'utf8' } as const;
  const { status, stdout } =
    process.getuid?.() === 0
      ? spawnSync('setpriv', asUser, options)
      : spawnSync('sh', ['-c', shell], options);
  return status === 0 ? JSON.parse(stdout) : undefined;
}

const possible = process.platform === 'linux' && madeUnder(64) !== undefined;
const reason = possible ? '' : ' (skipped: no ordinary user could be made here)';

test.skipIf(!possible)(`the preflight tells exactly how many Sum6 keys fit${reason}`, () => {
  for (const limit of [64, 300]) {
    const { fits, made, code } = madeUnder(limit) as { fits: number; made: number; code: string };
    expect(code).toBe('ERR_EVOLOCK_LOCK_LIMIT');
    expect(fits).toBe(made);
  }
});
