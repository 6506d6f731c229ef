import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { pooledAllocator } from '@evolock/mlocked-bytes';
import { RecordingAllocator, rejectionOf } from '@evolock/test-support';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  directSerialiseToSocket,
  LockedConnection,
  MAX_IO_SIZE,
  type SendOptions,
} from '../../src/index.js';
import { listening, receivedBy, socketPair, transports } from '../support/connections.js';
import { broken, failingValue, inBlocks, lockedCopy, pattern, same } from '../support/values.js';

const content = pattern(32);
/** A value that is staged. */
const value = inBlocks(content, [32]);
const large = MAX_IO_SIZE;
const largeContent = pattern(large);
const largeValue = inBlocks(largeContent, [large - 7, 7]);

/** Sends more than the kernel’s buffers of both sides take, and returns the results. */
function overfill(socket: Socket, allocator: RecordingAllocator, options: SendOptions = {}) {
  const first = Array.from({ length: 15 }, () =>
    directSerialiseToSocket(socket, largeValue, { allocator }),
  );
  const last = directSerialiseToSocket(socket, largeValue, { allocator, ...options });
  return Promise.allSettled([...first, last]);
}

/** The error of the last send. */
function lastReason(outcomes: readonly PromiseSettledResult<void>[]): unknown {
  return (outcomes.at(-1) as PromiseRejectedResult).reason;
}

describe.each(transports)('over %s', (transport) => {
  /** Two ends, and all that arrives when both have ended. */
  async function ends() {
    const [socket, peer] = await socketPair(transport);
    const allocator = new RecordingAllocator(pooledAllocator);
    const arriving = async (): Promise<Uint8Array> => {
      const received = receivedBy(peer);
      socket.end();
      peer.end();
      return received;
    };
    return { socket, peer, allocator, arriving };
  }

  test('a value arrives complete, and the staging is wiped', async () => {
    const { socket, peer, allocator, arriving } = await ends();
    const received = receivedBy(peer);
    await directSerialiseToSocket(socket, largeValue, { allocator });
    expect(allocator.allocations).toBe(1);
    allocator.expectClean();
    void arriving();
    expect(same(await received, largeContent)).toBe(true);
    expect(socket.listenerCount('error')).toBe(1);
  });

  test('locked bytes are sent from their own memory to many sockets at once, without staging', async () => {
    const snapshot = lockedCopy(largeContent);
    const allocator = new RecordingAllocator(pooledAllocator);
    const pairs = await Promise.all(Array.from({ length: 20 }, () => socketPair(transport)));
    const received = pairs.map(([, peer]) => receivedBy(peer));
    await Promise.all(
      pairs.map(([socket]) => directSerialiseToSocket(socket, snapshot, { allocator })),
    );
    for (const end of pairs.flat()) end.end();
    for (const all of await Promise.all(received)) expect(same(all, largeContent)).toBe(true);
    expect(allocator.allocations).toBe(0);
    expect(snapshot.withBytes((bytes) => same(bytes, largeContent))).toBe(true);
  });

  test('a class of locked bytes that serialises something else is staged', async () => {
    const { socket, allocator, arriving } = await ends();
    const special = Object.assign(lockedCopy(pattern(32, 2)), value);
    await directSerialiseToSocket(socket, special, { allocator });
    expect(allocator.allocations).toBe(1);
    expect(await arriving()).toEqual(content);
  });

  test('locked bytes that are released midway close the socket', async () => {
    const [socket, peer] = await socketPair(transport);
    const snapshot = lockedCopy(largeContent);
    // More than the buffers of the kernel take, so one of the sends waits within the value.
    const sent = Array.from({ length: 16 }, () => directSerialiseToSocket(socket, snapshot));
    const outcomes = Promise.allSettled(sent);
    await new Promise(setImmediate);
    snapshot.release();
    const reasons = (await outcomes)
      .filter((outcome) => outcome.status === 'rejected')
      .map(({ reason }) => (reason as { code: unknown }).code);
    expect(reasons[0]).toBe('ERR_EVOLOCK_RELEASED');
    expect(socket.closed).toBe(true);
    // Not before: an end of its own would lose what the peer has not read.
    peer.once('end', () => peer.end());
    const received = await receivedBy(peer);
    expect(received.byteLength % large).toBeGreaterThan(0);
    expect(received.byteLength).toBeLessThan(16 * large);
    // Each byte is of the content: none is of the wiped memory.
    expect(received.includes(0)).toBe(false);
  });

  test('many sends at once give no warning of too many listeners', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const [socket, peer] = await socketPair(transport);
    const received = receivedBy(peer);
    const { signal } = new AbortController();
    const sends = Array.from({ length: 50 }, () =>
      directSerialiseToSocket(socket, value, { signal }),
    );
    await Promise.all(sends);
    socket.end();
    peer.end();
    expect((await received).byteLength).toBe(50 * 32);
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
    expect(socket.listenerCount('error')).toBe(1);
  });

  test('a value that is released before its turn is not sent, and the socket stays usable', async () => {
    const { socket, arriving } = await ends();
    const value = lockedCopy(content);
    const refused = directSerialiseToSocket(socket, value);
    value.release();
    expect((await rejectionOf(refused))['code']).toBe('ERR_EVOLOCK_RELEASED');
    await directSerialiseToSocket(socket, lockedCopy(content));
    expect(await arriving()).toEqual(content);
  });

  test('values and ordinary writes of a corked socket are sent in order, and then the end', async () => {
    const [socket, peer] = await socketPair(transport);
    const received = receivedBy(peer);
    const parts = Array.from({ length: 6 }, (_, index) => pattern(100_000, index));
    const sent: Promise<void>[] = [];
    socket.cork();
    for (const [index, part] of parts.entries()) {
      if (index % 2 === 0) sent.push(directSerialiseToSocket(socket, lockedCopy(part)));
      else {
        // Two at once, which a stream may join.
        socket.write(part.subarray(0, 50_000));
        socket.write(part.subarray(50_000));
      }
      if (index === 3) socket.uncork();
    }
    socket.end();
    await Promise.all(sent);
    peer.end();
    expect(same(await received, new Uint8Array(Buffer.concat(parts)))).toBe(true);
  });

  test('a send waits for a peer that does not read', async () => {
    const [socket, peer] = await socketPair(transport);
    const allocator = new RecordingAllocator(pooledAllocator);
    let settled = false;
    const outcomes = overfill(socket, allocator).finally(() => (settled = true));
    // After a turn of the event loop, the kernel has taken what it takes without a reader.
    await new Promise(setImmediate);
    expect(settled).toBe(false);
    // A waiting send is not staged.
    expect(allocator.live).toBe(1);
    const received = receivedBy(peer);
    for (const { status } of await outcomes) expect(status).toBe('fulfilled');
    allocator.expectClean();
    socket.end();
    peer.end();
    const all = await received;
    expect(all.byteLength).toBe(16 * large);
    expect(same(all.subarray(15 * large), largeContent)).toBe(true);
  });

  test.each([
    ['a time-out', { code: 'ERR_EVOLOCK_IO_TIMEOUT' }],
    ['an abort', { code: 'ERR_EVOLOCK_IO_ABORTED', cause: 'enough' }],
    ['the end of the peer', { code: 'ERR_EVOLOCK_IO_STREAM', cause: expect.any(Error) }],
    ['the end by other code', { code: 'ERR_EVOLOCK_IO_STREAM' }],
  ])(
    '%s while the peer does not read closes the socket, and wipes the staging',
    async (how, error) => {
      const { socket, peer, allocator } = await ends();
      const controller = new AbortController();
      const signal = how === 'a time-out' ? AbortSignal.timeout(20) : controller.signal;
      const ended = overfill(socket, allocator, { signal });
      if (how === 'an abort') controller.abort('enough');
      if (how === 'the end of the peer') peer.destroy();
      if (how === 'the end by other code') socket.destroy();
      const outcomes = await ended;
      expect(lastReason(outcomes)).toMatchObject(error);
      // The earlier sends reject with the socket.
      expect(lastReason(outcomes.slice(0, -1))).toMatchObject({ code: 'ERR_EVOLOCK_IO_STREAM' });
      expect(socket.closed).toBe(true);
      allocator.expectClean();
    },
  );

  test('a value that fails, is empty or too large, or gets no locked memory leaves the socket usable', async () => {
    const { socket, allocator, arriving } = await ends();
    const send = (value: Parameters<typeof directSerialiseToSocket>[1]) =>
      rejectionOf(directSerialiseToSocket(socket, value, { allocator }));
    expect(await send(failingValue(content, 2))).toBe(broken);
    for (const size of [0, MAX_IO_SIZE + 1]) {
      const error = await send(inBlocks(pattern(size), [size]));
      expect(error['code']).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
    }
    const none = { allocator: new RecordingAllocator(pooledAllocator).failFrom(0) };
    const error = await rejectionOf(directSerialiseToSocket(socket, value, none));
    expect(error.message).toBe('no memory');
    expect(allocator.allocations).toBe(1);
    allocator.expectClean();
    await directSerialiseToSocket(socket, lockedCopy(content), { allocator });
    expect(await arriving()).toEqual(content);
  });

  test.each(['destroy', 'end'] as const)('a socket after %s is refused', async (stop) => {
    const { socket, allocator } = await ends();
    socket[stop]();
    const sent = directSerialiseToSocket(socket, lockedCopy(content), { allocator });
    expect((await rejectionOf(sent))['code']).toBe('ERR_EVOLOCK_IO_STREAM');
    expect(allocator.allocations).toBe(0);
  });

  test('a connecting socket sends when it has connected', async () => {
    const { server, target } = await listening(transport);
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const socket = connect(target);
    await directSerialiseToSocket(socket, lockedCopy(content));
    const [peer] = await accepted;
    const received = receivedBy(peer);
    socket.end();
    peer.end();
    expect(await received).toEqual(content);
  });
});

test('a socket that cannot connect rejects with StreamError', async () => {
  const allocator = new RecordingAllocator(pooledAllocator);
  const socket = connect({ path: '/nowhere/at/all' });
  const error = await rejectionOf(
    directSerialiseToSocket(socket, lockedCopy(content), { allocator }),
  );
  expect(error).toMatchObject({
    code: 'ERR_EVOLOCK_IO_STREAM',
    systemCode: 'ENOENT',
    message: 'connecting failed (ENOENT)',
  });
  expect(allocator.allocations).toBe(0);
  const connection = await rejectionOf(LockedConnection.connect({ path: '/nowhere/at/all' }));
  expect(connection.message).toBe('connecting failed (ENOENT)');
});
