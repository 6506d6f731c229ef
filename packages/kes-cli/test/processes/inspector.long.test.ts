/** No signal and no option lets the inspector of Node.js listen in a process that holds a key. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { checkAgentInspector, openPortsOf } from '../../src/doctor/doctor.js';
import { agentOptions, makePool } from '../support/agent.js';
import { inFolder } from '@evolock/command-testing/folder';
import { kes } from '../support/kes.js';
import { running, type Running } from '@evolock/command-testing/process';
import { kesProcess } from '../support/processes/process.js';

/** The command as it is installed, with its first line. */
const command = fileURLToPath(new URL('../../bin/kes.cjs', import.meta.url));
const whyNoPorts = process.platform === 'linux' ? undefined : 'only Linux has /proc';
const skipped = whyNoPorts === undefined ? '' : ` (skipped: ${whyNoPorts})`;

/** Whether a process blocks or handles SIGUSR1: then the signal does not end it any more. */
function survivesSigusr1(pid: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const masks = [...status.matchAll(/^Sig(?:Blk|Cgt):\s*([0-9a-f]+)$/gm)];
  return masks.some(([, mask]) => (BigInt(`0x${mask}`) & (1n << 9n)) !== 0n);
}

function start(args: readonly string[]): Running & { readonly pid: number } {
  const started = running(process.execPath, [command, ...args]);
  return { ...started, pid: started.child.pid! };
}

beforeEach(makePool);

describe.skipIf(whyNoPorts !== undefined)(`SIGUSR1${skipped}`, () => {
  test('opens nothing in a running agent, which says so and continues', async () => {
    const agent = start(['agent', 'run', ...agentOptions()]);
    await agent.wrote('the agent is ready');
    for (let round = 0; round < 5; round += 1) {
      agent.child.kill('SIGUSR1');
      await kes(['agent', 'info', '--control', inFolder('agent', 'control.socket')]);
    }
    await agent.wrote('SIGUSR1');
    expect(agent.text.stdout).toMatch(/SIGUSR1 does nothing here/);
    const out = ['--out', inFolder('kes.vkey')];
    const control = ['--control', inFolder('agent', 'control.socket')];
    expect(await kes(['agent', 'gen-staged-key', ...control, ...out])).toMatchObject({ code: 0 });
    expect(checkAgentInspector(agent.pid)).toMatchObject({ state: 'good' });
    expect(agent.text.stderr).toBe('');
    agent.child.kill('SIGTERM');
    expect(await agent.ended).toEqual([0, null]);
  });

  test('opens nothing in a command that holds a key', async () => {
    const skey = inFolder('kes.skey');
    await kes(['keygen', '--skey', skey, '--vkey', inFolder('kes.vkey')]);
    const signing = start(['sign', '--skey', skey, '--out', inFolder('signature'), '-']);
    // More than a pipe holds: the command is reading when it is written.
    await new Promise((resolve) => signing.child.stdin.write(new Uint8Array(500_000), resolve));
    signing.child.kill('SIGUSR1');
    signing.child.stdin.end();
    expect(await signing.ended).toEqual([0, null]);
    expect(signing.text.stderr).toBe('');
  });

  test('that comes before the first line of JavaScript ends an agent before it has a key', async () => {
    for (let round = 0; round < 8; round += 1) {
      const agent = start(['agent', 'run', ...agentOptions()]);
      // Node.js blocks the signal at first: from then on it opens the inspector instead of ending the process.
      while (!survivesSigusr1(agent.pid)) await setImmediate();
      agent.child.kill('SIGUSR1');
      if (await agent.wrote('the agent is ready')) {
        expect(openPortsOf(agent.pid)).toEqual([]);
        agent.child.kill('SIGTERM');
        expect(await agent.ended).toEqual([0, null]);
        continue;
      }
      expect(await agent.ended).toEqual([3, null]);
      expect(agent.text.stderr).toContain('the inspector of Node.js listens at ws://127.0.0.1:');
    }
  });
});

describe('an inspector that is open from the start', () => {
  const open = { environment: { NODE_OPTIONS: '--inspect=127.0.0.1:0' } };

  test('is refused by the agent, and by commands with keys', async () => {
    const skey = inFolder('kes.skey');
    for (const args of [
      ['agent', 'run', ...agentOptions()],
      ['keygen', '--skey', skey, '--vkey', inFolder('kes.vkey')],
      ['vrf', 'keygen', '--skey', skey, '--vkey', inFolder('vrf.vkey')],
      ['vkey', inFolder('cold.skey')],
    ]) {
      const { code, stdout, stderr } = await kesProcess(args, open);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toMatch(/kes: error: the inspector of Node\.js listens at ws:/);
    }
    expect(existsSync(skey)).toBe(false);
  });

  test('is reported by kes doctor', async () => {
    const { code, stdout } = await kesProcess(['doctor', '--json'], open);
    expect(code).toBe(3);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; state: string }[] };
    expect(checks.find(({ name }) => name === 'inspector')).toMatchObject({ state: 'bad' });
  });
});

test.skipIf(whyNoPorts !== undefined)(
  `kes doctor reports the open inspector of a process${skipped}`,
  async () => {
    const script = "console.log(require('node:inspector').url()); setInterval(() => {}, 1_000)";
    const { child } = running(process.execPath, ['--inspect=127.0.0.1:0', '--eval', script]);
    const [url] = (await once(child.stdout, 'data')) as [string];
    const { port } = new URL(url.trim());
    expect(openPortsOf(child.pid!)).toEqual([Number(port)]);
    expect(checkAgentInspector(child.pid!)).toMatchObject({
      state: 'bad',
      found: expect.stringContaining(port),
    });
  },
);
