/** The unit of systemd, the configuration file and the container recipe, as they are shipped. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { makePool, startAgent } from '../support/agent.js';
import { inFolder } from '../support/folder.js';
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

it('kes accepts the command line of the unit, with the shipped configuration', async () => {
  const [, line = ''] = /^ExecStart=(.*)$/m.exec(shipped('kes-agent.service')) ?? [];
  const [program, ...args] = line.split(' ');
  expect(program).toBe('/usr/local/bin/kes');
  expect(args.slice(0, 2)).toEqual(['agent', 'run']);
  await runs(args.slice(2));
});

it('kes accepts the command line of the container', async () => {
  const list = (name: string): string[] => {
    const [, json = ''] = new RegExp(`^${name} (\\[.*\\])$`, 'm').exec(shipped('Dockerfile')) ?? [];
    return JSON.parse(json) as string[];
  };
  const [program, ...args] = [...list('ENTRYPOINT'), ...list('CMD')];
  expect(program).toBe('kes');
  expect(args.slice(0, 2)).toEqual(['agent', 'run']);
  await runs(args.slice(2));
});

it('each commented setting of the configuration file is one that kes knows', async () => {
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

it('kes accepts every command line of the chapter about running the agent', async () => {
  const page = new URL('../../../../docs/KES_AGENT.md', import.meta.url);
  const [, chapter = ''] = readFileSync(page, 'utf8').split('\n## Running the agent\n');
  const lines = [...chapter.matchAll(/^kes (.*)$/gm)].map(([, line = '']) => line);
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

it.skipIf(reason !== '')(`systemd accepts the unit${reason}`, () => {
  // The command is not installed where the tests run. The name of the file is the name of the unit.
  const unit = shipped('kes-agent.service').replace('/usr/local/bin/kes', process.execPath);
  writeFileSync(inFolder('kes-agent.service'), unit);
  const { status, stdout, stderr } = spawnSync(
    'systemd-analyze',
    ['verify', inFolder('kes-agent.service')],
    { encoding: 'utf8' },
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});
