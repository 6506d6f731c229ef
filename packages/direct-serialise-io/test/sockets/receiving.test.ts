import { MLockedBytes } from '@evolock/mlocked-bytes';
import { rejectionOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { MAX_IO_SIZE } from '../../src/index.js';
import { connected, receivedBy, ways } from '../support/connections.js';
import { broken, contentOf, lockedCopy, pattern, refusingType, same } from '../support/values.js';

const content = pattern(32);
const type = MLockedBytes.type(32);

describe.each(ways)('a connection ($name)', (way) => {
  test('receives a value byte by byte', async () => {
    const { connection, peer, allocator } = await connected(way);
    const received = connection.receive(type, { allocator });
    peer.setNoDelay(true);
    for (const byte of content) {
      await new Promise((resolve) => peer.write(Uint8Array.of(byte), resolve));
    }
    expect(contentOf(await received)).toEqual(content);
    await connection.close();
    allocator.expectClean();
  });

  test('receives the largest value, and sends it at the same time', async () => {
    const { connection, peer, allocator } = await connected(way);
    const large = pattern(MAX_IO_SIZE);
    const echoed = receivedBy(peer);
    peer.end(large);
    const [bytes] = await Promise.all([
      connection.receive(MLockedBytes.type(MAX_IO_SIZE), { allocator }),
      connection.send(lockedCopy(large), { allocator }),
    ]);
    expect(same(contentOf(bytes), large)).toBe(true);
    await connection.finish();
    expect(same(await echoed, large)).toBe(true);
    allocator.expectClean();
  });

  test('sends after the peer has ended', async () => {
    const { connection, peer, allocator } = await connected(way);
    peer.end(content);
    const first = await connection.receive(type, { allocator });
    await connection.send(first, { allocator });
    first.release();
    const echoed = receivedBy(peer);
    await connection.finish();
    expect(await echoed).toEqual(content);
    allocator.expectClean();
  });

  test.each([0, 1, 16, 31])(
    'throws ClosedEarlyError when the peer ends at byte %i of the second value',
    async (actual) => {
      const { connection, peer, allocator } = await connected(way);
      peer.end(pattern(32 + actual));
      contentOf(await connection.receive(type, { allocator }));
      const error = await rejectionOf(connection.receive(type, { allocator }));
      expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_CLOSED_EARLY', expected: 32, actual });
      expect(connection.closed).toBe(true);
      allocator.expectClean();
    },
  );

  test('throws SurplusError when a close finds unreceived bytes', async () => {
    for (const receiveFirst of [true, false]) {
      const { connection, peer, allocator } = await connected(way);
      peer.write(pattern(33));
      if (receiveFirst) contentOf(await connection.receive(type, { allocator }));
      const error = await rejectionOf(connection.finish());
      expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_SURPLUS' });
      allocator.expectClean();
    }
  });

  test('stays usable when a type refuses its value or has another size', async () => {
    const { connection, peer, allocator } = await connected(way);
    peer.end(Buffer.concat([content, content, content, content]));
    expect(await rejectionOf(connection.receive(refusingType(32), { allocator }))).toBe(broken);
    for (const size of [31, 33]) {
      const wrong = { ...MLockedBytes.type(size), size: 32 };
      const error = await rejectionOf(connection.receive(wrong, { allocator }));
      expect(error['code']).toBe('ERR_EVOLOCK_SIZE_CHECK');
    }
    expect(contentOf(await connection.receive(type, { allocator }))).toEqual(content);
    await connection.finish();
    allocator.expectClean();
  });

  test('stays usable after a receive without locked memory', async () => {
    const { connection, peer, allocator } = await connected(way);
    peer.end(content);
    const none = { allocate: () => wrongly(undefined) };
    const error = await rejectionOf(connection.receive(type, { allocator: none }));
    expect(error['code']).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    expect(contentOf(await connection.receive(type, { allocator }))).toEqual(content);
    await connection.finish();
    allocator.expectClean();
  });

  test('refuses a second receive while one waits', async () => {
    const { connection, peer, allocator } = await connected(way);
    const first = connection.receive(type, { allocator });
    const second = await rejectionOf(connection.receive(type, { allocator }));
    const closing = await rejectionOf(connection.finish());
    expect([second['code'], closing['code']]).toEqual(Array(2).fill('ERR_EVOLOCK_IO_BUSY'));
    peer.end(content);
    expect(contentOf(await first)).toEqual(content);
    await connection.finish();
    allocator.expectClean();
  });

  test('blocks a peer that sends faster', async () => {
    const { connection, peer, allocator } = await connected(way);
    const size = 16 * MAX_IO_SIZE;
    const sent = new Promise((resolve) =>
      peer.end(new Uint8Array(size).fill(1), () => resolve('sent')),
    );
    contentOf(await connection.receive(type, { allocator }));
    // The peer has an event only when everything is read, so an earlier event proves that it is not.
    const reads = [];
    for (let read = 32; read < size; read += MAX_IO_SIZE) {
      const count = Math.min(MAX_IO_SIZE, size - read);
      reads.push(
        contentOf(await connection.receive(MLockedBytes.type(count), { allocator })).length,
      );
    }
    expect(reads.reduce((sum, count) => sum + count, 32)).toBe(size);
    expect(await sent).toBe('sent');
    await connection.finish();
    allocator.expectClean();
  });

  test('leaves bytes to the kernel while no receive waits, and loses none', async () => {
    const { connection, peer, allocator } = await connected(way);
    const sizes = [1, 2_000, 31, 5_000, 1_024, 2];
    const all = pattern(sizes.reduce((sum, size) => sum + size));
    peer.end(all);
    let offset = 0;
    for (const size of sizes) {
      const bytes = await connection.receive(MLockedBytes.type(size), { allocator });
      expect(contentOf(bytes)).toEqual(all.subarray(offset, (offset += size)));
      // A connection that continued to read would overwrite unreceived bytes here.
      for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    }
    await connection.finish();
    allocator.expectClean();
  });

  test('throws StreamError when the peer resets the connection', async () => {
    const { connection, peer, allocator } = await connected(way);
    const received = connection.receive(type, { allocator });
    await connection.send(lockedCopy(content), { allocator });
    if (way.transport === 'tcp') peer.resetAndDestroy();
    else peer.destroy();
    const { code } = await rejectionOf(received);
    expect(['ERR_EVOLOCK_IO_STREAM', 'ERR_EVOLOCK_IO_CLOSED_EARLY']).toContain(code);
    allocator.expectClean();
  });
});
