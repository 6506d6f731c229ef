/** The machines of the recipes, as folders of a test, and their commands. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { newPlace } from '../support/engines.js';

export const deploy = fileURLToPath(new URL('../../deploy/', import.meta.url));
export const shipped = (name: string) => readFileSync(join(deploy, name), 'utf8');
export const command = fileURLToPath(new URL('../../bin/sealed-log.cjs', import.meta.url));

/** Why a test is skipped, for its name: programs that are missing here. */
export function lacks(...programs: readonly string[]): string {
  const missing = programs.filter(
    (program) => spawnSync(program, ['--version']).error !== undefined,
  );
  return missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`;
}

/** What another machine found. */
interface Found {
  readonly status: number;
  readonly text: string;
  /** The calls of rsync, and the moments before, within and after them. */
  readonly calls: number;
  readonly moments: number;
}

/**
 * Called before and after each call of rsync, and within one that copies all files, when the live one is still to be copied: with
 * the number of such moments before it.
 */
type AtMoment = (moment: number) => void | Promise<void>;

/** The folders of the machines. */
export function newMachines() {
  const { folder: root } = newPlace();
  const [app, state, out, etc, verifier, bin] = [
    'app',
    'state',
    'out',
    'etc',
    'verifier',
    'bin',
  ].map((name) => {
    mkdirSync(join(root, name));
    return join(root, name);
  }) as [string, string, string, string, string, string];
  writeFileSync(join(etc, 'erased'), '# none\n');
  const places: readonly (readonly [string, string])[] = [
    ['/var/log/app', app],
    ['/log/', `${app}/`],
    ['/var/lib/sealed-log-verify', verifier],
    ['/var/lib/sealed-log', state],
    ['/state', state],
    ['/var/log/sealed-log', out],
    ['/checkpoints', out],
    ['/etc/sealed-log-verify', etc],
    ['/usr/local/bin/sealed-log-fetch', join(bin, 'sealed-log-fetch')],
    ['/usr/local/bin/sealed-log', `${process.execPath} ${command}`],
  ];
  const here = (text: string) =>
    places.reduce(
      (before, [from, to]) => before.replaceAll(new RegExp(`(?<![\\w.-])${from}`, 'g'), to),
      text,
    );
  install(bin, root);
  /** Runs the unit of the other machine. */
  const verify = (atMoment: AtMoment = () => undefined) =>
    runVerification(here(shipped('sealed-log-verify.service')), bin, atMoment);
  /** Every entry is read again. */
  const passDay = (): void => {
    const whole = join(verifier, 'kept', 'audit.log.whole');
    utimesSync(whole, 0, statSync(whole).mtimeMs / 1000 - 86_400);
  };
  return { log: join(app, 'audit.log'), app, out, etc, verifier, here, verify, passDay };
}

/** The programs of the other machine. Its ssh ends in the command of authorized_keys, where that is installed. */
function install(bin: string, root: string): void {
  symlinkSync(join(deploy, 'sealed-log-fetch'), join(bin, 'sealed-log-fetch'));
  symlinkSync(command, join(bin, 'sealed-log'));
  const rsync = spawnSync('sh', ['-c', 'command -v rsync'], { encoding: 'utf8' }).stdout.trim();
  const scripts = {
    ssh: `while [ "$1" != rsync ]; do shift; done
if command -v rrsync > /dev/null; then SSH_ORIGINAL_COMMAND="$*" exec rrsync -ro '${root}'; fi
cd '${root}' && exec sh -c "$*"`,
    rsync: `moment() { echo "$1" >&3 && read -r go <&4; }
call() { '${rsync}' "$@" 3>&- 4<&- || status=$?; }
status=0
moment before
case "$*" in
  *--list-only*) call "$@" ;;
  *--dirs*) call --exclude=/audit.log "$@"; moment within; call '--exclude=/audit.log-*' "$@" ;;
  *) call "$@" ;;
esac
moment after
exit $status`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
}

async function runVerification(unit: string, bin: string, atMoment: AtMoment): Promise<Found> {
  const settings = (name: string) =>
    [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
  const [cwd] = settings('WorkingDirectory');
  const environment = settings('Environment').map((text) => /^"(\w+)=(.*)"$/.exec(text)!);
  const env = {
    ...process.env,
    ...Object.fromEntries(
      environment.map(([, name, value]) => [name, value!.replaceAll('%d', '/credentials')]),
    ),
    PATH: [bin, process.env['PATH']].join(delimiter),
  };
  let moments = 0;
  let calls = 0;
  let text = '';
  for (const line of settings('ExecStart(?:Pre|Post)?')) {
    const [program = '', ...args] = line.split(' ');
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', ...Array(4).fill('pipe')] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const closed = once(child, 'close');
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part: Buffer) => (text += part.toString()));
    const [, , , asks, answers] = child.stdio as unknown as [
      unknown,
      unknown,
      unknown,
      Readable,
      Writable,
    ];
    for await (const moment of createInterface(asks)) {
      await atMoment(moments);
      moments += 1;
      if (moment === 'before') calls += 1;
      answers.write('go\n');
    }
    const [status] = (await closed) as [number];
    if (status !== 0) return { status, text, calls, moments };
  }
  return { status: 0, text, calls, moments };
}

/** Runs a sealer until its first seal, and stops it. Returns the verifier key. */
export async function sealOnce(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [command, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  let text = '';
  let isAsked = false;
  for await (const part of child.stderr) {
    text += String(part);
    // Once: after its last seal, a second signal would end it as any process.
    if (!isAsked && text.includes(': seal ')) isAsked = child.kill('SIGTERM');
  }
  expect([...(await closed), text]).toEqual([0, null, expect.not.stringContaining('error')]);
  return /verifier key (\S+)/.exec(text)?.[1] ?? '';
}
