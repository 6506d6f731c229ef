/** A rotation with an agent: `kes rotate --agent-control` stages the next key, `--finish` installs it. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readCertificate, readCounter } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  agentOptions,
  installNewKey,
  makePool,
  NOW,
  PERIOD,
  startAgent,
  succeeds,
  type RunningAgent,
} from '../support/agent.js';
import { makeCertificate } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson, type Json } from '../support/kes.js';
import { messageOf, take, waysIn, wordsOf } from '../support/rotation.js';

beforeEach(makePool);

const NETWORK = ['--network', 'preview'];
const NEXT = `pool-${String(PERIOD)}`;
const COLD = () => ['--counter', inFolder('cold.counter')];

/** A certificate of the same pool, for a key that nobody has. */
function makeOther(path: string): void {
  makeCertificate(path, new Uint8Array(32).fill(1), BigInt(PERIOD - 1));
}

async function info({ control }: RunningAgent): Promise<Json> {
  return (await kesJson(['agent', 'info', '--control', control], { now: NOW })).json;
}

/** An agent whose key is installed with `pool.cert`. */
async function agentWithKey(): Promise<RunningAgent> {
  const agent = await startAgent();
  await installNewKey(agent, 'pool');
  return agent;
}

function line({ control }: RunningAgent): string[] {
  return ['rotate', '--agent-control', control, '--cert', inFolder('pool.cert'), ...NETWORK];
}

function rotate(agent: RunningAgent, ...more: readonly string[]) {
  return kesJson([...line(agent), ...more], { now: NOW });
}

/** The certificate of the staged key, with a number of the test's choice. */
async function issueWith(number: string): Promise<void> {
  const [counter, cert] = [inFolder('cold.counter'), inFolder(`${NEXT}.cert`)];
  await succeeds('counter', 'set', counter, '--next', number, '--force');
  await succeeds(
    ...['opcert', 'issue', '--kes-vkey', inFolder(`${NEXT}.vkey`), ...COLD(), ...NETWORK],
    ...['--cold-skey', inFolder('cold.skey'), '--start-period', String(PERIOD), '--out', cert],
  );
}

function finish(agent: RunningAgent, ...more: readonly string[]) {
  return rotate(agent, '--finish', '--new-cert', inFolder(`${NEXT}.cert`), ...more);
}

async function issueRequest(): Promise<void> {
  await succeeds(
    ...['opcert', 'issue', '--request', inFolder(`${NEXT}.request`), ...COLD()],
    ...['--cold-skey', inFolder('cold.skey'), '--out', inFolder(`${NEXT}.cert`)],
    ...['--on-chain', '3'],
  );
}

describe('kes rotate --agent-control', () => {
  test('stages the next key and requests its certificate, and installs it at the end', async () => {
    const agent = await agentWithKey();
    const before = await info(agent);
    const { code, stderr, json } = await rotate(agent);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(json).toMatchObject({
      signingKeyFile: null,
      verificationKeyFile: inFolder(`${NEXT}.vkey`),
      requestFile: inFolder(`${NEXT}.request`),
      certificateFile: inFolder(`${NEXT}.cert`),
      startPeriod: String(PERIOD),
    });
    const staged = await info(agent);
    expect(staged.staged).toEqual({ kesVerificationKey: json.kesVerificationKey });
    expect(staged.installed).toEqual(before.installed);
    expect(readdirSync(inFolder()).filter((name) => name.endsWith('.skey'))).toEqual(['cold.skey']);

    await issueRequest();
    const done = await finish(agent, '--on-chain', '3');
    expect(done).toMatchObject({ code: 0, stderr: '', json: { finished: true, erased: null } });
    const after = await info(agent);
    expect(after.installed).toMatchObject({
      kesVerificationKey: json.kesVerificationKey,
      sequenceNumber: '4',
    });
    expect(after.staged).toBeNull();
    // A run after the end finds the key installed.
    const again = await finish(agent);
    expect(again).toMatchObject({ code: 0, json: { finished: true } });
    expect((await info(agent)).installed).toEqual(after.installed);
    const status = ['status', '--agent-control', agent.control, ...NETWORK];
    expect((await kesJson(status, { now: NOW })).code).toBe(0);
  });

  test('continues with the staged key when it is run again', async () => {
    const agent = await agentWithKey();
    const { json } = await rotate(agent);
    const names = readdirSync(inFolder());
    for (const missing of [[], [`${NEXT}.request`], [`${NEXT}.request`, `${NEXT}.vkey`]]) {
      for (const name of missing) rmSync(inFolder(name));
      expect((await rotate(agent)).json.kesVerificationKey).toBe(json.kesVerificationKey);
      expect(readdirSync(inFolder())).toEqual(names);
    }
    await issueRequest();
    expect((await finish(agent)).code).toBe(0);
  });

  test('issues the certificate at once with --cold-skey-here', async () => {
    const agent = await agentWithKey();
    const here = ['--cold-skey-here', inFolder('cold.skey'), ...COLD()];
    const { code, json } = await rotate(agent, ...here);
    expect(code).toBe(0);
    expect(json).toMatchObject({ requestFile: null, certificate: { sequenceNumber: '4' } });
    expect(json.warnings).toEqual([
      expect.stringMatching(/the cold key is on this machine/),
      expect.stringMatching(/accepts number 4 only if .*that is unknown/),
    ]);
    expect(existsSync(inFolder(`${NEXT}.request`))).toBe(false);
    expect((await finish(agent)).code).toBe(0);
    expect(readCounter(inFolder('cold.counter')).next).toBe(5n);
  });

  test('stages nothing when the certificate is not of the key of the agent, or a name is taken', async () => {
    const agent = await agentWithKey();
    const names = readdirSync(inFolder());
    await succeeds(
      'agent',
      'gen-staged-key',
      '--control',
      agent.control,
      '--out',
      inFolder('x.vkey'),
    );
    await succeeds('agent', 'drop-staged-key', '--control', agent.control);
    makeOther(inFolder('other.cert'));
    const other = await rotate(agent, '--cert', inFolder('other.cert'));
    expect(messageOf(other.stderr)).toMatch(/other\.cert: it is not the certificate of the key/);
    for (const [more, says] of [
      [['--skey', inFolder('cold.skey')], /name the key in use once/],
      [['--finish'], /needs --new-cert/],
      [['--new-cert', 'x'], /need --finish/],
    ] as const)
      expect(messageOf((await rotate(agent, ...more)).stderr)).toMatch(says);
    const nobody = { ...agent, control: inFolder('nobody') };
    expect((await rotate(nobody)).code).toBe(3);
    expect((await info(agent)).staged).toBeNull();
    expect(readdirSync(inFolder()).filter((name) => !/^(x|other)\./.test(name))).toEqual(names);
    await rotate(agent);
    await succeeds('agent', 'drop-staged-key', '--control', agent.control);
    const lost = await rotate(agent);
    expect(lost.code).toBe(2);
    expect(messageOf(lost.stderr)).toMatch(/the agent has no staged key any more.*Move the file/);
    expect((await info(agent)).staged).toBeNull();
  });

  test('installs nothing when a check fails, and the staged key stays', async () => {
    const agent = await agentWithKey();
    await rotate(agent);
    const before = await info(agent);
    const old = readFileSync(inFolder('pool.cert'));
    makeOther(inFolder('other.cert'));
    for (const cert of ['pool.cert', 'other.cert']) {
      const { code, json } = await finish(agent, '--new-cert', inFolder(cert));
      expect(code).toBe(1);
      expect(json).toMatchObject({ finished: false });
    }
    const { installed, staged } = await info(agent);
    expect({ installed, staged }).toEqual({ installed: before.installed, staged: before.staged });
    expect(readFileSync(inFolder('pool.cert'))).toEqual(old);
  });

  test('finds a rotation of an earlier KES period with the staged key; both ways out and another name', async () => {
    const later = new Date(NOW.getTime() + 3 * 86_400_000);
    let now = NOW;
    const agent = await startAgent(agentOptions(), { now: () => now });
    await installNewKey(agent, 'pool');
    const { json } = await rotate(agent);
    now = later;
    const again = () => kesJson(line(agent), { now });
    const { code, stderr } = await again();
    expect(code).toBe(2);
    const [goOn, drop, beside] = waysIn(messageOf(stderr));
    const same = { kesVerificationKey: json.kesVerificationKey };
    expect(await take(goOn, now)).toMatchObject({ ...same, startPeriod: String(PERIOD) });
    expect(await take(beside, now)).toMatchObject({ ...same, startPeriod: String(PERIOD + 2) });
    for (const kind of ['vkey', 'request']) rmSync(inFolder(`pool-${PERIOD + 2}.${kind}`));
    await take(drop, now);
    const { json: next } = await again();
    expect(next.kesVerificationKey).not.toBe(json.kesVerificationKey);
  });

  test('without --on-chain one number more is warned of, and installed', async () => {
    const agent = await agentWithKey();
    await rotate(agent);
    await issueRequest();
    const { code, json } = await finish(agent);
    expect(code).toBe(0);
    expect(json.warnings).toEqual([
      expect.stringMatching(/accepts number 4 only if 3 or 4 is the last number on chain.*unknown/),
    ]);
  });

  test.each([
    ['2', undefined, /number 2 only if .*Ask the node: cardano-cli query .*with --on-chain/],
    ['5', undefined, /number 5 only if .*Ask the node: cardano-cli query .*with --on-chain/],
    ['5', '3', /refuses number 5: 3 is the last number on chain/],
    ['4', '1', /refuses number 4: 1 is the last/],
    ['4', 'none', /refuses number 4: no certificate/],
  ])('a certificate with number %s is refused with %s on chain', async (number, onChain, says) => {
    const agent = await agentWithKey();
    await rotate(agent);
    await issueWith(number);
    const more = onChain === undefined ? [] : ['--on-chain', onChain];
    const before = await info(agent);
    const { code, json } = await finish(agent, ...more);
    expect(code).toBe(1);
    expect(JSON.stringify(json.checks)).toMatch(says);
    const install = ['agent', 'install-key', '--control', agent.control, ...NETWORK, ...more];
    const alone = await kesJson([...install, '--opcert', inFolder(`${NEXT}.cert`)], { now: NOW });
    expect(alone.code).toBe(1);
    expect(JSON.stringify(alone.json.checks)).toMatch(says);
    const { installed, staged } = await info(agent);
    expect({ installed, staged }).toEqual({ installed: before.installed, staged: before.staged });
  });

  test('a lower number that the chain accepts is installed after the command that drops the key', async () => {
    const agent = await agentWithKey();
    const begun = await rotate(agent, '--on-chain', '1');
    expect(begun.code).toBe(0);
    const text = await kes([...line(agent), '--on-chain', '1'], { now: NOW });
    expect(text.stdout).toMatch(
      /cardano-cli query [^]*Drop the key of number 3: .*\n +kes agent drop-key --control[^]*--finish/,
    );
    await issueWith('2');
    const refused = await finish(agent, '--on-chain', '1');
    const [drop] = waysIn(refused.json.checks.at(-2).words);
    expect((await info(agent)).installed.sequenceNumber).toBe('3');
    await take(drop, NOW);
    expect((await finish(agent, '--on-chain', '1')).json.finished).toBe(true);
    expect((await info(agent)).installed.sequenceNumber).toBe('2');
  });

  test('install-key takes the answer about the certificate in use', async () => {
    const agent = await agentWithKey();
    await rotate(agent);
    await issueRequest();
    const install = ['agent', 'install-key', '--control', agent.control, ...NETWORK];
    const withAnswer = (number: number) => {
      const answer = {
        qKesNodeStateOperationalCertificateNumber: 3,
        qKesOnDiskOperationalCertificateNumber: number,
        qKesStartKesInterval: Number(
          readCertificate(inFolder('pool.cert')).certificate.startPeriod,
        ),
      };
      writeFileSync(inFolder('x.json'), JSON.stringify(answer));
      const files = ['--opcert', inFolder(`${NEXT}.cert`), '--on-chain', inFolder('x.json')];
      return kesJson([...install, ...files], { now: NOW });
    };
    expect(messageOf((await withAnswer(7)).stderr)).toMatch(/about a certificate with number 7/);
    expect((await withAnswer(3)).json.installed).toBe(true);
  });

  test('install-key shows the same way, and that from a refused number to the right one', async () => {
    const agent = await agentWithKey();
    await rotate(agent);
    await issueWith('50');
    const install = ['agent', 'install-key', '--control', agent.control, ...NETWORK];
    const again = () =>
      kesJson([...install, '--opcert', inFolder(`${NEXT}.cert`), '--on-chain', '1'], { now: NOW });
    const { json } = await again();
    const [[issue = []] = []] = waysIn(JSON.parse(JSON.stringify(json.checks)).at(-2).words);
    // The files of the cold key are in the folder of the machine with it.
    const there = { now: NOW, cwd: inFolder() };
    const refusal = messageOf((await kesJson(issue, there)).stderr);
    const [, set = '', issuing = ''] =
      /: (kes counter set .*?); then issue again: (.*)$/.exec(refusal) ?? [];
    for (const each of [set, issuing]) expect((await kesJson(wordsOf(each), there)).code).toBe(0);
    const lower = await again();
    const [drop] = waysIn(lower.json.checks.at(-2).words);
    await take(drop, NOW);
    expect((await again()).json.installed).toBe(true);
    expect((await info(agent)).installed.sequenceNumber).toBe('2');
  });

  test('warns of an agent that counts another KES period', async () => {
    const later = new Date(NOW.getTime() + 3 * 86_400_000);
    const agent = await startAgent(agentOptions(), { now: () => later });
    await succeeds(
      'agent',
      'gen-staged-key',
      '--control',
      agent.control,
      '--out',
      inFolder('x.vkey'),
    );
    makeOther(inFolder('pool.cert'));
    const { code, json } = await rotate(agent);
    expect(code).toBe(0);
    expect(json.warnings).toEqual([
      expect.stringMatching(/the agent counts KES period \d+, and by the clock of this machine/),
    ]);
  });
});
