// Root has more rights, so these tests run as a user without any capability.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { asOrdinaryUser, whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { describe, expect, test } from 'vitest';
import { notLinux } from './support/target.js';

const isRoot = process.getuid?.() === 0;
const program = fileURLToPath(new URL('targets/as-ordinary-user.mjs', import.meta.url));

/** setpriv finds this Node.js with root's rights. Whether the user can run it shows only in the process. */
const readsAndSpawns = `
  const { execPath, argv } = process;
  process.exit(require('node:child_process').spawnSync(execPath, ['--check', argv[1]]).status ?? 1);
`;

function whySkipped(): string | undefined {
  if (notLinux) return 'Linux only';
  const command = [process.execPath, '-e', readsAndSpawns, program];
  return whyNoOrdinaryUser({ command }) === undefined
    ? undefined
    : 'setpriv is missing, or the user nobody may not read the repository or run this Node';
}

const skipped = whySkipped();

describe.skipIf(skipped !== undefined)(`an ordinary user (${skipped ?? 'runs'})`, () => {
  const foreign = isRoot ? process.pid : 1;

  test('scans its own processes, and gets an error that states the reason otherwise', async () => {
    const [command, ...rest] = [...asOrdinaryUser(), process.execPath, program, String(foreign)];
    const { stdout } = await promisify(execFile)(command, rest, { cwd: '/' });
    const result = JSON.parse(stdout);
    expect(result.user).not.toBe(0);
    expect(result.heap).toContainEqual({ encoding: 'raw', locked: false });
    expect(result.locked).toEqual([{ encoding: 'raw', locked: true }]);
    expect(result.foreign).toMatchObject({ code: 'ERR_MEMORY_SCAN_PERMISSION', cause: 'EACCES' });
    expect(result.foreign.message).toMatch(/CAP_SYS_PTRACE.*ptrace_scope/);
    // Under kernel.yama.ptrace_scope 1 a child may not read its parent.
    if (!Array.isArray(result.own)) expect(result.own.code).toBe('ERR_MEMORY_SCAN_PERMISSION');
    else expect(result.own).toEqual([]);
  });
});
