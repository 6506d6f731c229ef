// The command lines of the README and of the recipes, run by the built command.
import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { newPlace } from './support/engines.js';

const shipped = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../deploy/${name}`, import.meta.url)), 'utf8');
const command = fileURLToPath(new URL('../bin/sealed-log.cjs', import.meta.url));

/** The folders of the machines, as folders of the test. */
function newMachines() {
  const { folder: root } = newPlace();
  const [app, state, out, etc, verifier] = ['app', 'state', 'out', 'etc', 'verifier'].map(
    (name) => {
      mkdirSync(join(root, name));
      return join(root, name);
    },
  ) as [string, string, string, string, string];
  const places: readonly (readonly [string, string])[] = [
    ['/var/log/app', app],
    ['/log/', `${app}/`],
    ['/var/lib/sealed-log-verify', verifier],
    ['/var/lib/sealed-log', state],
    ['/state', state],
    ['/var/log/sealed-log', out],
    ['/checkpoints', out],
    ['/etc/sealed-log-verify', etc],
    ['/usr/local/bin/sealed-log', `${process.execPath} ${command}`],
  ];
  const here = (text: string) =>
    places.reduce(
      (before, [from, to]) => before.replaceAll(new RegExp(`(?<![\\w.-])${from}`, 'g'), to),
      text,
    );
  return { log: join(app, 'audit.log'), app, out, etc, verifier, here };
}

/** Runs a sealer until its first seal, and stops it. Returns the verifier key. */
async function sealOnce(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [command, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  let text = '';
  for await (const part of child.stderr) {
    text += String(part);
    if (text.includes(': seal ')) child.kill('SIGTERM');
  }
  expect([...(await closed), text]).toEqual([0, null, expect.not.stringContaining('error')]);
  return /verifier key (\S+)/.exec(text)?.[1] ?? '';
}

const wordsIn = (text = '') => [...text.matchAll(/["']([^"']*)["']/g)].map(([, word = '']) => word);
const image = wordsIn(/^ENTRYPOINT (.*)$/m.exec(shipped('Dockerfile'))?.[1]).slice(1);
/** The name of the log in the unit. */
const ORIGIN = 'example.com/web-1/audit';
const unit = /^ExecStart=\S+ (.*)$/m.exec(shipped('sealed-log.service'))?.[1]?.split(' ') ?? [];

test.each([
  ['the unit', unit],
  ['the image', [...image, '--origin', ORIGIN]],
  [
    'the composition',
    [
      ...image,
      ...wordsIn(/sealer:[^]*?command:\s*(\[[^\]]*\])/.exec(shipped('compose.yaml'))?.[1]).map(
        (word) => word.replace(/^\$\{ORIGIN:\?.*\}$/, ORIGIN),
      ),
    ],
  ],
])('%s seals a log, and goes on with it at the next start', async (_, args) => {
  const { log, here } = newMachines();
  writeFileSync(log, 'a line\n');
  const given = args.map(here);
  const verifierKey = await sealOnce(given);
  expect(verifierKey).toMatch(/^example\.com\/web-1\/audit\+/);
  expect(await sealOnce(given)).toBe(verifierKey);
});

/** The machines, and what the unit of the other machine says. */
function newVerification() {
  const machines = newMachines();
  const { app, verifier, here } = machines;
  /** Runs the lines of the unit after those of rsync. */
  const verify = () => {
    cpSync(app, join(verifier, 'log'), { recursive: true });
    const lines = [
      ...shipped('sealed-log-verify.service').matchAll(
        /^ExecStart(?:Post)?=\/bin\/sh -c '(.*)'$/gm,
      ),
    ];
    expect(lines).toHaveLength(2);
    for (const [, script = ''] of lines) {
      const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', here(script)], {
        cwd: verifier,
        encoding: 'utf8',
      });
      if (status !== 0) return { status, text: stdout + stderr };
    }
    return { status: 0, text: '' };
  };
  return { ...machines, verify };
}

/** The note of another log. */
const FOREIGN =
  'example.com/other\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— example.com/other AAAA\n';

test('another machine verifies what it fetched, over a rotation, and finds a change', async () => {
  const { log, etc, here, verify } = newVerification();
  writeFileSync(log, 'ann signs in\n');
  writeFileSync(join(etc, 'audit.vkey'), `${await sealOnce(unit.map(here))}\n`);
  expect(verify()).toEqual({ status: 0, text: '' });
  renameSync(log, `${log}-20260101`);
  writeFileSync(log, 'bob signs in\n');
  await sealOnce(unit.map(here));
  expect(verify()).toEqual({ status: 0, text: '' });
  writeFileSync(`${log}-20260101`, 'eve signs in\n');
  expect(verify()).toMatchObject({ status: 1 });
});

test('another machine keeps the checkpoint of what it verified, until the log is renewed', async () => {
  const { log, app, out, etc, verifier, here, verify } = newVerification();
  const [given, kept] = [unit.map(here), join(verifier, 'kept', 'audit.checkpoint')];
  writeFileSync(log, 'ann signs in\n');
  const verifierKey = await sealOnce(given);
  writeFileSync(join(etc, 'audit.vkey'), `${verifierKey}\n`);
  cpSync(app, join(verifier, 'copy'), { recursive: true });
  await sealOnce(given);
  // The thief of the machine serves the note of another log.
  writeFileSync(join(out, 'audit.checkpoint'), FOREIGN);
  expect(verify()).toEqual({ status: 0, text: '' });
  expect(readFileSync(kept, 'utf8')).toContain('\n\n— example.com/web-1/audit ');
  // A log whose end is cut is found by the checkpoint.
  rmSync(app, { recursive: true });
  renameSync(join(verifier, 'copy'), app);
  expect(verify()).toEqual({ status: 4, text: expect.stringContaining('checkpoint') as string });

  // What the unit says of a renewal. Before that it fails.
  renameSync(log, `${log}-20260101`);
  writeFileSync(log, 'bob signs in\n');
  rmSync(join(out, 'audit.checkpoint'));
  rmSync(join(out, 'audit.checkpoint.chain'));
  await sealOnce(given);
  const renewed = given.map((word) => (word === ORIGIN ? `${word}/2` : word));
  const options = [...renewed.slice(1, 6), ...renewed.slice(8, 10)];
  const renewal = ['renew', '--reason', 'a theft', '--stolen', ...options];
  const { stdout } = spawnSync(process.execPath, [command, ...renewal], { encoding: 'utf8' });
  await sealOnce(renewed);
  expect(verify()).toMatchObject({ status: 1 });
  renameSync(`${log}-20260101`, join(out, 'old'));
  writeFileSync(
    join(etc, 'audit.vkey'),
    /example\.com\/web-1\/audit\/2\+\S+/.exec(stdout)?.[0] ?? '',
  );
  for (const name of ['log', 'kept'])
    renameSync(join(verifier, name), join(verifier, `old-${name}`));
  expect(verify()).toEqual({ status: 0, text: '' });
});

test('the README shows what its first lines print, and any program writes a log', () => {
  const { folder } = newPlace();
  mkdirSync(join(folder, 'bin'));
  symlinkSync(command, join(folder, 'bin', 'sealed-log'));
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    XDG_STATE_HOME: join(folder, 'state'),
  };
  const shell = (script: string) =>
    spawnSync('sh', ['-c', `exec 2>&1; ${script}`], { cwd: folder, env, encoding: 'utf8' });
  const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
  /** In whole lines, without what differs from run to run. */
  const steady = (text: string) =>
    text
      .replaceAll(/\n {8,}(?=UTC)/g, ' ')
      .replaceAll(/; the time since, \d+ \w+, is not proved/g, '')
      .replaceAll(/\+\S+|\d{4}-\S+ \S+ UTC/g, '*');
  let key = '';
  const lines = /```console[^\n]*\n([^]*?)```/.exec(readme)?.[1]?.split(/^\$ /m).slice(1) ?? [];
  expect(lines).toHaveLength(7);
  const piped = [...readme.matchAll(/^[^$\n]* \| (sealed-log write .*)$/gm)].map(
    ([, line]) => line,
  );
  expect(piped).toHaveLength(2);
  for (const [line = '', ...shown] of lines.map((each) => each.trimEnd().split('\n'))) {
    if (line.startsWith('KEY=')) key = shell(`${line}; echo "$KEY"`).stdout.trim();
    const { stdout } = shell(`KEY='${key}'; ${line}`);
    for (const each of steady(shown.join('\n')).split('\n'))
      if (each !== '…') expect(steady(stdout).split('\n')).toContain(each);
  }
  // A log that was changed is refused, so the change is undone.
  shell(/^sed -i .*$/m.exec(readme)?.[0] ?? '');
  for (const each of piped) expect(shell(`echo a line | ${each}`)).toMatchObject({ status: 0 });
});
