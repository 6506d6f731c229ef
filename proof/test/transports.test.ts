import { describe, test } from 'vitest';
import { transports } from '../src/operations/transports.js';
import { prove } from '../src/prove.js';
import { proveTransport } from '../src/prove-transport.js';
import { ofLayers } from './operations.js';
import { expectProved } from './verdicts.js';

describe('from one process', () => {
  test.concurrent.each(ofLayers('transports'))('%s', async (_name, operation) => {
    expectProved(await prove(operation));
  });
});

describe('from one process to another, both scanned', () => {
  test.concurrent.each(transports.map((each) => [each.sender.name, each] as const))(
    '%s and receiver',
    async (_name, transport) => {
      const { sender, receiver } = await proveTransport(transport);
      expectProved(sender);
      expectProved(receiver);
    },
  );
});
