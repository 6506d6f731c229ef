/** An agent whose log is not taken: a terminal that is stopped, and a pipe that nobody reads. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { preview } from '@evolock/cardano-headers';
import { ControlClient } from '@evolock/kes-agent';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { agentOptions, installNewKey, makePool, NOW, succeeds } from '../support/agent.js';
import { inFolder } from '@evolock/command-testing/folder';
import { running } from '@evolock/command-testing/process';
import { program } from '../support/processes/process.js';

const hook = new URL('../support/processes/clock-file.mjs', import.meta.url).href;

/**
 * A terminal of its own for a program: what is written to this process is typed, its output is what the terminal shows.
 * Packet mode tells when the terminal has stopped.
 */
const TERMINAL = `
import fcntl, os, pty, struct, sys, termios
def read(fd):
    fcntl.ioctl(fd, termios.TIOCPKT, struct.pack('i', 1))
    data = os.read(fd, 1024)
    if data[:1] == b'\\0':
        return data[1:]
    return b'(stopped)' if data[:1] and data[0] & termios.TIOCPKT_STOP else data and b'.'
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], read)))`;

const noTerminal =
  spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0
    ? undefined
    : 'python3 from 3.9 on makes the terminal';

/** Ctrl-S stops the output of a terminal, Ctrl-Q continues it. */
const STOP = '\u0013';
const CONTINUE = '\u0011';
const INTERRUPT = '\u0003';

beforeEach(makePool);

const control = (): string => inFolder('agent', 'control.socket');
const info = (): Promise<string> => succeeds('agent', 'info', '--control', control());

function setClock(periods: number): void {
  const slot = Number(preview.slotsPerKesPeriod) * 1_000;
  writeFileSync(inFolder('clock'), String(NOW.getTime() + periods * slot));
}

/** Starts an agent, waits until it is ready, and kills it at the end of the test. */
async function startAgent(before: readonly string[]) {
  setClock(0);
  const run = ['--import', hook, program, 'agent', 'run', ...agentOptions()];
  const [file = '', ...args] = [...before, process.execPath, ...run];
  const json = ['--log-format', 'json', '--log-level', 'debug'];
  const agent = running(file, [...args, ...json], { KES_TEST_CLOCK: inFolder('clock') });
  expect(await agent.wrote('"ready"')).toBe(true);
  const pid = Number(/"pid":(\d+)/.exec(agent.text.stdout)?.[1]);
  onTestFinished(() => {
    // The child may be the terminal: then the agent is a process of its own.
    if (existsSync(control())) process.kill(pid, 'SIGKILL');
  });
  return { ...agent, pid };
}

async function isAtEvolution(evolution: number): Promise<void> {
  setClock(evolution);
  expect(await info()).toMatch(
    new RegExp(`✓ a key is installed, at KES period \\d+, evolution ${evolution}\\b`),
  );
}

async function evolvesAndAnswers(): Promise<void> {
  await installNewKey({ control: control() });
  await isAtEvolution(1);
  await isAtEvolution(2);
}

const inTerminal = test.skipIf(noTerminal !== undefined);
const reason = noTerminal === undefined ? '' : ` (skipped: ${noTerminal})`;

inTerminal(
  `on a stopped terminal it evolves and answers, and its lines follow${reason}`,
  async () => {
    const { child, text, wrote, ended } = await startAgent(['python3', '-c', TERMINAL]);
    child.stdin.write(STOP);
    await wrote('(stopped)');
    await evolvesAndAnswers();
    expect(text.stdout).not.toContain('evolution 2');
    child.stdin.write(CONTINUE);
    await wrote(', evolution 2');
    child.stdin.write(INTERRUPT);
    await wrote('all keys are wiped');
    expect(await ended).toEqual([0, null]);
  },
);

inTerminal(`on a stopped terminal a signal ends it${reason}`, async () => {
  const { child, wrote, pid, ended } = await startAgent(['python3', '-c', TERMINAL]);
  child.stdin.write(STOP);
  await wrote('(stopped)');
  await evolvesAndAnswers();
  // Ctrl-C would continue the output.
  process.kill(pid, 'SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('an agent whose log pipe is not read evolves its key, answers, and ends by a signal', async () => {
  const { child, ended } = await startAgent([]);
  child.stdout.pause();
  await evolvesAndAnswers();
  // More than the buffers of the pipe and of its reader.
  const client = new ControlClient(control());
  for (let each = 0; each < 1_500; each += 1) await client.info();
  await isAtEvolution(3);
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
