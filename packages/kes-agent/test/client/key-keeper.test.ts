import { onTestFinished, expect, test } from 'vitest';
import { sum6Kes } from '@evolock/kes-sum';
import { keyFrom } from '@evolock/test-keys';
import { KeyKeeper } from '../../src/client/key-keeper.js';
import { agentKey, pool, recorder } from '../support/agent-key.js';
import { momentIn, network } from '../support/pool.js';

test('a key that is accepted leaves its past evolutions at once', () => {
  const allocator = recorder();
  const keeper = new KeyKeeper(
    {
      coldVerificationKey: pool.coldVerificationKey,
      parameters: network,
      now: () => momentIn(12),
    },
    () => {},
  );
  onTestFinished(() => keeper.wipe());
  const { bytes, evolution, certificate } = agentKey({ start: 10 });
  const signingKey = keyFrom(sum6Kes, bytes, { allocator });
  const received = { signingKey, evolution, certificate, timestamp: 1n };
  expect(keeper.receive(received)).toMatchObject({ result: 'ok' });
  expect(signingKey.period).toBe(2);
  keeper.wipe();
  allocator.expectClean();
});
