import { getEventListeners } from 'node:events';
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { expectUncloneable, RecordingAllocator, rejectionOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { LockedConnection, MAX_IO_SIZE } from '../../src/index.js';
import { connected, listening, transports, ways, type Listening } from '../support/connections.js';
import { contentOf, inBlocks, lockedCopy, pattern } from '../support/values.js';

const content = pattern(32);
const type = MLockedBytes.type(32);
const large = inBlocks(pattern(MAX_IO_SIZE), [MAX_IO_SIZE]);

function abortedSoon(): AbortSignal {
  const controller = new AbortController();
  setImmediate(() => controller.abort('enough'));
  return controller.signal;
}

describe.each(ways)('a connection ($name) whose peer is silent', (way) => {
  test.each([0, 31])('after %i bytes times out, or can be aborted', async (sent) => {
    for (const timesOut of [true, false]) {
      const { connection, peer, allocator } = await connected(way);
      if (sent > 0) peer.write(content.subarray(0, sent));
      const limit = { signal: timesOut ? AbortSignal.timeout(20) : abortedSoon() };
      const error = await rejectionOf(connection.receive(type, { allocator, ...limit }));
      expect(error).toMatchObject(
        timesOut
          ? { code: 'ERR_EVOLOCK_IO_TIMEOUT', cause: { name: 'TimeoutError' } }
          : { code: 'ERR_EVOLOCK_IO_ABORTED', cause: 'enough' },
      );
      expect(connection.closed).toBe(true);
      allocator.expectClean();
    }
  });

  test('and does not end: a close times out or is aborted', async () => {
    for (const timesOut of [true, false]) {
      const { connection, allocator } = await connected(way);
      const limit = { signal: timesOut ? AbortSignal.timeout(20) : abortedSoon() };
      const { code } = await rejectionOf(connection.finish(limit));
      expect(code).toBe(timesOut ? 'ERR_EVOLOCK_IO_TIMEOUT' : 'ERR_EVOLOCK_IO_ABORTED');
      allocator.expectClean();
    }
  });

  test('and does not read: a send times out, and the receive rejects too', async () => {
    const { connection, allocator } = await connected(way);
    const received = rejectionOf(connection.receive(type, { allocator }));
    const first = Array.from({ length: 15 }, () => connection.send(large, { allocator }));
    const last = connection.send(large, { allocator, signal: AbortSignal.timeout(20) });
    const outcomes = await Promise.allSettled([...first, last]);
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'ERR_EVOLOCK_IO_TIMEOUT' } });
    expect((await received)['code']).toBe('ERR_EVOLOCK_IO_STREAM');
    allocator.expectClean();
  });

  test('is unchanged by an abort before and after an operation', async () => {
    const { connection, peer, allocator } = await connected(way);
    const aborted = { signal: AbortSignal.abort('no') };
    for (const refused of [
      connection.receive(type, { allocator, ...aborted }),
      connection.send(lockedCopy(content), { allocator, ...aborted }),
      connection.finish(aborted),
    ]) {
      expect(await rejectionOf(refused)).toMatchObject({
        code: 'ERR_EVOLOCK_IO_ABORTED',
        cause: 'no',
      });
    }
    expect(connection.closed).toBe(false);
    expectUncloneable(connection);
    const controller = new AbortController();
    const options = { allocator, signal: controller.signal };
    peer.end(Buffer.concat([content, content]));
    contentOf(await connection.receive(type, options));
    await connection.send(lockedCopy(content), options);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    controller.abort();
    expect(contentOf(await connection.receive(type, { allocator }))).toEqual(content);
    await connection.finish();
    allocator.expectClean();
  });

  test('rejects waiting operations and wipes on close, also when called twice', async () => {
    const { connection, peer, allocator } = await connected(way);
    peer.write(content.subarray(0, 3));
    const received = rejectionOf(connection.receive(type, { allocator }));
    await connection.close();
    allocator.expectClean();
    expect((await received)['code']).toBe('ERR_EVOLOCK_IO_STREAM');
    await connection.close();
    await connection.finish();
    await connection[Symbol.asyncDispose]();
    for (const late of [
      connection.receive(type, { allocator }),
      connection.send(lockedCopy(content), { allocator }),
    ]) {
      expect((await rejectionOf(late))['code']).toBe('ERR_EVOLOCK_IO_STREAM');
    }
    expect(allocator.allocations).toBe(2);
  });

  test('keeps its memory until the socket has closed, also when it is closed twice at once', async () => {
    const { connection, allocator } = await connected(way);
    void connection.close();
    expect(allocator.live).toBe(1);
    await connection.finish();
    allocator.expectClean();
  });
});

test.each(transports)(
  'connecting over %s that is aborted, before or meanwhile, or finds no listener leaves no locked memory',
  async (transport) => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const connecting = ({ target }: Listening, signal?: AbortSignal) =>
      rejectionOf(LockedConnection.connect(target, { allocator, signal }));
    const [open, closed] = [await listening(transport), await listening(transport)];
    const aborted = { code: 'ERR_EVOLOCK_IO_ABORTED' };
    expect(await connecting(open, AbortSignal.abort())).toMatchObject(aborted);
    expect(allocator.allocations).toBe(0);
    const controller = new AbortController();
    const meanwhile = connecting(open, controller.signal);
    controller.abort();
    expect(await meanwhile).toMatchObject(aborted);
    allocator.expectClean();
    await new Promise((resolve) => closed.server.close(resolve));
    const { code, systemCode } = await connecting(closed);
    expect(code).toBe('ERR_EVOLOCK_IO_STREAM');
    expect(['ENOENT', 'ECONNREFUSED']).toContain(systemCode);
    allocator.expectClean();
  },
);

test('a host name is resolved', async () => {
  const { target } = await listening('tcp');
  const { port } = target as { port: number };
  const connection = await LockedConnection.connect({ port, host: 'localhost' });
  await connection.close();
});
