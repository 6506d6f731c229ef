import { getEventListeners, once } from 'node:events';
import type { Socket } from 'node:net';
import { rejectionOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { Channel } from '../../src/sockets/channel.js';
import { socketPair } from '../support/sockets.js';

/** Longer than any test. */
const NEVER = 600_000;

async function channelPair(timeout = NEVER): Promise<[Channel, Socket]> {
  const [socket, peer] = await socketPair();
  return [new Channel(socket, timeout), peer];
}

function bytes(size: number, first = 0): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (first + index) % 251);
}

/** Writes until the kernel takes no more, and returns how many bytes it took. */
async function flood(socket: Socket): Promise<number> {
  const chunk = Buffer.alloc(65_536);
  while (socket.write(chunk));
  await new Promise(setImmediate);
  return socket.bytesWritten - socket.writableLength;
}

test('reads exactly the requested bytes, however they arrive, into memory of their own', async () => {
  const [channel, peer] = await channelPair();
  const all = bytes(1_000);
  const reading = (async () => [
    await channel.read(1),
    await channel.read(0),
    await channel.read(499),
    await channel.read(500),
  ])();
  for (const byte of all) peer.write(Uint8Array.of(byte));
  const parts = await reading;
  expect(parts.map(({ buffer }) => buffer.byteLength)).toEqual([1, 0, 499, 500]);
  expect(new Uint8Array(Buffer.concat(parts))).toEqual(all);
  // Larger than the buffer of the stream.
  const large = bytes(1_000_000);
  peer.write(large);
  expect(Buffer.compare(await channel.read(large.byteLength), large)).toBe(0);
});

test('a peer that sends ahead is held back by the kernel', async () => {
  const [channel, peer] = await channelPair();
  // Fills the buffers of the kernel and of the stream again and again, and nothing else.
  let taken = 0;
  for (let last = -1; taken !== last;) {
    last = taken;
    taken = await flood(peer);
  }
  expect(channel.socket.readableLength).toBeLessThanOrEqual(2 * 65_536);
  expect(channel.socket.bytesRead).toBeLessThanOrEqual(2 * 65_536);
  expect((await channel.read(10)).byteLength).toBe(10);
});

test('an answer is read although the peer closed without reading; what follows fails', async () => {
  const [channel, peer] = await channelPair();
  await channel.write(bytes(100));
  peer.write(bytes(4));
  peer.destroySoon();
  await once(peer, 'close');
  expect(await channel.read(4)).toEqual(bytes(4));
  const { code } = await rejectionOf(channel.read(1));
  expect(['ERR_EVOLOCK_IO_STREAM', 'ERR_EVOLOCK_IO_CLOSED_EARLY']).toContain(code);
  expect((await rejectionOf(channel.write(bytes(1))))['code']).toBe('ERR_EVOLOCK_IO_STREAM');
  await channel.closed;
});

test('ended waits for bytes, and takes none of them; an abort, and an end, leave the connection usable', async () => {
  const [channel, peer] = await channelPair();
  const controller = new AbortController();
  const waiting = rejectionOf(channel.ended(controller.signal));
  controller.abort('news');
  expect(await waiting).toMatchObject({ code: 'ERR_EVOLOCK_IO_ABORTED', cause: 'news' });
  const ended = channel.ended();
  peer.write(bytes(3));
  expect(await ended).toBe(false);
  expect(await channel.ended()).toBe(false);
  expect(await channel.read(3)).toEqual(bytes(3));
  const later = channel.ended();
  peer.end();
  expect(await later).toBe(true);
  await channel.write(bytes(5));
  const [answer] = (await once(peer, 'data')) as [Buffer];
  expect(new Uint8Array(answer)).toEqual(bytes(5));
});

test('a read, a write and a close are over in time, and destroy the connection', async () => {
  const over = { code: 'ERR_EVOLOCK_IO_TIMEOUT' };
  const [late, peer] = await channelPair(20);
  peer.write(bytes(7));
  expect(await rejectionOf(late.read(8))).toMatchObject(over);
  await late.closed;
  const [full] = await channelPair(20);
  const filling = (async () => {
    for (;;) await full.write(new Uint8Array(1_000_000));
  })();
  expect(await rejectionOf(filling)).toMatchObject(over);
  await full.closed;
  const [closing] = await channelPair(20);
  const written = rejectionOf(closing.write(new Uint8Array(3_000_000)));
  await closing.close();
  await written;
  expect(closing.socket.destroyed).toBe(true);
});

test('a close sends what was written, and ends what waits', async () => {
  const [channel, peer] = await channelPair();
  const content = bytes(3_000_000);
  const reading = rejectionOf(channel.read(8));
  const written = channel.write(content);
  const closing = channel.close();
  expect((await reading)['code']).toBe('ERR_EVOLOCK_IO_STREAM');
  const parts: Buffer[] = [];
  peer.on('data', (part: Buffer) => parts.push(part));
  await once(peer, 'end');
  expect(Buffer.compare(Buffer.concat(parts), content)).toBe(0);
  await Promise.all([written, closing, channel.close()]);
});

test('an operation leaves no timer and no listener of its signal', async () => {
  const [channel, peer] = await channelPair();
  const timers = () =>
    process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  const before = timers();
  const { signal } = new AbortController();
  peer.write(bytes(20));
  while (channel.socket.bytesRead < 20 || channel.socket.readableLength > 0)
    await channel.read(1, { signal });
  await channel.write(bytes(1));
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  // A timer of other code may have ended meanwhile.
  expect(timers()).toBeLessThanOrEqual(before);
});
