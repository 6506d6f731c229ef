import { chmodSync, readFileSync } from 'node:fs';
import { asOrdinaryUser, whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { describe, expect, it } from 'vitest';
import { checkCoreDumps } from '../src/doctor/core-dumps.js';
import { checkKeysThatFit, checkLockLimit } from '../src/doctor/lock-limit.js';
import { checkPtraceScope } from '../src/doctor/ptrace-scope.js';
import { checkSwap } from '../src/doctor/swap.js';
import { inFolder } from './support/folder.js';
import { kes, kesJson, program } from './support/kes.js';

/** A machine that has these files and no others. */
function machine(files: Readonly<Record<string, string>>) {
  return (path: string) => files[path];
}

const status = { policy: 'require', unlockedRegions: 0 } as const;

describe('the lock limit', () => {
  it.each([
    ['good', { limit: 65_536, locked: 0, unlimited: true }],
    ['good', { limit: 8_388_608, locked: 4_096, unlimited: false }],
    ['good', { limit: Infinity, locked: 0, unlimited: false }],
    ['bad', { limit: 0, locked: 0, unlimited: false }],
    ['unknown', { limit: undefined, locked: undefined, unlimited: undefined }],
  ])('is %s with %j', (state, kernel) => {
    const check = checkLockLimit({ ...status, ...kernel });
    expect(check.state).toBe(state);
    expect(check.fix === undefined).toBe(state !== 'bad');
  });

  it.each([
    ['good', 12],
    ['bad', 0],
  ])('is %s where %j keys fit', (state, fits) => {
    expect(checkKeysThatFit(fits).state).toBe(state);
  });
});

describe('swap', () => {
  const heading = 'Filename\tType\tSize\tUsed\tPriority\n';
  it.each([
    ['good', heading],
    ['weak', `${heading}/dev/sda2  partition\t4194300\t0\t-2\n`],
    ['good', `${heading}/dev/zram0  partition\t4194300\t0\t100\n`],
  ])('is %s with %j', (state, text) => {
    expect(checkSwap(machine({ '/proc/swaps': text })).state).toBe(state);
  });

  it('is unknown on a platform that does not tell', () => {
    expect(checkSwap(machine({})).state).toBe('unknown');
  });
});

describe('core dumps', () => {
  it.each([
    ['good', 0, 'core'],
    ['bad', 1_048_576, 'core'],
    ['bad', Infinity, 'core'],
    ['bad', Infinity, '|/usr/lib/systemd/systemd-coredump %P'],
    // What a program takes through a pipe does not heed the limit.
    ['weak', 0, '|/usr/lib/systemd/systemd-coredump %P'],
    ['unknown', undefined, 'core'],
  ])('are %s with limit %s and pattern %s', (state, coreLimit, pattern) => {
    const files = { '/proc/sys/kernel/core_pattern': pattern };
    const check = checkCoreDumps(machine(files), { coreLimit });
    expect(check.state).toBe(state);
    expect(check.fix === undefined).toBe(state === 'good' || state === 'unknown');
  });
});

describe('the ptrace scope', () => {
  it.each([
    ['weak', '0\n'],
    ['good', '1\n'],
    ['good', '2\n'],
    ['good', '3\n'],
  ])('is %s with %j', (state, text) => {
    const check = checkPtraceScope(machine({ '/proc/sys/kernel/yama/ptrace_scope': text }));
    expect(check.state).toBe(state);
  });

  it('is unknown without Yama, and still has a fix', () => {
    expect(checkPtraceScope(machine({}))).toMatchObject({
      state: 'unknown',
      fix: expect.any(String),
    });
  });
});

/** Runs a command under a soft limit of core dumps, in KiB. */
const coreLimit = (limit: string) => ['bash', '-c', `ulimit -S -c ${limit} && exec "$@"`, 'bash'];

describe('kes doctor', () => {
  it('insists on core dumps being off', async () => {
    const { code, stdout } = await kes(['doctor'], { before: coreLimit('1024') });
    expect(code).toBe(3);
    expect(stdout).toContain('✗ core dumps');
    expect(stdout).toContain('LimitCORE=0');
    expect(stdout).toContain('turn core dumps off');
  });

  it('names every check, for people and for scripts', async () => {
    const names = ['lock limit', 'keys that fit', 'swap', 'core dumps', 'ptrace scope'];
    const before = coreLimit('0');
    const { code, stdout, stderr } = await kes(['doctor'], { before });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of names) expect(stdout).toContain(name);
    const { json } = await kesJson(['doctor'], { before });
    expect(json.able).toBe(true);
    expect(json.checks.map((check: { name: string }) => check.name)).toEqual(names);
  });

  const reason = whyNoOrdinaryUser({ command: [process.execPath, program, '--version'] });
  const named = (name: string): string =>
    reason === undefined ? name : `${name} (skipped: ${reason})`;

  it.skipIf(reason !== undefined)(named('ends with 3 where nothing may be locked'), async () => {
    const { code, stdout } = await kes(['doctor'], { before: asOrdinaryUser(0), cwd: '/' });
    expect(code).toBe(3);
    expect(stdout).toContain('✗ lock limit');
    expect(stdout).toContain('LimitMEMLOCK=infinity');
    expect(stdout).toContain('✗ keys that fit  0 Sum6 keys');
  });

  it.skipIf(reason !== undefined).each([
    [36, 3],
    [40, 0],
    [64, 0],
  ])(
    named(
      'is right: under a limit of %i KiB it ends with %i, and so does the command that takes most',
    ),
    async (limit, expected) => {
      // An ordinary user has to be able to write there.
      chmodSync(inFolder(), 0o777);
      const before = [...coreLimit('0'), ...asOrdinaryUser(limit)];
      const [skey, vkey] = [inFolder('kes.skey'), inFolder('kes.vkey')];
      const keygen = ['keygen', '--skey', skey, '--vkey', vkey];
      expect((await kes(keygen, { before, cwd: '/' })).code).toBe(0);
      // A message that may be a key, as far as can be told before its end, is read into locked memory.
      const input = readFileSync(vkey);
      const signed = await kes(['sign', '--skey', skey, '-'], { before, cwd: '/', input });
      expect(signed.code).toBe(expected);
      expect(signed.stderr).toMatch(expected === 0 ? /^$/ : /^kes: error: .*ulimit -l[^\n]*\n$/);
      expect((await kes(['doctor'], { before, cwd: '/' })).code).toBe(expected);
    },
  );
});
