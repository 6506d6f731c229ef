/** The commands to an agent: stage, install, inspect, sign, drop. Each agent runs in the process of the test. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeColdVerificationKey } from '@evolock/cardano-kes';
import { StreamError } from '@evolock/direct-serialise-io';
import { AgentRefusalError } from '@evolock/kes-agent';
import { beforeEach, describe, expect, test } from 'vitest';
import { agentError } from '../../src/agent/refusals.js';
import {
  command,
  installNewKey,
  issue,
  makePool,
  NOW,
  PERIOD,
  startAgent,
  succeeds,
  type RunningAgent,
} from '../support/agent.js';
import { envelopeIn } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson, type Json } from '../support/kes.js';

beforeEach(makePool);

const NETWORK = ['--network', 'preview'];

/** The state of an agent. */
async function info({ control }: RunningAgent): Promise<Json> {
  const { code, json } = await kesJson(['agent', 'info', '--control', control], { now: NOW });
  expect(code).toBe(0);
  return json;
}

describe('staging', () => {
  test('writes the verification key file of cardano-cli, and exports the same again', async () => {
    const agent = await startAgent();
    const vkey = inFolder('kes.vkey');
    const out = await succeeds(
      'agent',
      'gen-staged-key',
      '--control',
      agent.control,
      '--out',
      vkey,
    );
    const { type, cborHex } = envelopeIn(vkey);
    expect(type).toBe('KesVerificationKey_ed25519_kes_2^6');
    expect(out).toContain(cborHex.slice(4));
    expect((await info(agent)).staged).toEqual({ kesVerificationKey: cborHex.slice(4) });

    // The spelling of the reference.
    const again = ['--kes-verification-key-file', inFolder('again.vkey')];
    await succeeds('agent', 'export-staged-vkey', '-c', agent.control, ...again);
    expect(readFileSync(inFolder('again.vkey'))).toEqual(readFileSync(vkey));
  });

  test('refuses to replace a staged key without --replace-staged', async () => {
    const agent = await startAgent();
    const generate = ['agent', 'gen-staged-key', '--control', agent.control, '--out'];
    await succeeds(...generate, inFolder('one.vkey'));
    const { staged } = await info(agent);
    const refused = await command(...generate, inFolder('two.vkey'));
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(`a key is staged already (${staged.kesVerificationKey})`);
    expect(existsSync(inFolder('two.vkey'))).toBe(false);
    expect((await info(agent)).staged).toEqual(staged);

    // The printed command writes the same key.
    const [, printed = ''] = /write it with kes (.*), or replace/.exec(refused.stderr) ?? [];
    await succeeds(...printed.split(' '));
    expect(readFileSync(inFolder('two.vkey'))).toEqual(readFileSync(inFolder('one.vkey')));
    rmSync(inFolder('two.vkey'));

    const replaced = await succeeds(...generate, inFolder('two.vkey'), '--replace-staged');
    expect(replaced).toContain(staged.kesVerificationKey);
    expect((await info(agent)).staged).not.toEqual(staged);
  });

  test('replaces a file with --force, and never a staged key by it', async () => {
    const agent = await startAgent();
    const out = inFolder('kes.vkey');
    const generate = ['agent', 'gen-staged-key', '--control', agent.control, '--out', out];
    await succeeds(...generate);
    const { staged } = await info(agent);
    for (const options of [[], ['--force']]) {
      const refused = await command(...generate, ...options);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain(`a key is staged already (${staged.kesVerificationKey})`);
      expect((await info(agent)).staged).toEqual(staged);
    }
    const exists = await command(...generate, '--replace-staged');
    expect(exists).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') });
    expect((await info(agent)).staged).toEqual(staged);

    await succeeds(...generate, '--replace-staged', '--force');
    expect((await info(agent)).staged).not.toEqual(staged);
  });

  test('stages nothing when the file cannot be written', async () => {
    const agent = await startAgent();
    writeFileSync(inFolder('kes.vkey'), 'something else');
    const generate = ['agent', 'gen-staged-key', '--control', agent.control, '--out'];
    expect(await command(...generate, inFolder('kes.vkey'), '--force')).toMatchObject({ code: 2 });
    expect(await command(...generate.slice(0, -1))).toMatchObject({ code: 2 });
    expect(await command(...generate, inFolder('nowhere', 'kes.vkey'))).toMatchObject({ code: 3 });
    expect((await info(agent)).staged).toBeNull();
  });

  test('says that the key is staged when its file could not be written', async () => {
    const agent = await startAgent();
    const generate = ['agent', 'gen-staged-key', '--control', agent.control, '--out'];
    mkdirSync(inFolder('nowhere'));
    // The agent logs before it answers, so the folder is gone when the command writes the file.
    const emptied = agent.logged('a key is staged').then(() => rmdirSync(inFolder('nowhere')));
    const failed = await command(...generate, inFolder('nowhere', 'kes.vkey'));
    await emptied;
    expect(failed).toMatchObject({ code: 3, stdout: '' });
    const [, printed = ''] =
      /nowhere does not exist\. The key is staged: write it with kes (.*)\n$/.exec(failed.stderr) ??
      [];
    mkdirSync(inFolder('nowhere'));
    await succeeds(...printed.split(' '));
  });

  test('ends by drop-staged-key', async () => {
    const agent = await startAgent();
    const vkey = inFolder('kes.vkey');
    await succeeds('agent', 'gen-staged-key', '--control', agent.control, '--out', vkey);
    const control = ['--control', agent.control];
    await succeeds('agent', 'drop-staged-key', ...control);
    expect((await info(agent)).staged).toBeNull();
    const gone = await command('agent', 'drop-staged-key', ...control);
    expect(gone).toMatchObject({ code: 1, stdout: '' });
    expect(gone.stderr).toMatch(/no staged key: nothing was dropped/);
    const none = await command('agent', 'export-staged-vkey', ...control, '--out', vkey, '--force');
    const [, making = ''] = /no staged key: make one: kes (.*)\n$/.exec(none.stderr) ?? [];
    await succeeds(...making.split(' '), '--force');
  });
});

describe('install-key', () => {
  const install = (agent: RunningAgent, cert: string, ...more: readonly string[]) =>
    command('agent', 'install-key', '--control', agent.control, '--opcert', cert, ...more);

  async function staged(): Promise<RunningAgent> {
    const agent = await startAgent();
    const out = ['--out', inFolder('kes.vkey')];
    await succeeds('agent', 'gen-staged-key', '--control', agent.control, ...out);
    return agent;
  }

  test('installs a right certificate, which kes status then judges as it judges a file', async () => {
    const agent = await startAgent();
    const cert = await installNewKey(agent);
    const { installed, staged: left } = await info(agent);
    expect(left).toBeNull();
    expect(installed).toMatchObject({ evolution: { value: '0' }, startPeriod: String(PERIOD) });

    const ofAgent = ['--agent-control', agent.control, '--cold-vkey', inFolder('cold.vkey')];
    const status = await kesJson(['status', ...ofAgent, ...NETWORK], { now: NOW });
    const ofFile = await kesJson(['status', '--cert', cert, ...NETWORK], { now: NOW });
    expect(status.code).toBe(0);
    expect(status.json.checks[1]).toEqual(ofFile.json.checks[1]);
    expect({ ...status.json, checks: [] }).toEqual({ ...ofFile.json, checks: [] });
    expect(status.json.checks.at(-1).words).toBe('the agent holds its key at evolution 0');
  });

  test.each([
    ['that starts later', PERIOD + 3, /✗ it starts in 3 KES periods/],
    ['that has ended', PERIOD - 70, /✗ it ended 8 KES periods ago/],
  ])('sends no certificate %s', async (_name, start, says) => {
    const agent = await staged();
    await issue(inFolder('kes.vkey'), inFolder('node.cert'), start);
    const refused = await install(agent, inFolder('node.cert'), ...NETWORK);
    expect(refused).toMatchObject({ code: 1, stderr: '' });
    expect(refused.stdout).toMatch(says);
    expect(refused.stdout).toContain('✗ nothing was sent to the agent; its staged key stays');
    // By the period of the agent the answer is the same, but the limit of evolutions is unknown.
    expect((await install(agent, inFolder('node.cert'))).code).toBe(1);

    await issue(inFolder('kes.vkey'), inFolder('right.cert'));
    expect(await install(agent, inFolder('right.cert'))).toMatchObject({ code: 0 });
  });

  test('sends no certificate for another key, of another pool, or with a wrong signature', async () => {
    const agent = await staged();
    await succeeds('keygen', '--skey', inFolder('o.skey'), '--vkey', inFolder('o.vkey'));
    await issue(inFolder('o.vkey'), inFolder('other.cert'));
    expect((await install(agent, inFolder('other.cert'))).stdout).toMatch(
      /✗ it is not for the staged key/,
    );

    await issue(inFolder('kes.vkey'), inFolder('node.cert'));
    const text = readFileSync(inFolder('node.cert'), 'utf8');
    const { cborHex } = envelopeIn(inFolder('node.cert'));
    const last = cborHex.endsWith('0') ? '1' : '0';
    writeFileSync(inFolder('forged.cert'), text.replace(cborHex, cborHex.slice(0, -1) + last));
    expect((await install(agent, inFolder('forged.cert'))).stdout).toMatch(
      /✗ its signature is not/,
    );

    writeColdVerificationKey(inFolder('other.vkey'), new Uint8Array(32).fill(9));
    const coldVkey = ['--cold-vkey', inFolder('other.vkey')];
    const ofOther = await install(agent, inFolder('node.cert'), ...coldVkey);
    expect(ofOther.stdout).toMatch(/✗ its cold key is not that of \S+other\.vkey/);
    expect((await info(agent)).installed).toBeNull();
    // The spelling of the reference.
    await succeeds(
      'agent',
      'install-key',
      '-c',
      agent.control,
      '--opcert-file',
      inFolder('node.cert'),
    );
    expect((await info(agent)).installed).not.toBeNull();
  });

  test('warns when the agent counts another KES period', async () => {
    const agent = await staged();
    await issue(inFolder('kes.vkey'), inFolder('node.cert'));
    const { json } = await kesJson(
      [
        ...['agent', 'install-key', '--control', agent.control],
        ...['--opcert', inFolder('node.cert'), ...NETWORK],
      ],
      { now: new Date(NOW.getTime() + 7 * 86_400_000) },
    );
    expect(json.warnings[0]).toContain(`the agent counts KES period ${PERIOD}, and by the clock`);
  });

  test('sends no certificate that has ended by the count of the agent', async () => {
    // As an agent that counts no slots of Byron.
    const ahead = new Date(NOW.getTime() + 200 * 86_400_000);
    const agent = await startAgent(undefined, { now: () => ahead });
    const vkey = inFolder('kes.vkey');
    await succeeds('agent', 'gen-staged-key', '--control', agent.control, '--out', vkey);
    await issue(vkey, inFolder('node.cert'));
    const { code, stdout } = await install(agent, inFolder('node.cert'), ...NETWORK);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ by the KES period of the agent, \d+: it ended \d+ KES periods ago/);
    expect(stdout).toContain('nothing was sent');
  });

  test('says that the clock of the agent is before the start of its network', async () => {
    const early = new Date('2010-01-01T00:00:00Z');
    const agent = await startAgent(undefined, { now: () => early });
    const vkey = inFolder('kes.vkey');
    await succeeds('agent', 'gen-staged-key', '--control', agent.control, '--out', vkey);
    await issue(vkey, inFolder('node.cert'), 0);
    const { code, stdout } = await install(agent, inFolder('node.cert'));
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ the clock of the agent is before the start of its network/);
    expect(await succeeds('agent', 'info', '--control', agent.control)).toMatch(
      /KES period +none: the network of the agent starts 2022-\S+, after\s+its clock/,
    );
  });

  test('says that a certificate with a lower number is refused', async () => {
    const agent = await staged();
    await issue(inFolder('kes.vkey'), inFolder('first.cert'));
    await issue(inFolder('kes.vkey'), inFolder('second.cert'));
    expect(await install(agent, inFolder('second.cert'))).toMatchObject({ code: 0 });
    const out = ['--out', inFolder('next.vkey')];
    await succeeds('agent', 'gen-staged-key', '--control', agent.control, ...out);
    const installed = await install(agent, inFolder('second.cert'));
    expect(installed.stdout).toMatch(/✗ it is for the key that is installed already/);
    const lower = await install(agent, inFolder('first.cert'));
    expect(lower.stdout).toMatch(
      /✗ the network accepts number 3 only if [^✗]*State what is on chain by --on-chain/,
    );
    await succeeds('agent', 'drop-staged-key', '--control', agent.control);
    const none = await install(agent, inFolder('second.cert'));
    expect(none.stdout).toMatch(/✗ nothing was sent to the agent\n/);
  });
});

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
    const cause = new StreamError(
      'connecting failed',
      Object.assign(new Error(), { code: 'EACCES' }),
    );
    const { message } = agentError('/run/socket', cause, socket) as Error;
    expect(message).toContain('run as the user of the agent');
    expect(message.includes('group')).toBe(socket === 'sign');
  },
);

describe('a signature by an agent', () => {
  test('verifies with the certificate, and names its KES period', async () => {
    const agent = await startAgent();
    const cert = await installNewKey(agent);
    writeFileSync(inFolder('message'), 'a message');
    const sig = inFolder('message.sig');
    const sign = ['sign', '--agent-sign', agent.sign];
    await succeeds(...sign, '--out', sig, inFolder('message'));
    const verify = ['verify', '--cert', cert, '--period', '0', '--signature', sig];
    await succeeds(...verify, inFolder('message'));
    const { json } = await kesJson([...sign, inFolder('message')], { now: NOW });
    expect(json).toMatchObject({ period: 0, kesPeriod: String(PERIOD) });
    const now = ['--kes-period', String(PERIOD), inFolder('message')];
    expect(await command(...sign, ...now)).toMatchObject({ code: 0 });
    const next = await command(...sign, '--kes-period', String(PERIOD + 1), inFolder('message'));
    expect(next).toMatchObject({ code: 2, stdout: '' });
    expect(next.stderr).toContain(`only at the current KES period (its KES period is ${PERIOD})`);
  });

  test('is refused without a key', async () => {
    const agent = await startAgent();
    const ended = await kes(['sign', '--agent-sign', agent.sign], { input: 'x', now: NOW });
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toMatch(/sign\.socket: the agent refuses: it has no installed key/);
  });

  test.each([
    [[], /name one signer/],
    [['--skey', 'a', '--agent-sign', 'b'], /name one signer/],
    [['--skey', 'a', '--kes-period', '1'], /--kes-period needs --agent-sign/],
    [['--agent-sign', 'b', '--period', '1'], /--period needs --skey/],
    [['--agent-sign', 'b', '--block-header'], /--block-header needs --skey/],
  ])('needs right options: %j', async (options, says) => {
    const { code, stderr } = await command('sign', ...options);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});

describe('the state of an agent', () => {
  test('is shown for a person', async () => {
    const agent = await startAgent();
    expect(await succeeds('agent', 'info', '--control', agent.control)).toMatch(
      /✗ no key is installed\n[^]*KES period +\d+, from 20.*\n[^]*staged key +none\n/,
    );
    await installNewKey(agent);
    expect(await succeeds('agent', 'info', '--control', agent.control)).toMatch(
      /✓ a key is installed, at evolution 0, since 2026-03-01T12:00:00Z\n/,
    );
  });

  test('is not valid for kes status without a key', async () => {
    const agent = await startAgent();
    const status = ['status', '--agent-control', agent.control, ...NETWORK];
    const none = await command(...status);
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toMatch(/no installed key/);
  });

  test('is not valid when its key is at another evolution', async () => {
    const agent = await startAgent();
    await installNewKey(agent);
    const later = new Date(NOW.getTime() + 3 * 86_400_000);
    const { code, json } = await kesJson(['status', '--agent-control', agent.control, ...NETWORK], {
      now: later,
    });
    expect(code).toBe(1);
    expect(json.checks.at(-1).words).toMatch(/at evolution 0, not at [1-9]\d*: compare the clock/);
  });

  test('is one of many for kes status, with its pool when the list names the cold key', async () => {
    const agent = await startAgent();
    await installNewKey(agent);
    writeFileSync(
      inFolder('pools.toml'),
      [
        `[[pool]]\nname = "AGENT"\nagent-control = "${agent.control}"\ncold-vkey = "cold.vkey"`,
        '[[pool]]\nname = "ABSENT"\nagent-control = "absent.socket"',
      ].join('\n'),
    );
    const list = ['status', '--pools', inFolder('pools.toml'), ...NETWORK];
    const { code, json } = await kesJson(list, { now: NOW });
    expect(code).toBe(3);
    expect(json.certificates).toMatchObject([
      { name: 'ABSENT', result: 'not-read' },
      {
        name: 'AGENT',
        result: 'valid',
        certificate: { poolId: { bech32: expect.stringMatching(/^pool1/) } },
      },
    ]);
  });

  test('ends with drop-key, and there is nothing to drop then', async () => {
    const agent = await startAgent();
    await installNewKey(agent);
    await succeeds('agent', 'drop-key', '--control', agent.control);
    expect((await info(agent)).installed).toBeNull();
    expect(await command('agent', 'drop-key', '--control', agent.control)).toMatchObject({
      code: 1,
    });
  });

  test.each([['service'], ['sign']] as const)('is not on its %s socket', async (socket) => {
    const agent = await startAgent();
    const ended = await command('agent', 'info', '--control', agent[socket]);
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toMatch(/socket: it has no protocol of this command: give the socket/);
  });

  test('needs an agent: the variables of the reference name it', async () => {
    const absent = inFolder('absent.socket');
    const environment = { KES_AGENT_CONTROL_PATH: absent };
    const ended = await kes(['agent', 'info'], { environment });
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain(absent);
    const wrong = await kes(['agent', 'info'], {
      environment: { ...environment, KES_AGENT_CONTROL_RETRY_ATTEMPTS: 'many' },
    });
    expect(wrong).toMatchObject({ code: 2 });
    const agent = await startAgent();
    expect(
      await kes(['agent', 'info'], { environment: { KES_AGENT_CONTROL_PATH: agent.control } }),
    ).toMatchObject({ code: 0 });
  });
});

test.each([
  [[]],
  [['--cert', 'a', '--agent-control', 'b']],
  [['--agent-control', 'b', '--skey', 'c']],
  [['--cert', 'a', '--cold-vkey', 'b']],
])('kes status needs one certificate: %j', async (args) => {
  expect(await command('status', ...NETWORK, ...args)).toMatchObject({ code: 2, stdout: '' });
});
