import { RecordingAllocator } from '@evolock/test-support';
import { writeFileSync } from 'node:fs';
import { type MLockedAllocator, MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { expect, test } from 'vitest';
import {
  directDeserialiseFromDescriptor,
  directDeserialiseFromFile,
  directSerialiseToSocket,
  LockedConnection,
} from '../src/index.js';
import { listening, ordinary, socketPair } from './support/connections.js';
import { fileName, opened } from './support/files.js';
import { inBlocks, pattern } from './support/values.js';

type Run = (allocator: MLockedAllocator) => unknown;

const SIZE = 32;
const type = MLockedBytes.type(SIZE);

function written(): string {
  const path = fileName();
  writeFileSync(path, pattern(SIZE), { mode: 0o600 });
  return path;
}

const operations: Readonly<Record<string, Run>> = {
  'reading a file': (allocator) => {
    directDeserialiseFromFile(written(), SIZE, type, { allocator }).release();
  },
  'reading the last value of a descriptor': (allocator) => {
    const fd = opened(written(), 'r');
    directDeserialiseFromDescriptor(fd, SIZE, type, { allocator, last: true }).release();
  },
  'sending over a socket': async (allocator) => {
    const [client] = await socketPair('unix');
    await directSerialiseToSocket(client, SIZE, inBlocks(pattern(SIZE), [SIZE]), { allocator });
  },
  'connecting, sending and receiving': async (allocator) => {
    const { server, target } = await listening('unix');
    server.once('connection', (peer) => ordinary(peer).write(pattern(SIZE)));
    await using connection = await LockedConnection.connect(target, { allocator });
    await connection.send(SIZE, inBlocks(pattern(SIZE), [SIZE]), { allocator });
    (await connection.receive(SIZE, type, { allocator })).release();
  },
  'taking over and receiving': async (allocator) => {
    const [client, server] = await socketPair('unix');
    client.write(pattern(SIZE));
    await using connection = LockedConnection.takeOver(server, { allocator });
    (await connection.receive(SIZE, type, { allocator })).release();
  },
};

async function allocationsOf(run: Run): Promise<number> {
  const allocator = new RecordingAllocator(pooledAllocator);
  await run(allocator);
  expect(allocator.live).toBe(0);
  return allocator.allocations;
}

test.each(Object.entries(operations))(
  '%s leaves nothing alive when any of its allocations fails',
  async (_name, run) => {
    const allocations = await allocationsOf(run);
    expect(allocations).toBeGreaterThan(0);
    for (let refuse = 1; refuse <= allocations; refuse += 1) {
      const allocator = new RecordingAllocator(pooledAllocator).failFrom(refuse - 1);
      await expect((async () => run(allocator))()).rejects.toMatchObject({
        code: 'ERR_EVOLOCK_ALLOCATION_REFUSED',
      });
      expect(allocator.live).toBe(0);
    }
  },
);
