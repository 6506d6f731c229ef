/** The command in its process: limits, users, pipes, full disks and terminals. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { writeVerificationKey } from '@evolock/cardano-kes';
import { asOrdinaryUser, whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeColdKey, makeKey } from '../support/files.js';
import { inFolder } from '@evolock/command-testing/folder';
import { kes } from '../support/kes.js';
import { kesProcess, program } from '../support/processes/process.js';

const coreLimit = (limit: string) => ['bash', '-c', `ulimit -S -c ${limit} && exec "$@"`, 'bash'];

const noUser = whyNoOrdinaryUser({ command: [process.execPath, program, '--version'] });
const named = (name: string): string =>
  noUser === undefined ? name : `${name} (skipped: ${noUser})`;

describe('kes doctor', () => {
  test('ends with 3 when core dumps are on, and with 0 when they are off', async () => {
    const { code, stdout } = await kesProcess(['doctor'], { before: coreLimit('1024') });
    expect(code).toBe(3);
    expect(stdout).toContain('✗ core dumps');
    expect(stdout).toContain('LimitCORE=0');
    expect(stdout).toContain('turn core dumps off');
    expect((await kesProcess(['doctor'], { before: coreLimit('0') })).code).toBe(0);
  });

  test.skipIf(noUser !== undefined)(named('ends with 3 when nothing can be locked'), async () => {
    const { code, stdout } = await kesProcess(['doctor'], { before: asOrdinaryUser(0), cwd: '/' });
    expect(code).toBe(3);
    expect(stdout).toContain('✗ lock limit');
    expect(stdout).toContain('LimitMEMLOCK=infinity');
    expect(stdout).toContain('✗ keys that fit  0 Sum6 keys');
  });

  test.skipIf(noUser !== undefined).each([
    [28, 3],
    [32, 0],
    [64, 0],
  ])(
    named('under a limit of %i KiB ends with %i, and so does the command that locks most'),
    async (limit, expected) => {
      // The ordinary user writes there.
      chmodSync(inFolder(), 0o777);
      const before = [...coreLimit('0'), ...asOrdinaryUser(limit)];
      const [skey, vkey] = [inFolder('kes.skey'), inFolder('kes.vkey')];
      const keygen = ['keygen', '--skey', skey, '--vkey', vkey];
      expect((await kesProcess(keygen, { before, cwd: '/' })).code).toBe(0);
      // A message that could be a key until its end is read into locked memory.
      const input = readFileSync(vkey);
      const sign = ['sign', '--skey', skey, '-'];
      const signed = await kesProcess(sign, { before, cwd: '/', input });
      expect(signed.code).toBe(expected);
      expect(signed.stderr).toMatch(expected === 0 ? /^$/ : /^kes: error: .*ulimit -l[^\n]*\n$/);
      expect((await kesProcess(['doctor'], { before, cwd: '/' })).code).toBe(expected);
    },
  );
});

describe('a public file', () => {
  beforeEach(async () => {
    makeColdKey(inFolder());
    writeVerificationKey('kes', inFolder('kes.vkey'), makeKey(inFolder('kes.skey')));
    writeFileSync(inFolder('message'), 'a message');
    const issue = 'opcert issue --cold-skey cold.skey --unchecked --start-period 500'.split(' ');
    const files = ['--counter', 'cold.counter', '--kes-vkey', 'kes.vkey', '--out', 'node.cert'];
    await kes([...issue, ...files], { cwd: inFolder() });
    await kes(['sign', '--skey', 'kes.skey', '--out', 'sig', 'message'], { cwd: inFolder() });
  });

  test.each([
    ['inspect', ['inspect'], 'cold.counter'],
    ['inspect of a certificate', ['inspect'], 'node.cert'],
    ['verify', ['verify', '--cert', 'node.cert', '--period', '0', '--signature', 'sig'], 'message'],
  ])(
    'is read from a link, /dev/stdin, a pipe and process substitution: %s',
    async (_name, args, file) => {
      const { stdout } = await kes([...args, file, '--json'], { cwd: inFolder() });
      expect(stdout).toContain('{');
      symlinkSync(file, inFolder('link'));
      expect(await kes([...args, 'link', '--json'], { cwd: inFolder() })).toMatchObject({ stdout });
      const shell = ['bash', '-c', `"$@" /dev/stdin < ${file}`, 'bash'];
      const substitution = ['bash', '-c', `"$@" <(cat ${file})`, 'bash'];
      const piped = ['bash', '-c', `cat ${file} | "$@" /dev/stdin`, 'bash'];
      const runs = [shell, substitution, piped].map((before) =>
        kesProcess([...args, '--json'], { cwd: inFolder(), before }),
      );
      const input = readFileSync(inFolder(file));
      runs.push(kesProcess([...args, '-', '--json'], { cwd: inFolder(), input }));
      for (const ended of await Promise.all(runs)) {
        expect(ended).toMatchObject({ code: 0, stdout, stderr: '' });
      }
    },
  );
});

describe.runIf(existsSync('/dev/full'))('a full disk', () => {
  /** Runs with one output to a device that is always full. */
  function intoFull(args: string[], full: 'stdout' | 'stderr'): { code: unknown; stderr: string } {
    const fd = openSync('/dev/full', 'w');
    try {
      const [stdout, stderr] = full === 'stdout' ? [fd, 'pipe' as const] : ['pipe' as const, fd];
      const ended = spawnSync(process.execPath, [program, ...args], {
        stdio: ['ignore', stdout, stderr],
        encoding: 'utf8',
      });
      return { code: ended.status, stderr: ended.stderr };
    } finally {
      closeSync(fd);
    }
  }

  test('on standard output is an error', () => {
    makeKey(inFolder('kes.skey'));
    expect(intoFull(['vkey', inFolder('kes.skey')], 'stdout')).toEqual({
      code: 3,
      stderr: 'kes: error: standard output: the disk is full: free some space and try again\n',
    });
  });

  test('on standard error changes no exit code', () => {
    expect(intoFull(['nonsense'], 'stderr').code).toBe(2);
  });
});

/** Runs the command on a terminal of its own, by script(1), with what is typed there. */
function onTerminal(
  args: string,
  environment: Record<string, string>,
  input = '',
): string | undefined {
  const line = `${process.execPath} ${program} ${args}`;
  const env = { ...process.env, TERM: 'xterm-256color', NO_COLOR: '', ...environment };
  const { stdout, error, status } = spawnSync('script', ['-qec', line, '/dev/null'], {
    env,
    input,
  });
  return error === undefined && status === 0 ? String(stdout) : undefined;
}

const why = onTerminal('--version', {}) === undefined ? 'script(1) is not installed' : undefined;

test.skipIf(why !== undefined)(
  `a command that waits for what is typed says so${why === undefined ? '' : ` (skipped: ${why})`}`,
  () => {
    makeKey(inFolder('kes.skey'));
    for (const message of ['-', '/dev/stdin']) {
      const sign = `sign --skey ${inFolder('kes.skey')} ${message}`;
      expect(onTerminal(sign, {}, 'typed\n')).toMatch(/kes: waiting for .*Ctrl-D/);
    }
  },
);
