import { describe, test } from 'vitest';
import { transports } from '../../src/operations/transfers/transports.js';
import { prove } from '../../src/prove/prove.js';
import { proveTransport } from '../../src/prove/prove-transport.js';
import { USERS } from '../../src/prove/user.js';
import { as } from './as-everybody.js';
import { ofLayers } from './operations.js';
import { expectProved } from './verdicts.js';

describe('from one process', () => {
  test.concurrent.each(ofLayers('transports'))('%s', async (_name, operation) => {
    expectProved(await prove(operation, { prefix: as('ordinary', operation) }));
  });
});

describe('from one process to another, both scanned', () => {
  describe.each(USERS)('%s', (user) => {
    test.concurrent.each(transports.map((each) => [each.sender.name, each] as const))(
      '%s and receiver',
      async (_name, transport) => {
        const prefix = as(user, transport.sender);
        const { sender, receiver } = await proveTransport(transport, { prefix });
        expectProved(sender);
        expectProved(receiver);
      },
    );
  });
});
