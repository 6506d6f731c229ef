/** The agent as a process: real signals, its death, the system log, what is loaded. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { periodOfSlot, preview, slotOfDate } from '@evolock/cardano-headers';
import { beforeEach, expect, test } from 'vitest';
import { agentOptions, issue, makePool } from '../support/agent.js';
import { inFolder } from '@evolock/command-testing/folder';
import { kes } from '../support/kes.js';
import { type Running } from '@evolock/command-testing/process';
import { kesProcess, runningKes } from '../support/processes/process.js';

beforeEach(makePool);

async function startAgent(...more: readonly string[]): Promise<Running> {
  const agent = runningKes(['agent', 'run', ...agentOptions(), ...more]);
  expect(await agent.wrote('the agent is ready')).toBe(true);
  return agent;
}

const control = (): string => inFolder('agent', 'control.socket');
const info = () => kes(['agent', 'info', '--control', control()]);

async function stage(file = 'kes.vkey'): Promise<void> {
  const out = ['--out', inFolder(file)];
  expect(await kes(['agent', 'gen-staged-key', '--control', control(), ...out])).toMatchObject({
    code: 0,
  });
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s wipes the keys and ends the process with 0',
  async (signal) => {
    const agent = await startAgent();
    await stage();
    agent.child.kill(signal);
    expect(await agent.ended).toEqual([0, null]);
    expect(agent.text.stdout).toMatch(/wiped\n$/);
    expect(existsSync(control())).toBe(false);
  },
);

test('SIGHUP keeps the staged key and the installed key, which signs', async () => {
  const agent = await startAgent();
  await stage();
  const cert = inFolder('node.cert');
  await issue(
    inFolder('kes.vkey'),
    cert,
    Number(periodOfSlot(preview, slotOfDate(preview, new Date()))),
  );
  const install = await kes(['agent', 'install-key', '--control', control(), '--cert', cert]);
  expect(install).toMatchObject({ code: 0 });
  await stage('next.vkey');
  agent.child.kill('SIGHUP');
  await agent.wrote('the configuration is read again');
  const { stdout } = await info();
  expect(stdout).toMatch(/staged key\s+[0-9a-f]{64}\n/);
  writeFileSync(inFolder('message'), 'a message');
  const sign = ['sign', '--agent-sign', inFolder('agent', 'sign.socket'), inFolder('message')];
  expect(await kes(sign)).toMatchObject({ code: 0 });
});

test('an agent that was killed leaves its sockets, and the next one takes them over', async () => {
  const agent = await startAgent();
  agent.child.kill('SIGKILL');
  expect(await agent.ended).toEqual([null, 'SIGKILL']);
  expect(existsSync(control())).toBe(true);
  const doctor = await kes(['doctor', '--agent', '-c', control()]);
  expect(doctor.stdout).toMatch(/control lock +stale, of process \d+/);
  await startAgent();
  expect(await info()).toMatchObject({ code: 0 });
});

test('a reader that closes the log early does not end the agent', async () => {
  const agent = await startAgent('--log-level', 'debug');
  agent.child.stdout.destroy();
  await stage();
  expect((await info()).stdout).toMatch(/staged key\s+[0-9a-f]{64}\n/);
  agent.child.kill('SIGTERM');
  expect(await agent.ended).toEqual([0, null]);
});

test('--log-target syslog is an error of the environment without the program logger', async () => {
  const args = ['agent', 'run', ...agentOptions(), '--log-target', 'syslog'];
  const ended = await kesProcess(args, { environment: { PATH: inFolder() } });
  expect(ended).toMatchObject({ code: 3, stdout: '' });
  expect(ended.stderr).toMatch(/^kes: error: .*logger does not start \(ENOENT\).*\n$/);
});

/** Resolves when the agent listens: a command whose retries connect says when it has begun. */
async function listens(): Promise<void> {
  const retry = ['--retry-attempts', '100000', '--retry-delay', '50'];
  expect(await kes(['agent', 'info', '--control', control(), ...retry])).toMatchObject({ code: 0 });
}

test('--log-target syslog gives all lines to the program logger before the agent ends', async () => {
  const logger = `#!/bin/sh\nexec cat > ${inFolder('log')}\n`;
  writeFileSync(inFolder('logger'), logger, { mode: 0o755 });
  const args = ['agent', 'run', ...agentOptions(), '--log-target', 'syslog'];
  const PATH = `${inFolder()}:${process.env['PATH'] ?? ''}`;
  const { child, text, ended } = runningKes(args, { PATH });
  await listens();
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(readFileSync(inFolder('log'), 'utf8')).toMatch(/preview[^]*wiped\n$/);
  expect(text.stdout).toBe('');
});

test('--log-target null writes nothing', async () => {
  const args = ['agent', 'run', ...agentOptions(), '--log-target', 'null'];
  const { child, text, ended } = runningKes(args);
  await listens();
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(text).toEqual({ stdout: '', stderr: '' });
});
