/** `kes rotate --agent-control`, killed at any call: the agent keeps its keys, and the next run continues. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { periodOfSlot, preview, slotOfDate } from '@evolock/cardano-headers';
import { traceOf } from '@evolock/test-support/strace';
import { beforeEach, expect, test } from 'vitest';
import { agentOptions, makePool, startAgent, type RunningAgent } from '../support/agent.js';
import { inFolder } from '@evolock/command-testing/folder';
import { kes, kesJson, type Json } from '../support/kes.js';
import {
  atEachCall,
  callsIn,
  killedAt,
  leftovers,
  noStrace,
  Picture,
} from '../support/processes/interruptions.js';
import { program } from '../support/processes/process.js';

const NETWORK = ['--network', 'preview'];
const cold = (option: string) => [
  ...[option, inFolder('cold.skey')],
  ...['--counter', inFolder('cold.counter')],
];

async function succeeds(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await kes(args);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
}

/** An agent of this moment, whose key is installed with `node.cert`. */
async function agentWithKey(): Promise<RunningAgent> {
  const agent = await startAgent(agentOptions(), { now: () => new Date() });
  const [control, vkey, cert] = [agent.control, inFolder('first.vkey'), inFolder('node.cert')];
  const period = periodOfSlot(preview, slotOfDate(preview, new Date()));
  await succeeds('agent', 'gen-staged-key', '--control', control, '--out', vkey);
  await succeeds(
    ...['opcert', 'issue', '--kes-vkey', vkey, ...cold('--cold-skey')],
    ...['--unchecked', '--start-period', String(period), '--out', cert],
  );
  await succeeds('agent', 'install-key', '--control', control, '--cert', cert, ...NETWORK);
  rmSync(vkey);
  return agent;
}

async function keysOf({ control }: RunningAgent): Promise<{ installed: Json; staged: Json }> {
  const { json } = await kesJson(['agent', 'info', '--control', control]);
  return {
    installed: json.installed?.kesVerificationKey,
    staged: json.staged?.kesVerificationKey ?? null,
  };
}

function rotate({ control }: RunningAgent, ...more: readonly string[]): string[] {
  const cert = inFolder('node.cert');
  return ['rotate', '--agent-control', control, '--cert', cert, ...NETWORK, ...more];
}

beforeEach(makePool);

test('a beginning that was killed or refused at any call continues with the staged key', async () => {
  const agent = await agentWithKey();
  const before = new Picture();
  const { installed } = await keysOf(agent);
  const seen = new Set<boolean>();
  const prepare = async () => {
    before.restore();
    await kes(['agent', 'drop-staged-key', '--control', agent.control]);
  };
  await atEachCall(rotate(agent), prepare, async (what) => {
    const keys = await keysOf(agent);
    expect(keys.installed, what).toBe(installed);
    seen.add(keys.staged !== null);
    const { code, json } = await kesJson(rotate(agent));
    expect(code, what).toBe(0);
    if (keys.staged !== null) expect(json.kesVerificationKey, what).toBe(keys.staged);
    expect((await keysOf(agent)).staged, what).toBe(json.kesVerificationKey);
    const request = JSON.parse(readFileSync(json.requestFile, 'utf8'));
    expect(request.kesVerificationKey, what).toBe(json.kesVerificationKey);
    expect(leftovers(), what).toEqual([]);
  });
  expect(seen).toEqual(new Set([true, false]));
});

const TRACE = traceOf([
  'openat',
  'connect',
  'read',
  'write',
  'writev',
  'sendto',
  'sendmsg',
  'close',
]);

test.skipIf(noStrace !== undefined)(
  `an end that was killed at any system call from the connection on installed the key, or the next run does${noStrace === undefined ? '' : ` (skipped: ${noStrace})`}`,
  async () => {
    const agent = await agentWithKey();
    /** The next key is staged, and has its certificate. */
    const begun = async () => {
      const { code, json } = await kesJson(rotate(agent, ...cold('--cold-skey-here')));
      expect(code).toBe(0);
      return json;
    };
    /** The new certificate becomes the one in use. */
    const settle = (cert: string) => {
      copyFileSync(cert, inFolder('node.cert'));
      for (const name of readdirSync(inFolder()).filter((each) => /^node-\d+\./.test(each)))
        rmSync(inFolder(name));
    };
    const run = async (cert: string, options: readonly string[]): Promise<string | null> => {
      const end = rotate(agent, '--finish', '--new-cert', cert);
      const line = [...TRACE, ...options, process.execPath, program, ...end];
      const child = spawn('strace', line, { stdio: 'ignore' });
      return ((await once(child, 'close')) as [unknown, string | null])[1];
    };
    const { certificateFile } = await begun();
    const log = inFolder('kes.log');
    expect(await run(certificateFile, ['-o', log])).toBeNull();
    settle(certificateFile);
    const calls = callsIn(readFileSync(log, 'utf8'));
    const first = calls.findIndex(({ name }) => name === 'connect');
    expect(first).toBeGreaterThan(0);

    const seen = new Set<string>();
    for (let index = first; index < calls.length; index += 1) {
      if (calls[index]?.name === '') continue;
      const { kesVerificationKey: next, certificateFile: cert } = await begun();
      const { installed: old } = await keysOf(agent);
      await run(cert, killedAt(calls, index));
      const { installed, staged } = await keysOf(agent);
      expect([old, next]).toContain(installed);
      // The staged key stays until it is installed.
      expect(staged).toBe(installed === old ? next : null);
      seen.add(installed === old ? 'old' : 'new');
      await succeeds(...rotate(agent, '--finish', '--new-cert', cert));
      expect(await keysOf(agent)).toEqual({ installed: next, staged: null });
      settle(cert);
    }
    expect([...seen].sort()).toEqual(['new', 'old']);
  },
);
