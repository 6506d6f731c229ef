/** An agent: what its transcripts cannot show, because it depends on the user or on an agent that changes meanwhile. */
import { chmodSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { poolIdHexOf, preview, slotOfDate } from '@evolock/cardano-headers';
import { nativeHeaders, readCertificate, readVerificationKey } from '@evolock/cardano-kes';
import { StreamError } from '@evolock/direct-serialise-io';
import { AgentRefusalError, SignClient } from '@evolock/kes-agent';
import { beforeEach, describe, expect, test } from 'vitest';
import { agentError } from '../../src/agent/control/agent-control.js';
import {
  agentOptions,
  command,
  installNewKey,
  NOW,
  PERIOD,
  startAgent,
  succeeds,
} from '../support/agent.js';
import { makePool } from '../support/files.js';
import { inFolder } from '@evolock/command-testing/folder';
import { kes, kesJson, type Json } from '../support/kes.js';
import { encode, headerBody } from '../support/own-header.js';

// The command checks first what it can. The agent has the last word, and others may have changed its keys meanwhile.
test.each([
  ['outdated', 1, /newer key/],
  ['invalid-certificate', 1, /cold key.*KES period/],
  ['no-key', 1, /no such key/],
  ['unsupported', 3, /version/],
  ['unknown', 3, /log/],
] as const)(
  'a refusal of the agent names its socket: %s ends with %i',
  (result, exitCode, says) => {
    const cause = new AgentRefusalError(result);
    const error = agentError('/run/control', cause, 'control');
    expect(error).toMatchObject({ exitCode, code: 'ERR_EVOLOCK_AGENT_REFUSED', cause });
    expect((error as Error).message).toMatch(/^\/run\/control: the agent refuses: /);
    expect((error as Error).message).toMatch(says);
  },
);

test.each(['control', 'sign'] as const)(
  'advises a group for the sign socket only: %s',
  (socket) => {
    const system = Object.assign(new Error(), { code: 'EACCES' });
    const cause = new StreamError('connecting failed', system);
    const { message } = agentError('/run/socket', cause, socket) as Error;
    expect(message).toContain('run as the user of the agent');
    expect(message.includes('group')).toBe(socket === 'sign');
  },
);

test('a key whose file could not be written is staged, and the printed command writes it', async () => {
  makePool(inFolder());
  const agent = await startAgent();
  mkdirSync(inFolder('nowhere'));
  // The agent logs before it answers, so the folder is gone when the command writes the file.
  const emptied = agent.logged('a key is staged').then(() => rmdirSync(inFolder('nowhere')));
  const out = ['--out', inFolder('nowhere', 'kes.vkey')];
  const failed = await command('agent', 'gen-staged-key', '--control', agent.control, ...out);
  await emptied;
  expect(failed).toMatchObject({ code: 3, stdout: '' });
  const [, printed = ''] =
    /nowhere does not exist\. The key is staged: write it with kes (.*)\n$/.exec(failed.stderr) ??
    [];
  mkdirSync(inFolder('nowhere'));
  await succeeds(...printed.split(' '));
});

const GROUP = String(process.getgid?.());

test('a group may use the service socket with --socket-group, and not the control socket', async () => {
  makePool(inFolder());
  const agent = await startAgent([...agentOptions(), '--socket-group', GROUP]);
  expect(statSync(agent.service).mode & 0o777).toBe(0o660);
  expect(statSync(agent.control).mode & 0o777).toBe(0o600);
  const paths = ['-s', agent.service, '-c', agent.control];
  const { stdout } = await kes(['doctor', '--agent', ...paths, '--socket-group', GROUP]);
  expect(stdout).toMatch(/✓ folder +\S+: mode 2750,\s+owner/);
  expect(stdout).toMatch(/✓ service socket +\S+: mode 0660,\s+owner/);
});

test('a group of its own may use the sign socket with --sign-group', async () => {
  makePool(inFolder());
  const sign = inFolder('signers', 'sign.socket');
  const options = agentOptions().map((each) => (each.endsWith('sign.socket') ? sign : each));
  const agent = await startAgent([...options, '--sign-group', GROUP]);
  expect(statSync(agent.service).mode & 0o777).toBe(0o600);
  expect(statSync(sign).mode & 0o777).toBe(0o660);
  const paths = ['-s', agent.service, '-c', agent.control, '--sign', sign];
  const { stdout } = await kes(['doctor', '--agent', ...paths, '--sign-group', GROUP]);
  expect(stdout).toMatch(/✓ folder +\S+agent: mode 0700,\s+owner/);
  expect(stdout).toMatch(/✓ folder +\S+signers: mode 2750,\s+owner/);
});

test.each([[[]], [['--sign-block-headers']]])(
  'signs a header body of 10, 12 or more fields with --sign-block-headers only: %j',
  async (option) => {
    makePool(inFolder());
    const agent = await startAgent([...agentOptions(), ...option]);
    const issued = readCertificate(await installNewKey(agent, `of-${option.length}`));
    await using client = await SignClient.connect(agent.sign);
    const slot = slotOfDate(preview, NOW);
    for (const format of ['Praos', 'Leios', 'later'] as const) {
      const body = headerBody(issued, { format, slot });
      const long = headerBody(issued, { format, slot, heads: 'longest', indefinite: true });
      if (option.length === 0) {
        for (const message of [body, long])
          await expect(client.sign(message)).rejects.toMatchObject({ reason: 'block-header' });
        continue;
      }
      // A node takes the header.
      const { signature } = await client.sign(body);
      const header = encode([{ encoded: body }, signature]);
      const { result, kesSignature } = nativeHeaders.verifyHeader(header, preview, { now: NOW });
      expect([result, kesSignature]).toEqual([format === 'later' ? 'later-era' : 'valid', 'good']);
    }
  },
);

describe('kes agent run --prometheus', () => {
  const file = () => inFolder('agent.prom');
  const metrics = () =>
    Object.fromEntries(
      readFileSync(file(), 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => line.replace('kes_agent_', '').split(/ (?=[^ ]*$)/)),
    ) as Record<string, string>;

  test('writes how the agent is, after each change, and that it is down', async () => {
    makePool(inFolder());
    const { verificationKey } = readVerificationKey('cold', inFolder('cold.vkey'));
    const state = inFolder('state.json');
    const lastSlot = Number(slotOfDate(preview, NOW)) - 60;
    const counters = { [poolIdHexOf(verificationKey)]: 2 };
    writeFileSync(state, JSON.stringify({ lastSlot, oCertCounters: counters }));
    const options = ['--prometheus', file(), '--on-chain', state, '-b', inFolder('peer')];
    const agent = await startAgent([...agentOptions(), ...options]);
    const told = { on_chain_sequence_number: '2', on_chain_timestamp_seconds: '1772366340' };
    expect(metrics()).toMatchObject({ up: '1', key_installed: '0', ...told });
    expect(metrics()).not.toHaveProperty('evolution');

    await agent.logged('is not connected');
    const asked = command('sign', '--agent-sign', agent.sign, '--out', inFolder('x'), file());
    expect((await asked).code).toBe(3);
    await installNewKey(agent, 'watched');
    const found = metrics();
    expect(found).toMatchObject({
      kes_period: String(PERIOD),
      key_installed: '1',
      evolution: '0',
      'clients{socket="sign"}': '0',
      'refusals_total{kind="signature"}': '1',
      'refusals_total{kind="certificate"}': '0',
      [`peer_up{peer="${inFolder('peer')}"}`]: '0',
    });
    const days = Number(found['remaining_days']);
    expect(days).toBeCloseTo(
      (Number(found['expiry_timestamp_seconds']) - +NOW / 1_000) / 86_400,
      2,
    );
    expect(days).toBeGreaterThan(90);
    await succeeds('agent', 'drop-key', '--control', agent.control);
    expect(metrics()).toMatchObject({ key_installed: '0' });

    agent.signal('SIGTERM');
    await agent.ended;
    expect(metrics()).toMatchObject({ up: '0' });
    expect(metrics()).not.toHaveProperty('kes_period');
  });

  test('starts without the file of --on-chain, and says that it is missing', async () => {
    makePool(inFolder());
    const options = ['--prometheus', file(), '--on-chain', inFolder('missing')];
    const agent = await startAgent([...agentOptions(), ...options]);
    expect(await agent.logged('missing')).toContain('warn: the metrics are not complete');
    expect(metrics()).toMatchObject({ up: '1' });
    expect(metrics()).not.toHaveProperty('on_chain_sequence_number');
  });

  test.each([
    ['of another name', 'agent.txt', '.prom'],
    ['that is another one', 'other.prom', 'did not write'],
    ['in a folder that does not exist', 'none/agent.prom', 'does not exist'],
  ])('does not start with a file %s', async (_name, name, says) => {
    makePool(inFolder());
    writeFileSync(inFolder('other.prom'), 'something else');
    const run = ['agent', 'run', ...agentOptions(), '--prometheus', inFolder(name)];
    const { code, stderr } = await kes(run);
    expect([code > 1, stderr]).toEqual([true, expect.stringContaining(says)]);
    expect(readFileSync(inFolder('other.prom'), 'utf8')).toBe('something else');
  });
});

describe('kes doctor --agent', () => {
  beforeEach(() => makePool(inFolder()));

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

  test.each([
    [0o755, 'good'],
    [0o777, 'bad'],
  ])('names a folder above a socket that another user can change: %o', async (mode, state) => {
    mkdirSync(inFolder('above', 'inner'), { recursive: true, mode: 0o700 });
    chmodSync(inFolder('above'), mode);
    const [service, control] = [inFolder('above/inner/service'), inFolder('above/inner/control')];
    const sockets = ['--service', service, '--control', control];
    const { json } = await kesJson(['doctor', '--agent', ...sockets]);
    const check = json.checks.find(({ name }: Json) => name === 'folder');
    expect(check.state).toBe(state);
    if (state === 'bad') expect(check.found).toContain(`${inFolder('above')}, owner`);
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
