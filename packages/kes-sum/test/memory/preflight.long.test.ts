import { spawnSync } from 'node:child_process';
import { asOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { expect, test } from 'vitest';

const dist = new URL('../../dist/index.js', import.meta.url).href;

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

/** Runs the script as an ordinary user under a lock limit in KiB; `undefined` when that is impossible. */
function madeUnder(limit: number): unknown {
  const [program, ...line] = [...asOrdinaryUser(limit), process.execPath, '--input-type=module'];
  const { status, stdout } = spawnSync(program, [...line, '-e', script], { encoding: 'utf8' });
  return status === 0 ? JSON.parse(stdout) : undefined;
}

const possible = process.platform === 'linux' && madeUnder(64) !== undefined;
const reason = possible ? '' : ' (skipped: no ordinary user could be made here)';

test.skipIf(!possible)(`preflight returns exactly how many Sum6 keys fit${reason}`, () => {
  for (const limit of [64, 300]) {
    const { fits, made, code } = madeUnder(limit) as { fits: number; made: number; code: string };
    expect(code).toBe('ERR_EVOLOCK_LOCK_LIMIT');
    expect(fits).toBe(made);
  }
});
