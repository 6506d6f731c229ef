/** An agent of an ordinary user that has no locked memory left. */
import { once } from 'node:events';
import {
  asOrdinaryUser,
  LEAST_LOCK_LIMIT,
  NOBODY,
  whyNoOrdinaryUser,
} from '@evolock/test-support/ordinary-user';
import { expect, test } from 'vitest';
import { ControlClient } from '../../src/index.js';
import { receiveKeys } from '../../src/client/service-client.js';
import { expectServes, expectSigns, installNew, stage, staged } from '../support/clients.js';
import { configuration, momentIn } from '../support/pool.js';
import { newPaths, startAgent } from '../support/processes.js';
import { folderOfService } from '../support/sockets.js';

const why = whyNoOrdinaryUser();

test.skipIf(why !== undefined)('reports it, keeps its keys, and continues', async () => {
  const isRoot = process.getuid?.() === 0;
  const paths = newPaths(isRoot ? folderOfService(NOBODY) : undefined);
  const agent = await startAgent({ period: 3, paths, prefix: asOrdinaryUser(LEAST_LOCK_LIMIT) });
  await installNew(paths.control, { start: 3 });
  const next = await stage(paths.control);
  await agent.ask('exhaust');

  const refused = new ControlClient(paths.control).generate();
  await expect(refused).rejects.toMatchObject({
    code: 'ERR_EVOLOCK_AGENT_REFUSED',
    result: 'unknown',
  });
  await agent.next('key-not-generated');
  expect(await staged(paths.control)).toEqual(next);
  await expectSigns(paths.sign, 0);
  await agent.setPeriod(4);
  await expectSigns(paths.sign, 1);

  const client = receiveKeys(paths.service, {
    ...configuration,
    now: () => momentIn(4),
    retry: { delay: 10, exponential: false },
  });
  try {
    await agent.next('client-closed', { protocol: 'service', code: 'ERR_EVOLOCK_LOCK_LIMIT' });
    const received = once(client, 'key');
    await agent.ask('giveBack');
    await received;
  } finally {
    await client.close();
  }
  await expectServes(paths, 4, { evolution: 1, counter: 0 });
  expect(await agent.close()).toBe('0');
});
