/** Each transport moves every value, and leaves nothing when an allocation fails. */
import { constants, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import {
  type MLockedAllocator,
  MLockedBytes,
  pooledAllocator,
  type Pull,
  type Push,
} from '@evolock/mlocked-bytes';
import fc from 'fast-check';
import { RecordingAllocator } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  directDeserialiseFromDescriptor,
  directSerialiseToDescriptor,
  directSerialiseToSocket,
  KeyFile,
  LockedConnection,
} from '../src/index.js';
import { listening, ordinary, socketPair, transports } from './support/connections.js';
import { fileName, namedPipe, opened } from './support/files.js';
import { toyAlgorithm } from './support/toy-key.js';
import { inBlocks, pattern } from './support/values.js';

const block = fc.uint8Array({ minLength: 0, maxLength: 3_000 });
/** The blocks of a value, at least one of which is not empty. */
const blocks = fc
  .array(block, { minLength: 1, maxLength: 5 })
  .filter((parts) => parts.some((part) => part.length > 0));

const valueOf = (parts: readonly Uint8Array[]) => ({
  directSerialise(push: Push): void {
    for (const part of parts) push(part);
  },
});

/** Reads the same blocks, each into locked memory of its own. */
const typeOf = (parts: readonly Uint8Array[]) => ({
  size: parts.reduce((sum, part) => sum + part.length, 0),
  directDeserialise(pull: Pull, options?: object): MLockedBytes[] {
    return parts
      .filter((part) => part.length > 0)
      .map((part) => MLockedBytes.type(part.length).directDeserialise(pull, options));
  },
});

function expectSame(value: readonly MLockedBytes[], parts: readonly Uint8Array[]): void {
  const contents = value.map((bytes) => bytes.withBytes((view) => new Uint8Array(view)));
  for (const bytes of value) bytes.release();
  expect(Buffer.concat(contents).equals(Buffer.concat(parts))).toBe(true);
}

test('values round-trip through pipes', () => {
  // One descriptor for both ends: the pipe takes more than the largest of these values.
  const fd = opened(namedPipe(), constants.O_RDWR);
  fc.assert(
    fc.property(blocks, (parts) => {
      const allocator = new RecordingAllocator(pooledAllocator);
      directSerialiseToDescriptor(fd, valueOf(parts));
      expectSame(directDeserialiseFromDescriptor(fd, typeOf(parts), { allocator }), parts);
      allocator.expectClean();
    }),
  );
});

test.each(transports)(
  'values round-trip between two locked connections over %s',
  async (transport) => {
    const { server, target } = await listening(transport);
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const near = await LockedConnection.connect(target);
    const far = LockedConnection.takeOver((await accepted)[0]);
    await fc.assert(
      fc.asyncProperty(fc.array(blocks, { maxLength: 4 }), async (values) => {
        const allocator = new RecordingAllocator(pooledAllocator);
        for (const [from, to] of [
          [near, far],
          [far, near],
        ] as const) {
          const sends = values.map((parts) => from.send(valueOf(parts), { allocator }));
          for (const parts of values) {
            expectSame(await to.receive(typeOf(parts), { allocator }), parts);
          }
          await Promise.all(sends);
        }
        allocator.expectClean();
      }),
    );
    await Promise.all([near.finish(), far.finish()]);
  },
);

type Run = (allocator: MLockedAllocator) => unknown;

const toy = toyAlgorithm(MLockedBytes);
const SIZE = 32;
const type = MLockedBytes.type(SIZE);

const operations: Readonly<Record<string, Run>> = {
  'reading a descriptor': (allocator) => {
    const path = fileName();
    writeFileSync(path, pattern(SIZE));
    directDeserialiseFromDescriptor(opened(path, 'r'), type, { allocator }).release();
  },
  'making, evolving and opening a key file': async (allocator) => {
    const path = fileName();
    const create = () => ({ key: toy.generate(1) });
    const made = await KeyFile.open(path, toy, { allocator, create });
    await made.write({ period: 1 }).finally(() => made.close());
    await (await KeyFile.open(path, toy, { allocator })).close();
  },
  'sending over a socket': async (allocator) => {
    const [client] = await socketPair('unix');
    await directSerialiseToSocket(client, inBlocks(pattern(SIZE), [SIZE]), { allocator });
  },
  'connecting, sending and receiving': async (allocator) => {
    const { server, target } = await listening('unix');
    server.once('connection', (peer) => ordinary(peer).write(pattern(SIZE)));
    await using connection = await LockedConnection.connect(target, { allocator });
    await connection.send(inBlocks(pattern(SIZE), [SIZE]), { allocator });
    (await connection.receive(type, { allocator })).release();
  },
  'taking over and receiving': async (allocator) => {
    const [client, server] = await socketPair('unix');
    client.write(pattern(SIZE));
    await using connection = LockedConnection.takeOver(server, { allocator });
    (await connection.receive(type, { allocator })).release();
  },
};

test.each(Object.entries(operations))(
  '%s leaves nothing alive when any of its allocations fails',
  async (_name, run) => {
    const log = new RecordingAllocator(pooledAllocator);
    await run(log);
    log.expectClean();
    expect(log.allocations).toBeGreaterThan(0);
    for (let refused = 0; refused < log.allocations; refused += 1) {
      const allocator = new RecordingAllocator(pooledAllocator).failFrom(refused);
      await expect((async () => run(allocator))()).rejects.toMatchObject({
        code: 'ERR_EVOLOCK_ALLOCATION_REFUSED',
      });
      expect(allocator.live).toBe(0);
    }
  },
);
