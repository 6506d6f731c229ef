/** A user who lacks a right is told what gives it. Followed to the end, that seals the log, and no other user loses a right. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { asOrdinaryUser, NOBODY, whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { expect, test } from 'vitest';
import { newPlace } from '../support/engines.js';
import { program } from './sealed-log.js';

/** The user of the application, and a group that is not the sealer's. */
const APP = NOBODY - 1;

const skipped =
  process.getuid?.() === 0
    ? whyNoOrdinaryUser({ command: [process.execPath, program, '--version'] })
    : 'only root gives files to other users';

/** A log of the application in a folder for the group of the sealer, and the folder of the key. */
function newLog(folderMode: number, logMode: number, group = NOBODY) {
  const { folder } = newPlace();
  chmodSync(folder, 0o755);
  const logs = join(folder, 'logs');
  const state = join(folder, 'state');
  mkdirSync(logs);
  mkdirSync(state, { mode: 0o700 });
  const log = join(logs, 'audit.log');
  writeFileSync(log, 'one\n');
  chownSync(log, APP, group);
  chownSync(logs, APP, group);
  chownSync(state, NOBODY, NOBODY);
  chmodSync(log, logMode);
  chmodSync(logs, 0o2000 | folderMode);
  return { log, logs, keyFile: join(state, 'audit.key') };
}

function run(line: readonly string[], input = '') {
  const [first, ...rest] = [...asOrdinaryUser(), process.execPath, program, ...line];
  return spawnSync(first!, rest, { cwd: '/', encoding: 'utf8', input });
}

/** The name of the user who seals. */
const SEALER =
  spawnSync('id', ['-nu', String(NOBODY)], { encoding: 'utf8' }).stdout.trim() || String(NOBODY);

/** Runs it as another user than the sealer, who has no group. */
function runAs(user: number, line: readonly string[], input = '') {
  const rights = [`--reuid=${user}`, `--regid=${user}`, '--clear-groups'];
  const environment = { ...process.env, HOME: '/nonexistent' };
  const options = { cwd: '/', encoding: 'utf8', input, env: environment } as const;
  return spawnSync('setpriv', [...rights, process.execPath, program, ...line], options);
}

/** Does what a message advises, as root. */
function follow(message: string): void {
  const lines = message.match(/(?:chmod|chgrp) [^;\n]+/g) ?? [];
  expect(lines, message).not.toEqual([]);
  for (const line of lines)
    expect(spawnSync('sh', ['-c', line], { encoding: 'utf8' })).toMatchObject({ status: 0 });
}

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

const name = `(${skipped === undefined ? 'runs' : `skipped: ${skipped}`})`;

test.skipIf(skipped !== undefined).each([
  ['a folder that the group may not write to', 0o750, 0o640, NOBODY],
  ['a log that the group may not read', 0o770, 0o600, NOBODY],
  ['both', 0o750, 0o600, NOBODY],
  ['a folder that the group may not enter', 0o700, 0o600, NOBODY],
  ['a folder of another group', 0o700, 0o600, APP],
])(`a sealer gets its rights by the advice: %s ${name}`, (_, folderMode, logMode, group) => {
  const { log, logs, keyFile } = newLog(folderMode, logMode, group);
  const line = ['init', log, '--origin', 'example.com/rights', '--key-file', keyFile];
  let refused = 0;
  let ended = run(line);
  for (; ended.status === 3 && refused < 3; refused += 1) {
    follow(ended.stderr);
    ended = run(line);
  }
  expect([refused > 0, ended.status, ended.stderr]).toEqual([true, 0, '']);
  // As in the recipe.
  expect([modeOf(logs), modeOf(log), statSync(log).uid]).toEqual(['2770', '640', APP]);
  const key = readFileSync(`${keyFile}.verifier`, 'utf8').trim();
  expect(run(['verify', log, '--key', key])).toMatchObject({ status: 0 });
});

test.skipIf(skipped !== undefined)(
  `a right that is taken from a sealed log is told by status and start, and write says what it needs ${name}`,
  () => {
    const { log, keyFile } = newLog(0o770, 0o640);
    const key = ['--key-file', keyFile];
    expect(run(['init', log, '--origin', 'example.com/rights', ...key]).status).toBe(0);
    chmodSync(log, 0o600);
    const status = run(['status', log, ...key]);
    expect([status.status, status.stdout.replaceAll(/\s+/g, ' ')]).toEqual([
      3,
      expect.stringContaining(`chmod g+r ${log}`),
    ]);
    const refused = run(['write', log, ...key], 'two\n');
    expect(refused.status).toBe(3);
    follow(refused.stderr);
    expect(run(['status', log, ...key]).status).toBe(0);
    // A sealer gets no right to write.
    const unwritten = run(['write', log, ...key], 'two\n');
    expect([unwritten.status, unwritten.stderr]).toEqual([
      3,
      expect.stringContaining('seal what they append with the command follow'),
    ]);
    expect(unwritten.stderr).not.toMatch(/chmod|chgrp|chown/);
    expect([readFileSync(log, 'utf8'), modeOf(log)]).toEqual(['one\n', '640']);
  },
);

test.skipIf(skipped !== undefined)(
  `the application, in the recipe's folder, is told who seals there, and the sealer goes on ${name}`,
  () => {
    const { log, keyFile } = newLog(0o770, 0o640);
    const key = ['--key-file', keyFile];
    const origin = ['--origin', 'example.com/rights'];
    expect(run(['init', log, ...origin, ...key]).status).toBe(0);
    const verifierKey = readFileSync(`${keyFile}.verifier`, 'utf8').trim();
    const files = [log, `${log}.seals`, `${log}.hashes`];
    const ownersOf = () => files.map((file) => [statSync(file).uid, statSync(file).gid]);
    const before = ownersOf();
    for (const line of [
      ['write', log],
      ['write', log, ...key],
      ['follow', log, ...key],
      ['status', log],
      ['checkpoint', log, '--key', verifierKey],
      ['renew', log, ...origin, '--reason', 'a test', '--without-old-key'],
    ]) {
      const { status, stderr } = runAs(APP, line, 'of the application\n');
      expect([status, stderr], line.join(' ')).toEqual([
        3,
        expect.stringContaining(`run this as user ${SEALER}`),
      ]);
      expect(stderr).not.toMatch(/chmod|chgrp|chown|renew/);
    }
    // Lines are appended all the same, and the sealer takes them.
    expect(readFileSync(log, 'utf8')).toBe(`one\n${'of the application\n'.repeat(2)}`);
    expect(ownersOf()).toEqual(before);
    expect(run(['write', log, ...key]).stderr).toContain('3 entries');
    expect(run(['verify', log, '--key', verifierKey])).toMatchObject({ status: 0 });
    // Root, who has no key either, is asked for it.
    const { status, stderr } = spawnSync(process.execPath, [program, 'status', log], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining('--key-file')]);
    expect(stderr).not.toMatch(/chmod|chgrp|chown/);
  },
);

test.skipIf(skipped !== undefined)(
  `a folder to which the sealer may not write any more is told by status, with its chmod ${name}`,
  () => {
    const { log, logs, keyFile } = newLog(0o770, 0o640);
    const key = ['--key-file', keyFile];
    expect(run(['init', log, '--origin', 'example.com/rights', ...key]).status).toBe(0);
    expect(run(['status', log, ...key]).status).toBe(0);
    for (const mode of [0o2750, 0o2700]) {
      chmodSync(logs, mode);
      const { status, stdout, stderr } = run(['status', log, ...key]);
      expect(status).toBe(3);
      follow(/chmod \S+ \S+/.exec(`${stdout}${stderr}`.replaceAll(/\s+/g, ' '))?.[0] ?? '');
      expect([modeOf(logs), run(['status', log, ...key]).status]).toEqual(['2770', 0]);
    }
  },
);

test.skipIf(skipped !== undefined).each([
  ['the log, as a link', '', symlinkSync],
  ['the log, as a second name', '', linkSync],
  ['the hashes, as a second name', '.hashes', linkSync],
])(
  `no right is advised to a file of root that the application gave the name of %s ${name}`,
  (_, ending, plant) => {
    const { log, keyFile } = newLog(0o770, 0o640);
    const line = [log, '--key-file', keyFile];
    expect(run(['init', ...line, '--origin', 'example.com/rights']).status).toBe(0);
    const secret = join(dirname(keyFile), '..', 'root.key');
    writeFileSync(secret, 'of root\n', { mode: 0o600 });
    rmSync(`${log}${ending}`);
    plant(secret, `${log}${ending}`);
    if (plant === symlinkSync) lchownSync(`${log}${ending}`, APP, NOBODY);
    for (const command of ['status', 'follow']) {
      const { status, stdout, stderr } = run([command, ...line]);
      const words = `${stdout}${stderr}`.replaceAll(/\s+/g, ' ');
      expect([command, status, words]).toEqual([command, 3, expect.stringContaining('is a link')]);
      expect(words).not.toMatch(/chmod|chgrp|chown/);
    }
  },
);

test.skipIf(skipped !== undefined).each([
  ['that root made', 0, 0, 0o600],
  ['of the application', APP, NOBODY, 0o600],
  ['that the group may only read', APP, NOBODY, 0o640],
  ['that the sealer itself may only read', NOBODY, NOBODY, 0o400],
])(
  `seals and hashes %s are told by status, with what root does about them ${name}`,
  (_, uid, gid, mode) => {
    const { log, keyFile } = newLog(0o770, 0o640);
    const key = ['--key-file', keyFile];
    expect(run(['init', log, '--origin', 'example.com/rights', ...key]).status).toBe(0);
    for (const file of [`${log}.seals`, `${log}.hashes`]) {
      chownSync(file, uid, gid);
      chmodSync(file, mode);
      const { status, stdout, stderr } = run(['status', log, ...key]);
      const words = `${stdout}${stderr}`.replaceAll(/\s+/g, ' ');
      expect([status, words.includes('as root')]).toEqual([3, uid !== NOBODY]);
      follow(/(?:chgrp \S+ \S+ && )?chmod [ug]\+\w+ \S+/.exec(words)?.[0] ?? '');
      expect(run(['status', log, ...key]).status).toBe(0);
    }
    chownSync(`${log}.seals`, APP - 1, NOBODY);
    chmodSync(`${log}.seals`, 0o660);
    const foreign = run(['status', log, ...key]);
    expect([foreign.status, foreign.stderr]).toEqual([
      3,
      expect.stringContaining(`give it with chown to user ${SEALER}`),
    ]);
  },
);

test.skipIf(skipped !== undefined)(
  `a user who may see neither log nor key is sent to who may, and gets no right ${name}`,
  () => {
    const { log, keyFile } = newLog(0o770, 0o640);
    const line = ['--origin', 'example.com/rights', '--key-file', keyFile];
    expect(run(['init', log, ...line]).status).toBe(0);
    const byState = runAs(APP - 1, ['status', log]);
    const byKey = runAs(APP - 1, ['status', log, '--key-file', keyFile]);
    for (const { status, stderr } of [byState, byKey]) {
      expect([status, stderr]).toEqual([
        3,
        expect.stringMatching(/run (this )?as (its owner|a user of the group)/),
      ]);
      expect(stderr).not.toMatch(/chmod \d|sealed-log (init|renew)/);
    }
    expect(run(['status', log, '--key-file', keyFile]).status).toBe(0);
  },
);

test.skipIf(skipped !== undefined)(
  `a sealer goes on whose key has a group that it is not in, also when root renewed its log ${name}`,
  () => {
    const { log, keyFile } = newLog(0o770, 0o640);
    const line = [log, '--key-file', keyFile];
    expect(run(['init', ...line, '--origin', 'example.com/rights']).status).toBe(0);
    for (const file of [dirname(keyFile), keyFile]) chownSync(file, NOBODY, APP);
    // A group that has a right which others do not have.
    writeFileSync(`${keyFile}.hint`, 'of an earlier sealer', { mode: 0o640 });
    chmodSync(`${keyFile}.hint`, 0o640);
    chownSync(`${keyFile}.hint`, NOBODY, APP);
    const goesOn = (seal: string): void => {
      const { stderr } = run(['write', ...line]);
      expect(stderr).toContain(seal);
      expect(stderr).not.toContain('not permitted');
    };
    goesOn('seal 1: 1 entry');
    // A key that is lost leaves nothing whose owner could be kept.
    const old = readFileSync(`${keyFile}.verifier`, 'utf8').trim();
    for (const ending of ['', '.hint', '.verifier']) rmSync(`${keyFile}${ending}`);
    const renew = ['renew', ...line, '--origin', 'example.com/2', '--reason', 'a test'];
    renew.push('--old-key', old);
    const byRoot = ['-c', 'umask 027; exec "$@"', 'sh', process.execPath, program, ...renew];
    expect(spawnSync('sh', byRoot, { encoding: 'utf8' })).toMatchObject({ status: 0 });
    goesOn('seal 1: 1 entry');
  },
);

test.skipIf(skipped !== undefined)(
  `a sealer that may only read the log erases nothing, and root erases as it says ${name}`,
  () => {
    const { log, keyFile } = newLog(0o770, 0o640);
    const key = ['--key-file', keyFile];
    expect(run(['init', log, '--origin', 'example.com/rights', ...key]).status).toBe(0);
    const erase = ['erase', log, '0', ...key, '--reason', 'a request'];
    const { status, stderr } = run(erase);
    expect([status, stderr]).toEqual([2, expect.stringContaining('run this as root')]);
    expect([readFileSync(log, 'utf8'), existsSync(`${keyFile}.erasure`)]).toEqual(['one\n', false]);
    expect(spawnSync(process.execPath, [program, ...erase])).toMatchObject({ status: 0 });
    expect(readFileSync(log, 'utf8')).toMatch(/^ {3}\n\{"sealedLogErased"/);
    expect([modeOf(log), statSync(log).uid]).toEqual(['640', APP]);
    expect(run(['write', log, ...key]).stderr).toContain('seal 1: 2 entries');
    const verifierKey = readFileSync(`${keyFile}.verifier`, 'utf8').trim();
    const verify = ['verify', log, '--key', verifierKey, '--erased'];
    expect(run([...verify, '0'])).toMatchObject({ status: 0 });
  },
);

/** Sets an attribute, or takes it away. Returns why it cannot. */
function changeAttribute(change: '+a' | '-a', path: string): string | undefined {
  const { status, stderr, error } = spawnSync('chattr', [change, path], { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

function whyNoAttributes(): string | undefined {
  const probe = mkdtempSync(join(tmpdir(), 'sealed-log-'));
  const reason = changeAttribute('+a', probe) ?? changeAttribute('-a', probe);
  rmdirSync(probe);
  return reason;
}

const unset = process.getuid?.() === 0 ? whyNoAttributes() : 'only root sets attributes';

test.skipIf(unset !== undefined)(
  `what is append-only hinders no log, and is named when it hinders a sealer ${unset === undefined ? '(runs)' : `(skipped: ${unset})`}`,
  () => {
    const { folder, log } = newPlace();
    const line = [log, '--key-file', join(folder, 'state', 'audit.key')];
    const logs = join(log, '..');
    const sealedLog = (command: string, input = '') => {
      const args = [program, command, ...line];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        encoding: 'utf8',
        input,
      });
      return [status, `${stdout}${stderr}`.replaceAll(/\s+/g, ' ')];
    };
    writeFileSync(log, '');
    line.push('--origin', 'example.com/attributes');
    expect(sealedLog('init')[0]).toBe(0);
    line.splice(-2);
    const isHindered = [3, expect.stringContaining('take attributes away')];
    const places = [`${log}.seals`, `${log}.hashes`, logs];
    try {
      expect(changeAttribute('+a', log)).toBeUndefined();
      expect(sealedLog('write', 'one\n')).toEqual([0, expect.stringContaining('1 entry')]);
      expect(() => renameSync(log, `${log}.1`)).toThrow('EPERM');
      for (const place of places) {
        changeAttribute('+a', place);
        // A folder lets a sealer begin, and keeps its lock.
        if (place === logs) expect(sealedLog('write')[0]).toBe(0);
        else expect(sealedLog('status')).toEqual(isHindered);
        expect(sealedLog('write', 'more\n')).toEqual([
          3,
          expect.stringContaining('1 line appended, and not sealed'),
        ]);
        changeAttribute('-a', place);
        expect(sealedLog('write')[0]).toBe(0);
        expect(sealedLog('status')[0]).toBe(0);
      }
    } finally {
      for (const place of [log, ...places]) changeAttribute('-a', place);
    }
  },
);
