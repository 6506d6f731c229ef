/** The units of systemd, the configuration files and the container recipe, as they are shipped. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { makePool, startAgent } from '../support/agent.js';
import { makeCertificate } from '../support/files.js';
import { inFolder } from '@evolock/command-testing/folder';
import { kes } from '../support/kes.js';

function shipped(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url)), 'utf8');
}

/** The arguments after `kes agent run`, with all folders replaced by the folder of the test. */
function here(args: readonly string[]): string[] {
  return args.map((arg) =>
    arg.replace('/etc/kes-agent', inFolder()).replace('/run/kes-agent', inFolder('agent')),
  );
}

/** Runs an agent with these arguments and the shipped configuration, and stops it. */
async function runs(args: readonly string[]): Promise<void> {
  makePool();
  const config = shipped('kes-agent.toml').replaceAll('/etc/kes-agent', inFolder());
  writeFileSync(inFolder('kes-agent.toml'), config);
  const agent = await startAgent(here(args));
  agent.signal('SIGTERM');
  expect(await agent.ended).toMatchObject({ code: 0, stderr: '' });
}

test('kes accepts the command line of the unit, with the shipped configuration', async () => {
  const [, line = ''] = /^ExecStart=(.*)$/m.exec(shipped('kes-agent.service')) ?? [];
  const [program, ...args] = line.split(' ');
  expect(program).toBe('/usr/local/bin/kes');
  expect(args.slice(0, 2)).toEqual(['agent', 'run']);
  await runs(args.slice(2));
});

test('each commented setting of the configuration file is one that kes knows', async () => {
  makePool();
  const config = shipped('kes-agent.toml')
    .replaceAll(/^# (?=[a-z-]+ = )/gm, '')
    .replaceAll('/etc/kes-agent', inFolder());
  expect(config).toContain('\nsocket-group = ');
  writeFileSync(inFolder('kes-agent.toml'), config);
  // The first thing that fails is the genesis file, which is beside the network: all keys were read.
  const { code, stderr } = await kes(['agent', 'run', '--config', inFolder('kes-agent.toml')]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/name the network once/);
});

test('kes accepts every command line of the page about running the agent', async () => {
  const page = new URL('../../../../docs/AGENT_GUIDE.md', import.meta.url);
  const lines = [...readFileSync(page, 'utf8').matchAll(/^kes (.*)$/gm)].map(
    ([, line = '']) => line,
  );
  expect(lines.length).toBeGreaterThan(8);
  for (const line of lines) {
    const args = line.replace(/ +#.*$/, '').split(' ');
    const { code, stderr } = await kes(here(args), { cwd: inFolder() });
    // No agent runs and no file exists here, which comes after the command line is accepted.
    expect({ line, stderr, isAccepted: code !== 2 }).toMatchObject({ isAccepted: true });
  }
});

const analyze = spawnSync('systemd-analyze', ['--version']);
const reason = analyze.error === undefined ? '' : ' (skipped: systemd-analyze is not installed)';

test.skipIf(reason !== '')(`systemd accepts the units${reason}`, () => {
  const names = ['kes-agent.service', 'kes-status.service', 'kes-status.timer'];
  for (const name of names) {
    // The command is not installed where the tests run. The name of the file is the name of the unit.
    const unit = shipped(name).replace('/usr/local/bin/kes', process.execPath);
    writeFileSync(inFolder(name), unit);
  }
  const units = names.map((name) => inFolder(name));
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...units], {
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

describe('the service of kes status', () => {
  /** Runs its command line in the folder of the test, on this list of pools. */
  async function runs(list: string) {
    const [, line = ''] = /^ExecStart=(.*)$/m.exec(shipped('kes-status.service')) ?? [];
    const [program, command, ...args] = line.split(' ');
    expect([program, command]).toEqual(['/usr/local/bin/kes', 'status']);
    writeFileSync(inFolder('pools.toml'), list.replaceAll('/etc/cardano', inFolder()));
    const within = args.map((arg) => arg.replace(/^\/.*\//, `${inFolder()}/`));
    return kes(['status', ...within], { now: new Date('2024-11-15T00:00:00Z') });
  }

  test('is accepted with the shipped list of pools, and writes metrics', async () => {
    for (const name of ['alpha', 'test']) mkdirSync(inFolder(name));
    makeCertificate(inFolder('alpha', 'node.cert'), new Uint8Array(32), 1080n);
    makeCertificate(inFolder('test', 'node.cert'), new Uint8Array(32), 580n);
    const { code, stdout, stderr } = await runs(shipped('pools.toml'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/✓ TEST .*\n✓ ALPHA /);
    expect(readFileSync(inFolder('kes.prom'), 'utf8')).toContain('name="TEST"');
  });

  test('has a list of pools whose commented keys are known', async () => {
    const list = shipped('pools.toml').replaceAll(/^# (?=[a-z-]+ = |\[\[)/gm, '');
    expect(list).toContain('\nagent-control = ');
    // The network is named twice then, which each pool that names none reports. All keys were read.
    const { code, stdout } = await runs(list);
    expect(code).toBe(3);
    expect(stdout).toMatch(/ALPHA +not read: name the network once/);
  });
});
