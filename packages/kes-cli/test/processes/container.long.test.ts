/** The container recipe without containers: its command, and the steps of compose.yaml, by a shell. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mainnet, periodOfSlot, slotOfDate } from '@evolock/cardano-headers';
import { beforeEach, describe, expect, test } from 'vitest';
import { issue, makePool } from '../support/agent.js';
import { inFolder } from '@evolock/command-testing/folder';
import { running, type Running } from '@evolock/command-testing/process';
import { program } from '../support/processes/process.js';

const { error } = spawnSync('flock', ['--version']);
const reason = error === undefined ? '' : ' (skipped: flock is not installed)';

/** A file of the recipe, whose folders are in the folder of the test. */
function recipe(name: string): string {
  const path = fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url));
  const text = readFileSync(path, 'utf8').replaceAll('/etc/kes-agent', inFolder());
  return text.replaceAll('/run/kes-agent', inFolder('agent'));
}

/** `kes`, and `docker compose exec`, which runs its command here. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${inFolder('bin')}:${process.env['PATH'] ?? ''}` };
}

beforeEach(() => {
  makePool();
  writeFileSync(inFolder('kes-agent.toml'), recipe('kes-agent.toml'));
  for (const folder of ['bin', 'agent']) mkdirSync(inFolder(folder), { mode: 0o700 });
  const programs = {
    kes: `exec ${process.execPath} ${program} "$@"`,
    docker: 'while [ "$1" != kes-agent ]; do shift; done; shift; exec "$@"',
  };
  for (const [name, line] of Object.entries(programs)) {
    writeFileSync(inFolder('bin', name), `#!/bin/sh\n${line}\n`);
    chmodSync(inFolder('bin', name), 0o755);
  }
});

function startContainer(): Running {
  const list = (name: string): string[] => {
    const [, json = ''] = new RegExp(`^${name} (\\[.*\\])$`, 'm').exec(recipe('Dockerfile')) ?? [];
    return JSON.parse(json) as string[];
  };
  const [file = '', ...args] = [...list('ENTRYPOINT'), ...list('CMD')];
  return running(file, args, environment());
}

function shell(line: string) {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
    cwd: inFolder(),
    env: environment(),
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe.skipIf(reason !== '')(`the container${reason}`, () => {
  test('starts after one that was killed, whose processes it cannot see, and not beside one', async () => {
    const first = startContainer();
    expect(await first.wrote('the agent is ready')).toBe(true);
    first.child.kill('SIGKILL');
    await first.ended;
    // The lock of a process of another container.
    const lock = inFolder('agent', '.control.socket.evolock-lock');
    const holder = JSON.parse(readFileSync(lock, 'utf8')) as object;
    writeFileSync(lock, `${JSON.stringify({ ...holder, pidNamespace: 'pid:[1]' })}\n`);

    const second = startContainer();
    expect(await second.wrote('the agent is ready')).toBe(true);
    const third = startContainer();
    expect(await third.ended).toEqual([1, null]);
    expect(existsSync(lock)).toBe(true);
    second.child.kill('SIGTERM');
    expect(await second.ended).toEqual([0, null]);
  });

  test('gets its key by the steps of compose.yaml', async () => {
    const container = startContainer();
    expect(await container.wrote('the agent is ready')).toBe(true);
    const lines = [...recipe('compose.yaml').matchAll(/^# {3}(docker compose exec .*)$/gm)];
    const [stage = '', fetch = '', install = '', info = ''] = lines.map(([, line = '']) => line);
    expect(shell(stage)).toMatchObject({ status: 0, stderr: '' });
    expect(shell(fetch)).toEqual({ status: 0, stdout: '', stderr: '' });
    const period = periodOfSlot(mainnet, slotOfDate(mainnet, new Date()));
    await issue(inFolder('kes.vkey'), inFolder('node.cert'), Number(period));
    expect(shell(install)).toMatchObject({ status: 0, stderr: '' });
    expect(shell(info).stdout).toContain(
      `✓ a key is installed, at KES period ${String(period)}, evolution 0`,
    );
    // The next key: the file of the one before is replaced.
    expect(shell(stage)).toMatchObject({ status: 0, stderr: '' });
    container.child.kill('SIGTERM');
    expect(await container.ended).toEqual([0, null]);
  });
});
