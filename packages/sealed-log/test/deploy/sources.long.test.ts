/** Where lines come from: journald, and rsyslog with logrotate. Nothing is lost or doubled, and every entry is sealed. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { newPlace } from '../support/engines.js';
import { command, deploy, lacks, shipped } from './machines.js';

const remote = '/lib/systemd/systemd-journal-remote';
const noJournal = lacks('journalctl', remote, 'tac', 'awk');

/** A message that looks like the end of an entry, and like a cursor. */
const message = (at: number) => `entry ${at} } "__CURSOR":"none" \\" (cut off)`;

/** Makes a journal, or adds entries to it. */
function journal(folder: string, from: number, count: number): string {
  const entries = Array.from({ length: count }, (_, index) => {
    const at = from + index;
    return [
      `__REALTIME_TIMESTAMP=${1_798_761_600_000_000 + at * 1_000_000}`,
      `__MONOTONIC_TIMESTAMP=${1000 + at * 1000}`,
      '_BOOT_ID=11111111111111111111111111111111',
      '_MACHINE_ID=22222222222222222222222222222222',
      `MESSAGE=${message(at)}`,
      'PRIORITY=6\n\n',
    ].join('\n');
  });
  const input = join(folder, 'entries');
  const file = join(folder, 'a.journal');
  writeFileSync(input, entries.join(''));
  const { status, stderr } = spawnSync(remote, ['-o', file, input], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return file;
}

function append(log: string, file: string) {
  const script = join(deploy, 'sealed-log-journal');
  return spawnSync('sh', [script, log, `--file=${file}`], { encoding: 'utf8' });
}

/** The numbers of the whole entries of a text. */
const numbersIn = (text: string): number[] =>
  text.split('\n').flatMap((line) => {
    if (!line.endsWith('}')) return [];
    const { MESSAGE = '' } = JSON.parse(line) as { readonly MESSAGE?: string };
    return MESSAGE === '' ? [] : [Number(/^entry (\d+)/.exec(MESSAGE)?.[1])];
  });

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

test.skipIf(noJournal !== '')(
  `the journal goes on after any kill, also over a rotation and after an erasure${noJournal}`,
  async () => {
    const { folder } = newPlace();
    const log = join(folder, 'audit.log');
    const file = journal(folder, 0, 3);
    expect(append(log, file)).toMatchObject({ status: 0, stderr: '' });
    const whole = readFileSync(log);
    expect(numbersIn(whole.toString())).toEqual(upTo(3));
    // What a kill leaves is a beginning of it. Each run is three processes, so not every place is tried.
    const second = whole.indexOf('\n') + 1;
    const ends = [0, 1, 40, second - 2, second - 1, second, whole.length - 2, whole.length - 1];
    const braces = upTo(whole.length).filter((at) => whole[at - 1] === 0x7d);
    for (const end of [...ends, ...braces, ...upTo(12).map((at) => at * 97)]) {
      writeFileSync(log, whole.subarray(0, end));
      expect(append(log, file), String(end)).toMatchObject({ status: 0, stderr: '' });
      expect(numbersIn(readFileSync(log, 'utf8')), String(end)).toEqual(upTo(3));
      expect(readFileSync(log, 'utf8').endsWith('\n')).toBe(true);
    }
    writeFileSync(log, whole);
    renameSync(log, `${log}-20270101`);
    expect(append(log, file)).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(log, 'utf8')).toBe('');
    journal(folder, 3, 2);
    expect(append(log, file)).toMatchObject({ status: 0, stderr: '' });
    expect(numbersIn(readFileSync(log, 'utf8'))).toEqual([3, 4]);
    // Erased entries do not come again, also when they are the last ones.
    const blank = readFileSync(log, 'utf8').replaceAll(/[^\n]/g, ' ');
    writeFileSync(log, `${blank}{"sealedLogErased":{"entries":[[3,5]],"reason":"why"}}\n`);
    journal(folder, 5, 1);
    expect(append(log, file)).toMatchObject({ status: 0, stderr: '' });
    expect(numbersIn(readFileSync(log, 'utf8'))).toEqual([5]);
    // A log of something else says nothing, and gets nothing.
    writeFileSync(log, 'a line\n');
    rmSync(`${log}-20270101`);
    expect(append(log, file)).toMatchObject({ status: 2 });
    expect(readFileSync(log, 'utf8')).toBe('a line\n');
  },
);

const noRsyslog = lacks('logger', 'logrotate') || lacksRsyslog();

function lacksRsyslog(): string {
  const { error } = spawnSync('rsyslogd', ['-v']);
  return error === undefined ? '' : ' (skipped: rsyslogd not installed)';
}

/** Resolves when something holds, which a change in a folder can make true. */
function until(folder: string, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(folder, look);
    onTestFinished(() => {
      watcher.close();
    });
    function look(): void {
      if (!holds()) return;
      watcher.close();
      resolve();
    }
    look();
  });
}

/** A program of the machine. */
interface Service {
  readonly child: ChildProcess;
  /** Ends it by a signal, and waits. */
  readonly stop: (signal: NodeJS.Signals) => Promise<readonly [number | null, string | null]>;
}

function service(program: string, args: readonly string[]): Service {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  return {
    child,
    stop: (signal) => {
      child.kill(signal);
      return closed;
    },
  };
}

test.skipIf(noRsyslog !== '')(
  `rsyslog with logrotate: kills and rotations lose and double nothing${noRsyslog}`,
  async () => {
    const { folder } = newPlace();
    const [app, etc, state] = ['app', 'etc', 'state'].map((name) => {
      mkdirSync(join(folder, name));
      return join(folder, name);
    }) as [string, string, string];
    const log = join(app, 'audit.log');
    const socket = join(etc, 'socket');
    const configuration = join(etc, 'rsyslog.conf');
    const shippedHere = (name: string) =>
      shipped(name).replaceAll('/var/log/app', app).replaceAll(' fileGroup="sealed-log"', '');
    writeFileSync(
      configuration,
      [
        `global(workDirectory="${etc}")`,
        'module(load="imuxsock" SysSock.Use="off")',
        `input(type="imuxsock" Socket="${socket}" CreatePath="on" RateLimit.Interval="0")`,
        shippedHere('sealed-log.rsyslog.conf'),
      ].join('\n'),
    );
    const pidFile = join(etc, 'pid');
    const rsyslog = async (): Promise<Service> => {
      rmSync(socket, { force: true });
      const started = service('rsyslogd', ['-n', '-f', configuration, '-i', pidFile]);
      await until(etc, () => existsSync(socket) && existsSync(pidFile));
      return started;
    };
    const rotation = join(etc, 'logrotate');
    writeFileSync(
      rotation,
      shippedHere('sealed-log.logrotate')
        .replace(/^ *su .*$/m, '')
        .replace(/^( *create \d+) .*$/m, '$1')
        .replace(/systemctl .*/, `kill -HUP $(cat ${pidFile})`),
      { mode: 0o600 },
    );
    let lines = 0;
    const files = () =>
      readdirSync(app)
        .filter((name) => /^audit\.log(?:-\d+(?:\.gz)?)?$/.test(name))
        // The live file comes last.
        .sort((one, other) =>
          one === 'audit.log' ? 1 : other === 'audit.log' ? -1 : one < other ? -1 : 1,
        );
    const text = () =>
      files()
        .map((name) => readFileSync(join(app, name)))
        .map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString())
        .join('');
    const send = async (count: number): Promise<void> => {
      for (let left = count; left > 0; left -= 1) {
        lines += 1;
        const words = ['--socket', socket, '--tag', 'app', '--', `line ${lines}.`];
        expect(spawnSync('logger', words).status).toBe(0);
      }
      await until(app, () => text().includes(`line ${lines}.`));
    };
    let days = 0;
    const rotate = (): void => {
      const before = new Set(readdirSync(app));
      const done = spawnSync('logrotate', ['--force', '--state', join(etc, 'state'), rotation], {
        encoding: 'utf8',
      });
      expect([done.status, done.stderr]).toEqual([0, '']);
      const made = readdirSync(app).find((name) => !before.has(name) && !name.endsWith('.gz'));
      renameSync(join(app, made!), `${log}-${20_260_101 + days}`);
      days += 1;
    };
    const key = ['--key-file', join(state, 'audit.key')];
    const rhythm = ['--interval', '100ms', '--settle', '200ms', '--rotated', 'audit.log-*'];
    const seal = async (...more: readonly string[]): Promise<Service> => {
      const started = service(process.execPath, [
        command,
        'follow',
        log,
        ...key,
        ...rhythm,
        ...more,
      ]);
      // It follows then, and a signal ends it in order.
      await once(started.child.stderr!, 'data');
      return started;
    };

    let syslog = await rsyslog();
    await send(5);
    let sealer = await seal('--origin', 'example.com/rsyslog');
    await send(5);
    rotate();
    await send(5);
    expect(await sealer.stop('SIGKILL')).toEqual([null, 'SIGKILL']);
    await send(5);
    rotate();
    await send(5);
    sealer = await seal();
    await syslog.stop('SIGTERM');
    syslog = await rsyslog();
    await send(5);
    rotate();
    await send(5);
    await syslog.stop('SIGTERM');
    expect(await sealer.stop('SIGTERM')).toEqual([0, null]);

    expect(
      text()
        .match(/(?<=line )\d+(?=\.)/g)!
        .map(Number),
    ).toEqual(upTo(lines).map((at) => at + 1));
    expect(files()).toHaveLength(4);
    const verifierKey = readFileSync(join(state, 'audit.key.verifier'), 'utf8').trim();
    const verify = ['verify', log, '--rotated', 'audit.log-*', '--key', verifierKey, '--json'];
    const { status, stdout } = spawnSync(process.execPath, [command, ...verify], {
      encoding: 'utf8',
    });
    expect([status, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ sealedEntries: lines, unsealedEntries: 0 }),
    ]);
  },
);
