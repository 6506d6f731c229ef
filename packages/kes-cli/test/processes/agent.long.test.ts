/** The agent as a process: real signals, its death, the system log, what is loaded. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { periodOfSlot, preview, slotOfDate } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { agentOptions, issue, makePool } from '../support/agent.js';
import { inFolder } from '../support/folder.js';
import { kes } from '../support/kes.js';
import { kesProcess, program } from '../support/processes/process.js';

beforeEach(makePool);

/** A running agent, and its log so far. */
interface AgentProcess {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
  /** The exit code and the signal that ended it. */
  readonly ended: Promise<unknown[]>;
  readonly logged: (text: string) => Promise<void>;
}

/** Starts an agent and waits until it is ready. */
async function startProcess(...more: readonly string[]): Promise<AgentProcess> {
  const child = spawn(process.execPath, [program, 'agent', 'run', ...agentOptions(), ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close');
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const logged = async (text: string): Promise<void> => {
    while (!lines.some((line) => line.includes(text))) await once(reader, 'line');
  };
  reader.on('line', (line) => void lines.push(line));
  await logged('the agent is ready');
  return { child, lines, ended, logged };
}

const control = (): string => inFolder('agent', 'control.socket');
const info = () => kes(['agent', 'info', '--control', control()]);

async function stage(file = 'kes.vkey'): Promise<void> {
  const out = ['--out', inFolder(file)];
  expect(await kes(['agent', 'gen-staged-key', '--control', control(), ...out])).toMatchObject({
    code: 0,
  });
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('wipes the keys and ends the process with 0', async () => {
    const agent = await startProcess();
    await stage();
    agent.child.kill(signal);
    expect(await agent.ended).toEqual([0, null]);
    expect(agent.lines.at(-1)).toMatch(/wiped$/);
    expect(existsSync(control())).toBe(false);
  });
});

test('SIGHUP keeps the staged key and the installed key, which signs', async () => {
  const agent = await startProcess();
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
  await agent.logged('the configuration is read again');
  const { stdout } = await info();
  expect(stdout).toMatch(/staged key\s+[0-9a-f]{64}\n/);
  writeFileSync(inFolder('message'), 'a message');
  const sign = ['sign', '--agent-sign', inFolder('agent', 'sign.socket'), inFolder('message')];
  expect(await kes(sign)).toMatchObject({ code: 0 });
});

test('an agent that was killed leaves its sockets, and the next one takes them over', async () => {
  const agent = await startProcess();
  agent.child.kill('SIGKILL');
  expect(await agent.ended).toEqual([null, 'SIGKILL']);
  expect(existsSync(control())).toBe(true);
  const doctor = await kes(['doctor', '--agent', '-c', control()]);
  expect(doctor.stdout).toMatch(/control lock +stale, of process \d+/);
  await startProcess();
  expect(await info()).toMatchObject({ code: 0 });
});

test('a reader that closes the log early does not end the agent', async () => {
  const agent = await startProcess('--log-level', 'debug');
  agent.child.stdout?.destroy();
  await stage();
  expect((await info()).stdout).toMatch(/staged key\s+[0-9a-f]{64}\n/);
  agent.child.kill('SIGTERM');
  expect(await agent.ended).toEqual([0, null]);
});

describe('--log-target syslog', () => {
  test('pipes lines with their priority to the program logger', async () => {
    const logger = `#!/bin/sh\necho "$@" > ${inFolder('arguments')}\nexec cat > ${inFolder('log')}\n`;
    writeFileSync(inFolder('logger'), logger, { mode: 0o755 });
    const child = spawn(
      process.execPath,
      [program, 'agent', 'run', ...agentOptions(), '--log-target', 'syslog'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, PATH: `${inFolder()}:${process.env['PATH'] ?? ''}` },
      },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'close');
    // The log is complete when the agent has ended: a command whose retries connect says when it has begun.
    const connected = await kes([
      ...['agent', 'info', '--control', control()],
      ...['--retry-attempts', '100000', '--retry-delay', '50'],
    ]);
    expect(connected.code).toBe(0);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    const lines = readFileSync(inFolder('log'), 'utf8').trim().split('\n');
    // Linux only: other loggers read no priorities.
    const start = process.platform === 'linux' ? /^<29>notice: / : /^notice: /;
    expect(lines.filter((line) => start.test(line)).length).toBeGreaterThan(1);
    expect(lines.some((line) => line.includes(preview.name))).toBe(true);
    expect(readFileSync(inFolder('arguments'), 'utf8')).toMatch(/^-t kes-agent/);
  });

  test('is an error of the environment without that program', async () => {
    const args = ['agent', 'run', ...agentOptions(), '--log-target', 'syslog'];
    const ended = await kesProcess(args, { environment: { PATH: inFolder() } });
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toMatch(/^kes: error: .*logger does not start \(ENOENT\).*\n$/);
  });
});

test('--log-target null writes nothing', async () => {
  const child = spawn(
    process.execPath,
    [program, 'agent', 'run', ...agentOptions(), '--log-target', 'null'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (part: Buffer) => (output += part.toString()));
  child.stderr.on('data', (part: Buffer) => (output += part.toString()));
  const ended = once(child, 'close');
  const retry = ['--retry-attempts', '100000', '--retry-delay', '50'];
  expect(await kes(['agent', 'info', '--control', control(), ...retry])).toMatchObject({ code: 0 });
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(output).toBe('');
});
