import { MLockedBytes } from '@evolock/mlocked-bytes';
import { releaseAll } from '@evolock/mlocked-bytes/release-all';
import { rejectionOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { directSerialiseToSocket, MAX_IO_SIZE } from '../../src/index.js';
import { connected, receivedBy, socketPair, transports, ways } from '../support/connections.js';
import { lockedCopy, pattern, same } from '../support/values.js';

describe.each(transports)('over %s, releaseAll', (transport) => {
  test('waits for sends, whose values arrive complete', async () => {
    const [socket, peer] = await socketPair(transport);
    const content = pattern(MAX_IO_SIZE);
    const value = lockedCopy(content);
    // More than the buffers of the kernel take.
    const sent = Array.from({ length: 16 }, () =>
      directSerialiseToSocket(socket, MAX_IO_SIZE, value),
    );
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
    const received = connection.receive(32, MLockedBytes.type(32));
    const released = releaseAll();
    await new Promise(setImmediate);
    expect(connection.destroyed).toBe(false);
    peer.write(pattern(32));
    expect(await received).toBeInstanceOf(MLockedBytes);
    await released;
    expect((await received).released).toBe(true);
  });

  test('closes a connection that waits for the next value', async () => {
    const { connection, peer, allocator } = await connected(way);
    peer.write(pattern(16));
    await releaseAll();
    expect(connection.destroyed).toBe(true);
    allocator.expectClean();
    const error = await rejectionOf(connection.receive(16, MLockedBytes.type(16)));
    expect(error['code']).toBe('ERR_EVOLOCK_IO_STREAM');
  });
});
