/** A rotation with an agent: `kes rotate --agent-control` stages the next key, `--finish` installs it. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readCounter } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, it } from 'vitest';
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
import { kesJson, type Json } from '../support/kes.js';
import { messageOf, take, waysIn } from '../support/rotation.js';

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

function rotate({ control }: RunningAgent, ...more: readonly string[]) {
  const args = ['rotate', '--agent-control', control, '--cert', inFolder('pool.cert'), ...NETWORK];
  return kesJson([...args, ...more], { now: NOW });
}

function finish(agent: RunningAgent, cert = inFolder(`${NEXT}.cert`)) {
  return rotate(agent, '--finish', '--new-cert', cert);
}

async function issueRequest(): Promise<void> {
  await succeeds(
    ...['opcert', 'issue', '--request', inFolder(`${NEXT}.request`), ...COLD()],
    ...['--cold-skey', inFolder('cold.skey'), '--out', inFolder(`${NEXT}.cert`)],
    ...['--on-chain', '3'],
  );
}

describe('kes rotate --agent-control', () => {
  it('stages the next key and requests its certificate, and installs it at the end', async () => {
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
    const done = await finish(agent);
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

  it('continues with the staged key when it is run again', async () => {
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

  it('issues the certificate at once with --cold-skey-here', async () => {
    const agent = await agentWithKey();
    const here = ['--cold-skey-here', inFolder('cold.skey'), ...COLD()];
    const { code, json } = await rotate(agent, ...here);
    expect(code).toBe(0);
    expect(json).toMatchObject({ requestFile: null, certificate: { sequenceNumber: '4' } });
    expect(json.warnings).toEqual([expect.stringMatching(/the cold key is on this machine/)]);
    expect(existsSync(inFolder(`${NEXT}.request`))).toBe(false);
    expect((await finish(agent)).code).toBe(0);
    expect(readCounter(inFolder('cold.counter')).next).toBe(5n);
  });

  it('stages nothing when the certificate is not of the key of the agent, or a name is taken', async () => {
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

  it('installs nothing when a check fails, and the staged key stays', async () => {
    const agent = await agentWithKey();
    await rotate(agent);
    const before = await info(agent);
    const old = readFileSync(inFolder('pool.cert'));
    makeOther(inFolder('other.cert'));
    for (const cert of ['pool.cert', 'other.cert']) {
      const { code, json } = await finish(agent, inFolder(cert));
      expect(code).toBe(1);
      expect(json).toMatchObject({ finished: false });
    }
    const { installed, staged } = await info(agent);
    expect({ installed, staged }).toEqual({ installed: before.installed, staged: before.staged });
    expect(readFileSync(inFolder('pool.cert'))).toEqual(old);
  });

  it('finds a rotation of an earlier KES period with the staged key; both ways out and another name', async () => {
    const later = new Date(NOW.getTime() + 3 * 86_400_000);
    let now = NOW;
    const agent = await startAgent(agentOptions(), { now: () => now });
    await installNewKey(agent, 'pool');
    const { json } = await rotate(agent);
    now = later;
    const line = ['rotate', '--agent-control', agent.control, '--cert', inFolder('pool.cert')];
    const again = () => kesJson([...line, ...NETWORK], { now });
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

  it('warns of an agent that counts another KES period', async () => {
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
