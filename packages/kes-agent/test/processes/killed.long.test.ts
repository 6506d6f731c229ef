/** An agent that is killed at a system call starts again at the same sockets, and gets its key back from a peer. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callsIn, killedAt, noStrace, traceOf, visibleCalls } from '@evolock/test-support/strace';
import { expect, test } from 'vitest';
import { result32 } from '../../src/wire/codec.js';
import { expectSigns, info, installNew, receiving, type AgentPaths } from '../support/clients.js';
import { AgentProcess, newPaths, startAgent } from '../support/processes.js';
import { folder } from '../support/sockets.js';

const START = 4;

/** The system calls by which an agent touches files and sockets so that others see it. */
const TRACE = [
  '-y',
  ...traceOf([
    ...['openat', 'read', 'write', 'writev', 'mkdir', 'chmod', 'ftruncate'],
    ...['rename', 'link', 'linkat', 'unlink', 'unlinkat', 'socket', 'bind', 'listen', 'accept4'],
    ...['connect', 'shutdown', 'recvmsg', 'sendmsg', 'sendto'],
  ]),
];

/** Each test tries each n-th call: a key lives for 62 periods, and each try takes one. Together they try every call. */
const STEP = 3;
const OFFSETS = Array.from({ length: STEP }, (_, offset) => offset);

test.skipIf(noStrace !== undefined).each(OFFSETS)(
  `killed at any call that others see, an agent has its key again, from call %i on${noStrace === undefined ? '' : ` (skipped: ${noStrace})`}`,
  async (offset) => {
    const peer = await startAgent({ period: START });
    await installNew(peer.paths.control, { start: START });
    const paths = newPaths();
    let period = START;
    const run = (options: readonly string[]): AgentProcess =>
      new AgentProcess({
        period,
        paths,
        bootstrap: [peer.paths.service],
        prefix: options.length === 0 ? [] : ['strace', ...TRACE, ...options],
      });

    const log = join(folder(), 'log');
    const whole = run(['-o', log]);
    await use(whole, period - START);
    expect(await whole.close()).toBe('0');
    const calls = callsIn(readFileSync(log, 'utf8'));
    const first = calls.findIndex(({ line }) => line.startsWith('mkdir'));
    const last = calls.findIndex(({ line }) => line.startsWith(`unlink("${paths.control}"`));
    expect(first).toBeGreaterThan(0);
    const visible = visibleCalls(calls, first, last);
    expect(visible.length).toBeGreaterThan(60);

    let killed = 0;
    for (const index of visible.filter((_, at) => at % STEP === offset)) {
      period += 1;
      await peer.setPeriod(period);
      const agent = run(killedAt(calls, index));
      // It ends in the middle of what its clients do.
      const used = use(agent, period - START).then(() => agent.close());
      await Promise.race([used.catch(() => undefined), agent.ended()]);
      if ((await agent.ended()) === 'SIGKILL') killed += 1;
      await used.catch(() => undefined);

      const back = run([]);
      await use(back, period - START);
      // The next one finds the remains of a killed agent, or none.
      if (period % 2 === 0) await back.kill();
      else expect(await back.close()).toBe('0');
    }
    // The number of calls of a name differs a little from run to run.
    expect(killed).toBeGreaterThan(visible.length / STEP / 2);
  },
);

/** Uses each socket of an agent when it has its key, at this evolution. Rejects when the agent is killed. */
async function use(agent: AgentProcess, evolution: number): Promise<void> {
  await agent.started();
  await agent.next('key-installed', { evolution });
  await expectSigns(agent.paths.sign, evolution);
  await receive(agent.paths);
  expect((await info(agent.paths.control)).installed?.evolution).toBe(evolution);
}

async function receive({ service }: AgentPaths): Promise<void> {
  const client = await receiving(service);
  try {
    await client.read(733);
    await client.write(result32.encode('ok'));
  } finally {
    client.destroy();
  }
}
