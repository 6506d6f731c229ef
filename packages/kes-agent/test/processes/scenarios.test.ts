/** An operator, an agent and nodes, each in a process of its own. */
import { describe, expect, test } from 'vitest';
import { otherPool, pool } from '../support/agent-key.js';
import {
  drop,
  expectSigns,
  info,
  install,
  installNew,
  stage,
  staged,
} from '../support/clients/plain-client.js';
import { endOf } from '../support/pool.js';
import { AgentProcess, NodeProcess, startAgent } from '../support/processes/processes.js';

describe('an installation', () => {
  test('gives the key to each node, which was there before or comes later; an update too', async () => {
    const agent = new AgentProcess({ period: 5 });
    const { service, control } = agent.paths;
    const first = new NodeProcess(service, 5);
    await agent.started();
    await first.next('connected');
    await installNew(control, pool, { start: 3 });
    await first.next('key');
    await first.expectSigns(2);

    const second = new NodeProcess(service, 5);
    await second.next('key');
    await second.expectSigns(2);

    await installNew(control, pool, { start: 5, counter: 1 });
    for (const node of [first, second]) {
      await node.next('key', { counter: 1n });
      await node.expectSigns(0, 1);
    }
  });

  test('is refused without a staged key, and with a wrong certificate, after which the staged key is there', async () => {
    const agent = new AgentProcess({ period: 5 });
    const { service, control } = agent.paths;
    const node = new NodeProcess(service, 5);
    await agent.started();
    await node.next('connected');
    expect(await install(control, pool.certify(new Uint8Array(32), { start: 5 }))).toBe('no-key');

    const verificationKey = await stage(control);
    const wrong = [
      otherPool.certify(verificationKey, { start: 5 }),
      pool.certify(new Uint8Array(32), { start: 5 }),
      pool.certify(verificationKey, { start: 6 }),
    ];
    for (const certificate of wrong) {
      expect(await install(control, certificate)).toBe('invalid-certificate');
      await agent.next('key-refused', { result: 'invalid-certificate' });
    }
    expect(await staged(control)).toEqual(verificationKey);
    expect(await node.isWithoutKey()).toBe(true);

    expect(await install(control, pool.certify(verificationKey, { start: 5 }))).toBe('ok');
    await node.next('key');
    await node.expectSigns(0);
  });

  test('follows a drop, which reaches every node', async () => {
    const agent = new AgentProcess({ period: 5 });
    const { service, control, sign } = agent.paths;
    const nodes = [new NodeProcess(service, 5), new NodeProcess(service, 5)];
    await agent.started();
    await installNew(control, pool, { start: 5 });
    for (const node of nodes) await node.next('key');

    expect(await drop(control)).toBe('ok');
    for (const node of nodes) {
      await node.next('drop', { reason: 'dropped' });
      expect(await node.isWithoutKey()).toBe(true);
    }
    expect(await drop(control)).toBe('no-key');
    expect((await info(control)).installed).toBeUndefined();

    await installNew(control, pool, { start: 5 });
    for (const node of nodes) {
      await node.next('key');
      await node.expectSigns(0);
    }
    await expectSigns(sign, 0);
  });
});

test('a key evolves at its installation and when the period ends, without a client that asks', async () => {
  const almost = 1;
  const agent = await startAgent({ period: 5, time: endOf(5) - almost });
  const { control, service, sign } = agent.paths;
  await installNew(control, pool, { start: 2 });
  await agent.next('key-evolved', { evolution: 3 });
  const node = new NodeProcess(service, 5);
  await node.next('key');
  await node.expectSigns(3);
  await agent.setTime(endOf(5));
  await agent.next('key-evolved', { evolution: 4 });
  await expectSigns(sign, 4);
  await node.setPeriod(6);
  await node.expectSigns(4);
});
