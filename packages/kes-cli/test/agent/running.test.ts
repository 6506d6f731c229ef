/** A running agent: its signals, its reload, its log, its sockets. */
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { writeColdVerificationKey } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  agentOptions,
  command,
  installNewKey,
  makePool,
  NOW,
  startAgent,
  succeeds,
} from '../support/agent.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson, type Json } from '../support/kes.js';

beforeEach(makePool);

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('ends the agent with 0, and removes its sockets', async () => {
    const agent = await startAgent();
    await installNewKey(agent);
    expect(statSync(agent.service).isSocket()).toBe(true);
    agent.signal(signal);
    const { code, stdout, stderr } = await agent.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/wiped\n$/);
    for (const path of [agent.service, agent.control, agent.sign])
      expect(existsSync(path)).toBe(false);
  });
});

describe('SIGHUP', () => {
  test('reads configuration and cold key again, and keeps the keys', async () => {
    const config = inFolder('agent.toml');
    writeFileSync(config, 'log-level = "notice"\n');
    const agent = await startAgent([...agentOptions(), '--config', config]);
    await installNewKey(agent);
    writeFileSync(
      config,
      'log-level = "notice"\nbootstrap-paths = ["/nowhere/peer"]\nclients = 3\nmessage-size = 5\n',
    );
    agent.signal('SIGHUP');
    expect(await agent.logged('not changed before a restart')).toMatch(
      /warn: .*: --message-size, --clients$/,
    );
    const state = await succeeds('agent', 'info', '--control', agent.control);
    expect(state).toMatch(/✓ a key is installed/);
    expect(state).toContain('/nowhere/peer');
  });

  test('changes nothing when something cannot be read, and logs it', async () => {
    const config = inFolder('agent.toml');
    writeFileSync(config, '');
    const agent = await startAgent([...agentOptions(), '--config', config]);
    await installNewKey(agent);
    writeFileSync(config, 'bootstrap-paths = ["/nowhere/peer"]\nclient = 3\n');
    agent.signal('SIGHUP');
    expect(await agent.logged('nothing changed')).toMatch(/error: .*agent\.toml: unknown client/);
    const state = await succeeds('agent', 'info', '--control', agent.control);
    expect(state).toMatch(/✓ a key is installed/);
    expect(state).not.toContain('/nowhere/peer');
  });
});

describe('SIGHUP with other paths of the sockets', () => {
  /** An agent whose sockets are named in the file only. */
  async function startFromFile(...lines: readonly string[]) {
    const config = inFolder('agent.toml');
    const write = (...more: readonly string[]) => writeFileSync(config, more.join('\n'));
    const names = ['service', 'control'];
    const paths = (home: string) =>
      names.map((name) => `${name}-path = "${inFolder(home, `${name}.socket`)}"`);
    write(...paths('agent'), ...lines);
    const cold = ['--cold-vkey', inFolder('cold.vkey'), '--network', 'preview'];
    return { agent: await startAgent([...cold, '--config', config]), write, paths };
  }

  test('listens there with the same key, and at the former paths no more', async () => {
    const { agent, write, paths } = await startFromFile();
    await installNewKey(agent);
    write(...paths('other'), `sign-path = "${inFolder('other', 'sign.socket')}"`);
    agent.signal('SIGHUP');
    await agent.logged('left');
    const control = inFolder('other', 'control.socket');
    expect(await succeeds('agent', 'info', '--control', control)).toMatch(/✓ a key is installed/);
    const sign = ['sign', '--agent-sign', inFolder('other', 'sign.socket')];
    expect(await kes(sign, { input: 'x', now: NOW })).toMatchObject({ code: 0 });
    expect(await command('agent', 'info', '--control', agent.control)).toMatchObject({ code: 3 });
  });

  test('changes nothing when one of them cannot be used, and logs it', async () => {
    const { agent, write, paths } = await startFromFile();
    mkdirSync(inFolder('open'), { mode: 0o755 });
    write(...paths('open'), 'log-format = "json"');
    agent.signal('SIGHUP');
    expect(await agent.logged('nothing changed')).toMatch(/^2026\S+ error: .*control\.socket/);
    await installNewKey(agent);
  });
});

test('SIGHUP with the cold key of another pool is an error in the log, and the key stays', async () => {
  const agent = await startAgent();
  const cert = await installNewKey(agent);
  writeColdVerificationKey(inFolder('cold.vkey'), new Uint8Array(32).fill(9), { replace: true });
  agent.signal('SIGHUP');
  expect(await agent.logged('nothing changed')).toMatch(
    /error: .*coldVerificationKey: .*another pool/,
  );
  writeFileSync(inFolder('message'), 'x');
  const sign = ['sign', '--agent-sign', agent.sign, '--out', inFolder('sig'), inFolder('message')];
  await succeeds(...sign);
  const verify = ['verify', '--cert', cert, '--period', '0', '--signature', inFolder('sig')];
  await succeeds(...verify, inFolder('message'));
});

describe('SIGHUP with a network in another KES period', () => {
  test('changes nothing while a key is installed: not the key, not the log', async () => {
    const config = inFolder('agent.toml');
    writeFileSync(config, 'network = "preview"\n');
    const options = agentOptions().filter((each) => !['--network', 'preview'].includes(each));
    const agent = await startAgent([...options, '--config', config]);
    await installNewKey(agent);
    writeFileSync(config, 'network = "mainnet"\nlog-format = "json"\n');
    agent.signal('SIGHUP');
    expect(await agent.logged('nothing changed')).toMatch(/^2026\S+ error: .*KES period/);
    expect(await succeeds('agent', 'info', '--control', agent.control)).toMatch(
      /✓ a key is installed, at evolution 0/,
    );
  });
});

describe('the log', () => {
  test('is one object a line with --log-format json', async () => {
    const agent = await startAgent([...agentOptions(), '--log-format', 'json']);
    await installNewKey(agent);
    agent.signal('SIGTERM');
    const { stdout } = await agent.ended;
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const each of events) {
      expect(Object.keys(each)).toEqual(['time', 'level', 'event', 'words', 'facts']);
      expect(each['time']).toBe('2026-03-01T12:00:00.000Z');
    }
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['ready', 'key-staged', 'key-installed', 'stopping']),
    );
  });

  test('begins at its level, which a variable may state', async () => {
    const environment = { KES_AGENT_LOG_LEVEL: 'notice' };
    const agent = await startAgent(agentOptions(), { environment });
    // Clients and signatures have lower levels.
    await installNewKey(agent);
    agent.signal('SIGTERM');
    const { stdout } = await agent.ended;
    expect(stdout).toMatch(/ notice: /);
    expect(stdout).not.toMatch(/ (info|debug): /);
  });
});

test('a second agent on the same sockets is refused, and the first one continues', async () => {
  const agent = await startAgent();
  const second = await command('agent', 'run', ...agentOptions());
  expect(second).toMatchObject({ code: 3 });
  expect(second.stderr).toMatch(/^kes: error: [^\n]+\n$/);
  expect(await succeeds('agent', 'info', '--control', agent.control)).toContain('kes-agent');
});

test('a folder that lets others in is refused', async () => {
  mkdirSync(inFolder('agent'), { mode: 0o755 });
  const refused = await command('agent', 'run', ...agentOptions());
  expect(refused.code).toBe(3);
  expect(refused.stderr).toContain(inFolder('agent'));
});

test('a group may use the service socket with --socket-group, and not the control socket', async () => {
  const group = ['--socket-group', String(process.getgid?.())];
  const agent = await startAgent([...agentOptions(), ...group]);
  expect(statSync(agent.service).mode & 0o777).toBe(0o660);
  expect(statSync(agent.control).mode & 0o777).toBe(0o600);
  const options = ['-s', agent.service, '-c', agent.control, ...group];
  const { stdout } = await kes(['doctor', '--agent', ...options]);
  expect(stdout).toMatch(/✓ folder +\S+: mode 2750,\s+owner/);
  expect(stdout).toMatch(/✓ service socket +\S+: mode 0660,\s+owner/);
});

test('a group of its own may use the sign socket with --sign-group', async () => {
  const group = String(process.getgid?.());
  const sign = inFolder('signers', 'sign.socket');
  const options = agentOptions().map((each) => (each.endsWith('sign.socket') ? sign : each));
  const agent = await startAgent([...options, '--sign-group', group]);
  expect(statSync(agent.service).mode & 0o777).toBe(0o600);
  expect(statSync(sign).mode & 0o777).toBe(0o660);
  const paths = ['-s', agent.service, '-c', agent.control, '--sign', sign];
  const { stdout } = await kes(['doctor', '--agent', ...paths, '--sign-group', group]);
  expect(stdout).toMatch(/✓ folder +\S+agent: mode 0700,\s+owner/);
  expect(stdout).toMatch(/✓ folder +\S+signers: mode 2750,\s+owner/);
});

describe('kes doctor --agent', () => {
  test('shows folder, sockets, locks and limits of a running agent', async () => {
    const agent = await startAgent();
    const options = ['-s', agent.service, '-c', agent.control, '--sign', agent.sign];
    const { stdout, stderr } = await kes(['doctor', '--agent', ...options]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/✓ folder +\S+: mode 0700,\s+owner/);
    for (const protocol of ['service', 'control', 'sign']) {
      expect(stdout).toMatch(new RegExp(`✓ ${protocol} socket +\\S+: mode 0[67]00,\\s+owner`));
      expect(stdout).toMatch(new RegExp(`✓ ${protocol} lock +held by process ${process.pid}\n`));
    }
    expect(stdout).toMatch(new RegExp(`agent limits +process ${process.pid}: locked memory`));
    expect(stdout).toMatch(/✓ agent +evolock kes-agent \S+ answers; it holds no key\n/);
  });

  test('is bad when no agent answers', async () => {
    const agent = await startAgent();
    const options = ['-s', agent.service, '-c', agent.control];
    const stateOfAgent = async () => {
      const { code, json } = await kesJson(['doctor', '--agent', ...options]);
      const { state } = json.checks.find(({ name }: Json) => name === 'agent');
      return { state, isAble: json.able, isGood: code === 0 };
    };
    expect(await stateOfAgent()).toMatchObject({ state: 'good' });
    agent.signal('SIGTERM');
    await agent.ended;
    expect(await stateOfAgent()).toEqual({ state: 'bad', isAble: false, isGood: false });
  });

  test('says that no agent runs', async () => {
    const options = ['-s', inFolder('none', 's'), '-c', inFolder('none', 'c')];
    const { stdout } = await kes(['doctor', '--agent', ...options]);
    expect(stdout).toMatch(/\? folder +\S+ does not exist/);
    expect(stdout).toMatch(/\? service socket +\S+ does not exist/);
    expect(stdout).toMatch(/\? control lock +none/);
  });

  test.each([
    [0o700, [], '✓'],
    [0o750, [], '✗'],
    [0o1777, [], '!'],
    [0o2750, [], '✗'],
    [0o2750, ['--socket-group', 'x'], '✓'],
    [0o750, ['--socket-group', 'x'], '✗'],
    [0o2770, ['--socket-group', 'x'], '✗'],
  ])('judges a folder of mode %o as the agent does, with %j', async (mode, group, mark) => {
    mkdirSync(inFolder('folder'));
    chmodSync(inFolder('folder'), mode);
    const options = ['-s', inFolder('folder', 's'), '-c', inFolder('folder', 'c'), ...group];
    const { stdout } = await kes(['doctor', '--agent', ...options]);
    expect(stdout).toMatch(new RegExp(`^${mark} folder `, 'm'));
  });

  test('finds what is not safe', async () => {
    mkdirSync(inFolder('open'), { mode: 0o755 });
    writeFileSync(inFolder('open', 's'), '');
    const options = ['-s', inFolder('open', 's'), '-c', inFolder('open', 'c')];
    const { code, stdout } = await kes(['doctor', '--agent', ...options]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/✗ folder [^✗]*an agent refuses\s+it/);
    expect(stdout).toMatch(/✗ service socket [^✗]*is not a\s+socket/);
    expect(stdout).toContain('correct the lines marked ✗');
  });
});
