/** An agent of an ordinary user that has no locked memory left. */
import {
  asOrdinaryUser,
  LEAST_LOCK_LIMIT,
  NOBODY,
  whyNoOrdinaryUser,
} from '@evolock/test-support/ordinary-user';
import { expect, test } from 'vitest';
import { ControlClient } from '../../src/index.js';
import { AgentProcess, newPaths, NodeProcess } from '../support/agents.js';
import { expectServes, expectSigns, info, installNew, stage } from '../support/clients.js';
import { folderOfService } from '../support/sockets.js';

const why = whyNoOrdinaryUser();

test.skipIf(why !== undefined)('reports it, keeps its keys, and continues', async () => {
  const isRoot = process.getuid?.() === 0;
  const paths = newPaths(isRoot ? folderOfService(NOBODY) : undefined);
  const prefix = asOrdinaryUser(LEAST_LOCK_LIMIT);
  const agent = await AgentProcess.start({ period: 3, paths, prefix });
  await installNew(paths.control, { start: 3 });
  const next = await stage(paths.control);
  await agent.ask('exhaust');

  const refused = new ControlClient(paths.control).generate();
  await expect(refused).rejects.toMatchObject({
    code: 'ERR_EVOLOCK_AGENT_REFUSED',
    result: 'unknown',
  });
  await agent.next('key-not-generated');
  expect((await info(paths.control)).staged).toEqual(next);
  await expectSigns(paths.sign, 0);
  await agent.setPeriod(4);
  await expectSigns(paths.sign, 1);

  const node = new NodeProcess(paths.service, 4);
  const code = 'ERR_EVOLOCK_LOCK_LIMIT';
  await agent.next('client-closed', { protocol: 'service', code });
  await agent.ask('release');
  await node.next('key');
  await expectServes(paths, 4, { evolution: 1, counter: 0 });
  expect(await agent.close()).toBe('0');
});
