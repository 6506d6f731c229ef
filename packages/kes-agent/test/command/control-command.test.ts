/** The command `kes-agent-control` against a fake agent. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readVerificationKey } from '@evolock/cardano-kes';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { readArguments } from '../../src/control/arguments.js';
import { runControl } from '../../src/control/run.js';
import { defaultSocketPath } from '../../src/sockets/default-path.js';
import {
  answerCommands,
  FakeAgent,
  fakeAgent,
  type ControlAnswers,
} from '../support/fake-agent.js';
import { agentKey, pool } from '../support/pool.js';
import { folder } from '../support/sockets.js';
import { recordingsOf } from '../support/wire.js';

const program = fileURLToPath(new URL('../../bin/kes-agent-control.js', import.meta.url));
const { certificate } = agentKey({ counter: 4, start: 10 });
const verificationKey = new Uint8Array(certificate.hotVerificationKey);

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const lines = { stdout: '', stderr: '' };
  const code = await runControl(args, environment, {
    print: (line) => void (lines.stdout += `${line}\n`),
    warn: (line) => void (lines.stderr += `${line}\n`),
  });
  return { code, ...lines };
}

async function runProcess(args: readonly string[], cwd = folder()): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

function certificateFile(): string {
  const path = join(folder(), 'node.cert');
  const number = (value: bigint) => Number(value).toString(16).padStart(2, '0');
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const cborHex = [
    `8284`,
    `5820${hex(certificate.hotVerificationKey)}`,
    number(certificate.sequenceNumber),
    number(certificate.startPeriod),
    `5840${hex(certificate.signature)}`,
    `5820${hex(pool.coldVerificationKey)}`,
  ].join('');
  const type = 'NodeOperationalCertificate';
  writeFileSync(path, JSON.stringify({ type, description: '', cborHex }));
  return path;
}

describe('the process', () => {
  test('generates a staged key, and writes the file that cardano-cli reads', async () => {
    const agent = await fakeAgent();
    const commands = answerCommands(agent, { generated: verificationKey });
    const cwd = folder();
    expect(await runProcess(['gen-staged-key', '-c', agent.path], cwd)).toEqual({
      code: 0,
      stdout:
        'Asking agent to generate a key...\nKES SignKey generated.\nKES VerKey written to kes.vkey\n',
      stderr: '',
    });
    expect(readVerificationKey('kes', join(cwd, 'kes.vkey')).verificationKey).toEqual(
      verificationKey,
    );
    expect(commands.map(({ command }) => command)).toEqual(['export', 'generate']);
  });

  test('ends with 1 when there is no agent, after its attempts', async () => {
    const { path } = new FakeAgent();
    const args = ['info', '-c', path, '--retry-attempts', '2', '--retry-delay', '1'];
    const again = 'Connection to agent failed, will try again';
    expect(await runProcess([...args, '--retry-exponential'])).toEqual({
      code: 1,
      stdout: `${again} 2 more times\n${again} 1 more time\n`,
      stderr: `kes-agent-control: error: ${path}: connecting failed (ENOENT)\n`,
    });
    expect(await run([...args, '--verbose', '0'])).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('kes-agent-control', () => {
  test('replaces a staged key with --replace-staged only', async () => {
    const agent = await fakeAgent();
    const staged = new Uint8Array(32);
    const commands = answerCommands(agent, { generated: verificationKey, staged });
    const file = join(folder(), 'other.vkey');
    const args = ['gen-staged-key', '-c', agent.path, '--kes-verification-key-file', file];
    const { code, stderr } = await run(args);
    expect(code).toBe(1);
    expect(stderr).toContain(`a key is staged already (${'00'.repeat(32)})`);
    expect({ commands, isWritten: existsSync(file) }).toEqual({
      commands: [{ command: 'export' }],
      isWritten: false,
    });
    expect(await run([...args, '--replace-staged'])).toMatchObject({ code: 0, stderr: '' });
    expect(readVerificationKey('kes', file).verificationKey).toEqual(verificationKey);
  });

  test('exports to standard output what it writes to a file, which it replaces', async () => {
    const agent = await fakeAgent();
    answerCommands(agent, { staged: verificationKey });
    const file = join(folder(), 'kes.vkey');
    writeFileSync(file, 'the last one');
    const verb = ['export-staged-vkey', '--control-address', agent.path];
    const { stdout } = await run([...verb, '--kes-verification-key-file', '-']);
    const ended = await run([...verb, '--kes-verification-key-file', file]);
    expect(ended).toMatchObject({ code: 0, stdout: `KES VerKey written to ${file}\n` });
    expect(readFileSync(file, 'utf8')).toBe(stdout);
  });

  test('installs the certificate of a file', async () => {
    const agent = await fakeAgent();
    const commands = answerCommands(agent, {});
    const ended = await run(['install-key', '-c', agent.path, '--opcert-file', certificateFile()]);
    expect(ended).toEqual({ code: 0, stdout: 'KES key installed.\n', stderr: '' });
    expect(commands).toEqual([{ command: 'install', certificate }]);
  });

  const refusals = [
    ['outdated', 'KES key outdated'],
    ['invalid-certificate', 'OpCert validation failed'],
    ['no-key', 'No KES key found'],
    ['unsupported', 'Operation not supported'],
    ['unknown', 'unknown error'],
  ] as const;

  test.each<[verb: string, ControlAnswers, code: number, stdout: string]>([
    ['export-staged-vkey', {}, 0, 'No key available.'],
    ['drop-staged-key', {}, 0, 'Staged key dropped.'],
    ['drop-key', {}, 0, 'KES key dropped.'],
    ...refusals.flatMap(([result, words], at): [string, ControlAnswers, number, string][] => [
      ['install-key', { result }, at + 1, `Error: ${words}`],
      ['drop-key', { result }, at + 1, `KES key not dropped: ${words}`],
    ]),
  ])('%s, where the agent answers %j, ends with %i: %s', async (verb, answers, code, line) => {
    const agent = await fakeAgent();
    answerCommands(agent, answers);
    const file = verb === 'install-key' ? ['--opcert-file', certificateFile()] : [];
    const ended = await run([verb, ...file], { KES_AGENT_CONTROL_PATH: agent.path });
    expect(ended).toEqual({ code, stdout: `${line}\n`, stderr: '' });
  });

  test('shows what the agent holds, without characters that a terminal obeys', async () => {
    const agent = await fakeAgent();
    answerCommands(agent, {
      info: {
        program: '1.3.0.0',
        installed: {
          evolution: 2,
          startPeriod: 10n,
          counter: 4n,
          verificationKey,
          signature: new Uint8Array(64).fill(1),
          timestamp: 1_795_712_238n,
        },
        staged: new Uint8Array(32).fill(2),
        now: 1_795_712_245n,
        period: 12n,
        periodStart: 1_795_712_000n,
        periodEnd: 1_795_841_600n,
        peers: [{ address: '/run/a\u001b[31m', status: 'connecting' }],
      },
    });
    const { code, stdout } = await run(['info', '-c', agent.path]);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      '--- Agent ---',
      'Agent version: 1.3.0.0',
      `Connected via: ${agent.path}`,
      'Current time: 2026-11-26 16:57:25 UTC',
      'Current KES period: 12',
      'Current KES period started: 2026-11-26 16:53:20 UTC',
      'Next KES period starts: 2026-11-28 04:53:20 UTC',
      '--- Installed KES SignKey ---',
      'Timestamp: 2026-11-26 16:57:18 UTC',
      `VerKey: ${Buffer.from(verificationKey).toString('hex')}`,
      'Valid from period: 10',
      'Current evolution: 2 / 64',
      'OpCert number: 4',
      `OpCert signature: ${'01'.repeat(64)}`,
      '--- Staged KES SignKey ---',
      `VerKey: ${'02'.repeat(32)}`,
      '--- Bootstrap Agents ---',
      `${'/run/a?[31m'.padStart(30)} ConnectionConnecting`,
      '',
    ]);
  });

  test.each([
    [[], 'state a verb'],
    [['wrong'], 'there is no verb "wrong"'],
    [['info', 'more'], 'too many arguments'],
    [['info', '--wrong'], "Unknown option '--wrong'"],
    [['info', '--retry-attempts', 'x'], '--retry-attempts: expected a number'],
    [['install-key'], 'install-key needs a certificate'],
    [['install-key', '--opcert-file', 'no-such.cert'], 'no-such.cert'],
    [['install-key', '--opcert-file', program], 'kes-agent-control.js'],
  ])('ends with 1 for the arguments %j', async (args, words) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(words);
  });

  test('shows its help and its version', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const verb of ['gen-staged-key', 'drop-key', 'info']) expect(stdout).toContain(verb);
    expect(await run(['--version'])).toMatchObject({
      stdout: expect.stringMatching(/^kes-agent-control \d+\.\d+\.\d+/),
    });
  });
});

describe('the arguments', () => {
  test('of the command line win over the environment, that over the defaults', () => {
    const environment = {
      KES_AGENT_CONTROL_PATH: 'e.socket',
      KES_AGENT_CONTROL_RETRY_INTERVAL: '7000',
      KES_AGENT_CONTROL_RETRY_ATTEMPTS: '3',
    };
    expect(readArguments(['info'], environment)).toMatchObject({
      path: 'e.socket',
      retry: { attempts: 3, delay: 7_000, exponential: false, longestDelay: 7_000 },
    });
    const flags = ['-c', 'f.socket', '--retry-interval', '5', '--retry-attempts', '1', '-v', '2'];
    expect(readArguments([...flags, 'info', '--retry-exponential'], environment)).toMatchObject({
      verb: 'info',
      path: 'f.socket',
      retry: { attempts: 1, delay: 5, exponential: true, longestDelay: 5_000 },
    });
    const own = folder();
    const wrong = {
      KES_AGENT_CONTROL_RETRY_INTERVAL: 'soon',
      KES_AGENT_CONTROL_PATH: '',
      XDG_RUNTIME_DIR: own,
    };
    expect(readArguments(['info'], wrong)).toMatchObject({
      path: join(own, 'kes-agent-control.socket'),
      retry: { attempts: 0, delay: 1_000 },
      verificationKeyFile: 'kes.vkey',
    });
  });
});

test('without a path of a socket, and without a folder of the session, it ends with 2', async () => {
  const user = vi.spyOn(process, 'geteuid').mockReturnValue(12_345);
  onTestFinished(() => user.mockRestore());
  for (const environment of [{}, { XDG_RUNTIME_DIR: folder() }]) {
    const { code, stdout, stderr } = await run(['info'], environment);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--control-address PATH');
  }
});

test('has no default path in a folder in which others create files, or that is relative', () => {
  const shared = folder();
  chmodSync(shared, 0o1777);
  for (const XDG_RUNTIME_DIR of [shared, relative(process.cwd(), folder())]) {
    const path = defaultSocketPath('control', { XDG_RUNTIME_DIR });
    expect([undefined, '/run/kes-agent/kes-agent-control.socket']).toContain(path);
  }
});

test('finds the agent of the session by the environment of its process', async () => {
  const agent = await fakeAgent('kes-agent-control.socket');
  answerCommands(agent, {});
  vi.stubEnv('XDG_RUNTIME_DIR', dirname(agent.path));
  vi.stubEnv('KES_AGENT_CONTROL_PATH', undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect((await runProcess(['drop-staged-key'])).code).toBe(0);
});

test('SIGUSR1 opens no inspector while it waits for an answer', async () => {
  const agent = await fakeAgent();
  const child = spawn(process.execPath, [program, 'info', '-c', agent.path]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (complaints += part));
  const ended = once(child, 'close');
  const end = await agent.connection();
  child.kill('SIGUSR1');
  // The signal is handled in the turn in which the end of the connection arrives, or before it.
  end.socket.destroy();
  expect(await ended).toEqual([1, null]);
  expect(complaints).not.toContain('Debugger');
});

const { certificates, connections } = recordingsOf('control');

test.skipIf(connections.length === 0)('a certificate of cardano-cli is installed', async () => {
  const path = join(folder(), 'node.cert');
  writeFileSync(path, JSON.stringify(certificates[0]));
  const agent = await fakeAgent();
  const commands = answerCommands(agent, {});
  expect((await run(['install-key', '-c', agent.path, '--opcert-file', path])).code).toBe(0);
  expect(commands).toMatchObject([{ command: 'install', certificate: { startPeriod: 3n } }]);
});
