// Root has more rights, so this test runs as a user without any capability.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { asOrdinaryUser, whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { expect, test } from 'vitest';
import { notLinux } from './support/target.js';

const program = fileURLToPath(new URL('targets/as-ordinary-user.mjs', import.meta.url));

/** setpriv finds this Node.js with root's rights. Whether the user can run it shows only in the process. */
const readsAndSpawns = `
  const { execPath, argv } = process;
  process.exit(require('node:child_process').spawnSync(execPath, ['--check', argv[1]]).status ?? 1);
`;
const command = [process.execPath, '-e', readsAndSpawns, program];
const skipped = notLinux ? 'Linux only' : whyNoOrdinaryUser({ command });
const name =
  'an ordinary user scans its own processes, and gets an error that states the reason otherwise';

test.skipIf(skipped !== undefined)(`${name} (${skipped ?? 'runs'})`, async () => {
  const foreign = process.getuid?.() === 0 ? process.pid : 1;
  const [first, ...rest] = [...asOrdinaryUser(), process.execPath, program, String(foreign)];
  const result = JSON.parse((await promisify(execFile)(first, rest, { cwd: '/' })).stdout);
  expect(result.user).not.toBe(0);
  expect(result.child).toEqual(
    expect.arrayContaining(['small-array raw unlocked', 'locked raw locked']),
  );
  expect(result.foreign).toMatchObject({ code: 'ERR_MEMORY_SCAN_PERMISSION', cause: 'EACCES' });
  expect(result.foreign.message).toMatch(/CAP_SYS_PTRACE.*ptrace_scope/);
  // Under kernel.yama.ptrace_scope 1 a child may not read its parent.
  if (!Array.isArray(result.own)) expect(result.own.code).toBe('ERR_MEMORY_SCAN_PERMISSION');
  else expect(result.own).toEqual([]);
});
