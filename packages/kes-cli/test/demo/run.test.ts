/** The built program as a user starts it, and every way in which its second process can fail. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { externalVectors } from '@evolock/test-vectors';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { demonstrate } from '../../src/demo/run.js';
import { complaintOf } from '../../src/complaint.js';
import { withSocketPath } from '../../src/demo/socket-folder.js';
import { named } from './external-data.js';
import { ownHeader } from '../support/own-header.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, INIT_CWD: folder, TMPDIR: folder, ...environment };
    const child = execFile(
      process.execPath,
      [main, 'demo', ...args],
      { env },
      (_error, stdout, stderr) => {
        resolve({ code: child.exitCode, stdout, stderr });
      },
    );
  });
}

/** How a demonstration that fails ends, as the command would say it. */
async function badEnding(ending: Promise<void>): Promise<{ code: number; stderr: string }> {
  try {
    await ending;
  } catch (error) {
    const { exitCode, message } = complaintOf(error);
    return { code: exitCode, stderr: message };
  }
  throw new Error('it ended well');
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evolock-test-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const headers = externalVectors('real-headers.json');

describe('kes demo', () => {
  it('shows every step, ends well, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await start([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const steps = stdout.split('\n').filter((line) => /^\d/.test(line));
    expect(steps).toEqual([
      '1  Locked memory: no swap, no core dump, wiped on release',
      '2  Generate a Sum6 key (ed25519_kes_2^6) from a random seed',
      '3  Sign, verify, evolve: periods 0 to 31',
      '4  No way back from period 32',
      '5  Hand the key to a second process: DirectSerialise over a Unix socket',
      '6  The second process goes on signing: periods 32 to 63',
      '7  Wipe',
    ]);
    for (const shown of [
      'locked so far: ',
      'each good at its own period, refused at the 63 others',
      '64 leaves at period 0, 32 now, none of the 32 that signed',
      'ERR_EVOLOCK_KES_PERIOD',
      'ERR_EVOLOCK_KES_LAST_PERIOD',
      'ERR_EVOLOCK_RELEASED',
      'wiped here: 0 live slots',
      'kes demo <headers.json>',
    ]) {
      expect(stdout).toContain(shown);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('colours nothing that is no terminal, whatever the environment says', async () => {
    const { stdout } = await start([], { CI: '1', FORCE_COLOR: '1' });
    expect(stdout).toContain('✓');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('\r');
  });

  it.skipIf(!headers.available)(
    named('verifies the headers of a file as well', headers),
    async () => {
      const { code, stdout, stderr } = await start([headers.available ? headers.path : '']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/ mainnet +│ shelley +│/);
      expect(stdout).toMatch(/all \d+ headers came out as the file expects/);
      expect(stdout).toContain('NOT checked');
      expect(stdout.split('\n').length).toBeLessThan(55);
    },
  );

  it('fails for a header that does not verify', async () => {
    const headerHex = Buffer.from(ownHeader()).toString('hex');
    // Not the parameters under which it was signed.
    const expected = { slotsPerKESPeriod: 1, maxKESEvolutions: 62 };
    writeFileSync(join(folder, 'headers.json'), JSON.stringify([{ headerHex, expected }]));
    const { code, stdout, stderr } = await start(['headers.json']);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ entry 0');
    expect(stderr).toBe('kes: error: 1 of 1 headers came out otherwise than the file expects\n');
  });

  it('fails when no header can be judged', async () => {
    writeFileSync(join(folder, 'headers.json'), '[{}]');
    const { code, stdout, stderr } = await start(['headers.json']);
    expect(code).toBe(1);
    expect(stdout).toContain('not judged: entry 0');
    expect(stderr).toBe('kes: error: no header of the file could be judged\n');
  });

  it.each([
    [3, ['missing.json'], /missing\.json: there is no such file$/],
    [3, ['.'], /: it cannot be read \(EISDIR\)$/],
    [2, ['--colour'], /unknown option '--colour' \(see kes demo --help\)$/],
    [2, ['one', 'two'], /too many arguments .*\(see kes demo --help\)$/],
    [3, ['--', '--missing'], /--missing: there is no such file$/],
  ])('says in one line what cannot be used: %i %j', async (exitCode, args, message) => {
    const { code, stdout, stderr } = await start(args);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    const [line, ...rest] = stderr.split('\n');
    expect(line).toMatch(/^kes: error: /);
    expect(line).toMatch(message);
    expect(rest).toEqual(['']);
  });

  it('says how it is used', async () => {
    const { code, stdout } = await start(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: kes demo/);
  });
});

describe('a second process that', () => {
  async function runWith(name: string, timeLimit?: number): Promise<Outcome> {
    vi.stubEnv('TMPDIR', folder);
    let stdout = '';
    const ending = demonstrate({
      stdout: { write: (text) => (stdout += String(text)) },
      colours: false,
      secondProcess: new URL(`second-processes/${name}.mjs`, import.meta.url),
      interruption: new AbortController().signal,
      ...(timeLimit === undefined ? {} : { timeLimit }),
    });
    return { ...(await badEnding(ending)), stdout };
  }

  it.each([
    ['killed', /the second process was killed by SIGKILL before it was done/],
    ['closes-early', /the second process closed the connection before it was done/],
    ['never-asks', /the second process ended without asking for the key/],
    ['fails', /the second process failed with exit code 3: no memory to lock/],
    ['babbles', /the second process sent something that is no message/],
    ['lies', /not so: the key that arrives is the one sent/],
    ['no-such-program', /the second process failed with exit code 1: /],
  ])('%s', async (name, message) => {
    const { code, stdout, stderr } = await runWith(name);
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).not.toContain('ours was wiped');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is silent', async () => {
    const { code, stderr } = await runWith('silent', 1_000);
    expect(code).toBe(3);
    expect(stderr).toMatch(/the hand-over was given up: .*timeout/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

it('the user can have enough, and the second process and the folder of its socket are gone', async () => {
  vi.stubEnv('TMPDIR', folder);
  const ending = demonstrate({
    stdout: { write: () => undefined },
    colours: false,
    secondProcess: new URL('second-processes/silent.mjs', import.meta.url),
    interruption: AbortSignal.abort(new Error('interrupted by SIGINT')),
  });
  expect(await badEnding(ending)).toEqual({
    code: 3,
    stderr: 'the hand-over was given up: interrupted by SIGINT',
  });
  expect(readdirSync(folder)).toEqual([]);
});

it('a missing folder for temporary files is an error of one line', async () => {
  const { code, stderr } = await start([], { TMPDIR: join(folder, 'missing') });
  expect(code).toBe(3);
  expect(stderr).toMatch(/^kes: error: ENOENT.*\n$/);
});

it('a socket whose path would be cut short is not made', async () => {
  const long = join(folder, 'x'.repeat(100));
  mkdirSync(long);
  const { code, stderr } = await start([], { TMPDIR: long });
  expect(code).toBe(3);
  expect(stderr).toMatch(/^kes: error: the path .* is too long for a Unix socket.*\n$/);
  expect(readdirSync(long)).toEqual([]);
});

it('only this user can reach the socket', async () => {
  vi.stubEnv('TMPDIR', folder);
  const mode = await withSocketPath(async (path) => statSync(dirname(path)).mode & 0o777);
  expect(mode).toBe(0o700);
});
