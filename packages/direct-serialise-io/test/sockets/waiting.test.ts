/** What waits, and what a release of everything does with it. */
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { releaseAll } from '@evolock/mlocked-bytes/release-all';
import { rejectionOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { directSerialiseToSocket, MAX_IO_SIZE } from '../../src/index.js';
import { connected, receivedBy, socketPair, transports, ways } from '../support/connections.js';
import { contentOf, lockedCopy, pattern, same } from '../support/values.js';

const content = pattern(32);
const type = MLockedBytes.type(32);

describe.each(ways)('a connection ($name) that waits for the next value', (way) => {
  test('learns of its first byte, and then receives the value with that byte', async () => {
    const { connection, peer, allocator } = await connected(way);
    const waiting = connection.ended();
    peer.write(content.subarray(0, 1));
    expect(await waiting).toBe(false);
    expect(await connection.ended()).toBe(false);
    peer.write(content.subarray(1));
    expect(contentOf(await connection.receive(type, { allocator }))).toEqual(content);
    await connection.close();
    allocator.expectClean();
  });

  test('learns of the end, after the values before it', async () => {
    const { connection, peer, allocator } = await connected(way);
    peer.end(content);
    expect(await connection.ended()).toBe(false);
    contentOf(await connection.receive(type, { allocator }));
    expect(await connection.ended()).toBe(true);
    await connection.finish();
    allocator.expectClean();
  });

  test('does not receive at the same time', async () => {
    const { connection, peer } = await connected(way);
    const waiting = connection.ended();
    for (const second of [connection.ended(), connection.receive(type)]) {
      expect((await rejectionOf(second))['code']).toBe('ERR_EVOLOCK_IO_BUSY');
    }
    peer.end();
    expect(await waiting).toBe(true);
  });

  test('can be aborted and destroyed, which closes it', async () => {
    for (const [end, code] of [
      ['abort', 'ERR_EVOLOCK_IO_ABORTED'],
      ['destroy', 'ERR_EVOLOCK_IO_STREAM'],
    ] as const) {
      const { connection, allocator } = await connected(way);
      const controller = new AbortController();
      const waiting = rejectionOf(connection.ended({ signal: controller.signal }));
      if (end === 'abort') controller.abort();
      else void connection.close();
      expect((await waiting)['code']).toBe(code);
      expect(connection.closed).toBe(true);
      await connection.close();
      allocator.expectClean();
      expect((await rejectionOf(connection.ended()))['code']).toBe('ERR_EVOLOCK_IO_STREAM');
    }
  });

  test('is closed by releaseAll, which does not wait for a silent peer', async () => {
    const { connection, allocator } = await connected(way);
    const waiting = rejectionOf(connection.ended());
    await releaseAll();
    expect((await waiting)['code']).toBe('ERR_EVOLOCK_IO_STREAM');
    allocator.expectClean();
  });
});

describe.each(transports)('over %s, releaseAll', (transport) => {
  test('waits for sends, whose values arrive complete', async () => {
    const [socket, peer] = await socketPair(transport);
    const content = pattern(MAX_IO_SIZE);
    const value = lockedCopy(content);
    // More than the buffers of the kernel take.
    const sent = Array.from({ length: 16 }, () => directSerialiseToSocket(socket, value));
    const released = releaseAll();
    await new Promise(setImmediate);
    expect(value.released).toBe(false);
    const received = receivedBy(peer);
    await released;
    expect(value.released).toBe(true);
    await Promise.all(sent);
    socket.end();
    peer.end();
    const all = await received;
    expect(all.byteLength).toBe(16 * MAX_IO_SIZE);
    expect(same(all.subarray(15 * MAX_IO_SIZE), content)).toBe(true);
  });
});

describe.each(ways)('releaseAll ($name)', (way) => {
  test('waits for a receive, and releases the value', async () => {
    const { connection, peer } = await connected(way);
    const received = connection.receive(MLockedBytes.type(32));
    const released = releaseAll();
    await new Promise(setImmediate);
    expect(connection.closed).toBe(false);
    peer.write(pattern(32));
    expect(await received).toBeInstanceOf(MLockedBytes);
    await released;
    expect((await received).released).toBe(true);
  });

  test('closes a connection that waits for the next value', async () => {
    const { connection, peer, allocator } = await connected(way);
    peer.write(pattern(16));
    await releaseAll();
    expect(connection.closed).toBe(true);
    allocator.expectClean();
    const error = await rejectionOf(connection.receive(MLockedBytes.type(16)));
    expect(error['code']).toBe('ERR_EVOLOCK_IO_STREAM');
  });
});
