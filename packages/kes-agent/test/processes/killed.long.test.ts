/** An agent that is killed at a system call starts again at the same sockets, and gets its key back from a peer. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callsIn, killedAt, noStrace, traceOf, visibleCalls } from '@evolock/test-support/strace';
import { expect, test } from 'vitest';
import { result32 } from '../../src/wire/codec.js';
import { AgentProcess, newPaths, startAgent } from '../support/agents.js';
import { expectSigns, info, installNew, opened } from '../support/clients.js';
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
    // On a busy machine no client of a traced agent is too slow for it.
    const limits = { timeout: 600 };
    const peer = await startAgent({ period: START, limits });
    await installNew(peer.control, { start: START });
    const paths = newPaths();
    let period = START;
    const run = (...strace: readonly string[]): AgentProcess =>
      new AgentProcess({ period, paths, limits, bootstrap: [peer.service], prefix: strace });
    /** Uses each socket of an agent when it has its key. Rejects when the agent is killed. */
    const use = async (agent: AgentProcess): Promise<void> => {
      const evolution = period - START;
      await agent.next('key-installed', { evolution });
      await expectSigns(paths.sign, evolution);
      const client = await opened(paths.service, 'Service:2.0');
      await client.read(733);
      await client.write(result32.encode('ok'));
      client.destroy();
      expect((await info(paths.control)).installed?.evolution).toBe(evolution);
    };

    const log = join(folder(), 'log');
    const whole = run('strace', ...TRACE, '-o', log);
    await use(whole);
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
      peer.clock.setPeriod(period);
      const agent = run('strace', ...TRACE, ...killedAt(calls, index));
      // It ends in the middle of what its clients do, and answers no more. Otherwise a client failed for another reason.
      const used = use(agent).then(() => agent.close());
      await used.catch(() => expect(agent.setPeriod(period)).rejects.toThrow('ended with'));
      if ((await agent.ended) === 'SIGKILL') killed += 1;

      const back = run();
      await use(back);
      // The next one finds the remains of a killed agent, or none.
      if (period % 2 === 0) await back.kill();
      else expect(await back.close()).toBe('0');
    }
    // The number of calls of a name differs a little from run to run.
    expect(killed).toBeGreaterThan(visible.length / STEP / 2);
  },
);
