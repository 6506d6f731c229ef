/** The recipes, as they are shipped: units of systemd, and what carries checkpoints away. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newPlace } from '../support/engines.js';
import { deploy, shipped } from './machines.js';

/** Runs the command lines of a unit, with folders of the machine replaced. */
function runUnit(name: string, setting: string, folders: Readonly<Record<string, string>>): void {
  const unit = Object.entries(folders).reduce(
    (text, [from, to]) => text.replaceAll(from, to),
    shipped(name),
  );
  const cwd = /^WorkingDirectory=(.*)$/m.exec(unit)?.[1];
  const lines = [...unit.matchAll(new RegExp(`^${setting}=/bin/sh -c '(.*)'$`, 'gm'))];
  expect(lines.length).toBeGreaterThan(0);
  for (const [, script = ''] of lines)
    execFileSync('/bin/sh', ['-c', script.replaceAll('%%', '%')], { cwd });
}

const analyze = spawnSync('systemd-analyze', ['--version']);
const reason = analyze.error === undefined ? '' : ' (skipped: systemd-analyze is not installed)';

test.skipIf(reason !== '')(`systemd accepts the units${reason}`, () => {
  const { folder } = newPlace();
  const names = readdirSync(deploy).filter((name) => /\.(service|timer|path)$/.test(name));
  expect(names).toHaveLength(10);
  for (const name of names) {
    // The programs are not installed where the tests run.
    const unit = shipped(name).replaceAll(
      /=\/usr\S*\/sealed-log(-fetch|-journal)? /g,
      `=${process.execPath} `,
    );
    writeFileSync(join(folder, name), unit);
  }
  const units = names.map((name) => join(folder, name));
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...units], {
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

test.each(['checkpoint', 'cosign'])(
  'the unit of %s has the limits of that of the sealer',
  (name) => {
    const limits = (unit: string) =>
      [
        ...shipped(unit).matchAll(
          /^(?:\w*Protect|Private|Restrict|SystemCall|Lock|Remove|NoNew|Capab)\w*=.*$/gm,
        ),
      ]
        .map(([line]) => line)
        // The other unit has a network, through which checkpoints go.
        .filter((line) => !/^(?:PrivateNetwork|RestrictAddressFamilies)=/.test(line));
    const ofSealer = limits('sealed-log.service');
    expect(ofSealer.length).toBeGreaterThan(15);
    expect(limits(`sealed-log-${name}.service`)).toEqual(expect.arrayContaining(ofSealer));
  },
);

test.each(['verify', 'fleet'])(
  'the unit of %s tells alarms apart by the priorities of the journal',
  (name) => {
    const [, script = ''] =
      /^ExecStopPost=\/bin\/sh -c '(.*)'$/m.exec(shipped(`sealed-log-${name}.service`)) ?? [];
    const priorities = ['0', '1', '5', '4', '3', '2', 'KILL'].map((status) => {
      const text = execFileSync('/bin/sh', ['-c', script.replaceAll('$$', '$')], {
        encoding: 'utf8',
        env: { EXIT_STATUS: status },
      });
      return [status, /^<(\d)>/.exec(text)?.[1]];
    });
    expect(Object.fromEntries(priorities)).toEqual({
      0: undefined,
      1: '1',
      5: '2',
      4: '4',
      3: '3',
      2: '3',
      KILL: '3',
    });
  },
);

test('the unit of a fleet fetches each log into a folder of its own, and one that fails hinders no other', () => {
  const { folder } = newPlace();
  const sources = join(folder, 'sources');
  writeFileSync(sources, 'one host:a/audit.log\ntwo host:b/fails.log\nthree host:c/audit.log\n');
  mkdirSync(join(folder, 'bin'));
  const fetch = '#!/bin/sh\necho "$1" > source\ncase $1 in *fails*) exit 5 ;; esac\n';
  writeFileSync(join(folder, 'bin/sealed-log-fetch'), fetch, { mode: 0o755 });
  const [, line = ''] =
    /^ExecStartPre=-\/bin\/sh -c '(.*)'$/m.exec(shipped('sealed-log-fleet.service')) ?? [];
  const script = line
    .replaceAll("\\'", "'")
    .replaceAll('$$', '$')
    .replace('/etc/sealed-log-fleet/sources', sources);
  const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
  spawnSync('/bin/sh', ['-c', script], { cwd: folder, env });
  const fetched = ['one', 'two', 'three'].map((name) =>
    readFileSync(join(folder, 'logs', name, 'source'), 'utf8').trim(),
  );
  expect(fetched).toEqual(['host:a/audit.log', 'host:b/fails.log', 'host:c/audit.log']);
});

test('a container begins no log without a name, and is not started for ever', () => {
  expect(shipped('Dockerfile')).not.toMatch(/^CMD/m);
  expect(shipped('Dockerfile')).not.toMatch(/^ENTRYPOINT.*--origin/m);
  expect(shipped('compose.yaml')).toContain('${ORIGIN:?');
  // Docker starts again what ends with any exit code: what is refused does not end.
  expect(shipped('compose.yaml')).toMatch(
    /command:[^\]]*'--stay',\s*\][^]*\n {4}restart: unless-stopped$/m,
  );
});

test('a unit carries each new checkpoint into a git repository, and the same one once', () => {
  const { folder } = newPlace();
  const [from, clone, remote] = ['from', 'clone', 'remote'].map((name) => join(folder, name));
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' });
  git('init', '--quiet', '--bare', remote!);
  git('clone', '--quiet', remote!, clone!);
  for (const [key, value] of [
    ['user.name', 'test'],
    ['user.email', 'test@example.com'],
    ['push.default', 'current'],
  ] as const)
    git('-C', clone!, 'config', key, value);
  mkdirSync(from!);
  for (const note of ['first', 'second', 'second']) {
    writeFileSync(join(from!, 'audit.checkpoint'), note);
    writeFileSync(join(from!, 'audit.checkpoint.chain'), '');
    runUnit('sealed-log-checkpoint.service', 'ExecStart', {
      '/var/log/sealed-log': from!,
      '/var/lib/checkpoints/clone': clone!,
    });
  }
  expect(git('-C', remote!, 'log', '--all', '--format=%s')).toBe('checkpoint\ncheckpoint\n');
  expect(git('-C', remote!, 'show', 'HEAD:audit.checkpoint')).toBe('second');
});
