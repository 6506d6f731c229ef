import { once } from 'node:events';
import type { Socket } from 'node:net';
import { rejectionOf } from '@evolock/test-support';
import { expect, onTestFinished, test } from 'vitest';
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

test('reads exactly the requested bytes, however they arrive', async () => {
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
  expect(parts.map(({ byteLength }) => byteLength)).toEqual([1, 0, 499, 500]);
  expect(new Uint8Array(Buffer.concat(parts))).toEqual(all);
});

test('a result has memory of its own', async () => {
  const [channel, peer] = await channelPair();
  peer.write(bytes(100));
  const part = await channel.read(10);
  expect(part.buffer.byteLength).toBe(10);
});

test('a read larger than the buffer of the stream', async () => {
  const [channel, peer] = await channelPair();
  const all = bytes(1_000_000);
  peer.write(all);
  expect(Buffer.compare(await channel.read(all.byteLength), all)).toBe(0);
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

test('a peer that ends before the last byte', async () => {
  const [channel, peer] = await channelPair();
  const reading = rejectionOf(channel.read(8));
  peer.end(bytes(3));
  expect(await reading).toMatchObject({
    code: 'ERR_EVOLOCK_IO_CLOSED_EARLY',
    expected: 8,
    actual: 3,
  });
  expect(await channel.ended()).toBe(true);
  expect(await rejectionOf(channel.read(1))).toMatchObject({ actual: 0 });
});

test('an answer is read although the peer closed without reading what was sent', async () => {
  const [channel, peer] = await channelPair();
  await channel.write(bytes(100));
  peer.write(bytes(4));
  peer.destroySoon();
  await once(peer, 'close');
  expect(await channel.read(4)).toEqual(bytes(4));
  const { code } = await rejectionOf(channel.read(1));
  expect(['ERR_EVOLOCK_IO_STREAM', 'ERR_EVOLOCK_IO_CLOSED_EARLY']).toContain(code);
});

test('this side may answer when the peer has ended its side', async () => {
  const [channel, peer] = await channelPair();
  peer.end(bytes(3));
  expect(await channel.read(3)).toEqual(bytes(3));
  expect(await channel.ended()).toBe(true);
  await channel.write(bytes(5));
  const [answer] = (await once(peer, 'data')) as [Buffer];
  expect(new Uint8Array(answer)).toEqual(bytes(5));
});

test('ended waits for bytes, and takes none of them', async () => {
  const [channel, peer] = await channelPair();
  const ended = channel.ended();
  peer.write(bytes(3));
  expect(await ended).toBe(false);
  expect(await channel.ended()).toBe(false);
  expect(await channel.read(3)).toEqual(bytes(3));
  const later = channel.ended();
  peer.end();
  expect(await later).toBe(true);
});

test('an abort of ended leaves the connection usable', async () => {
  const [channel, peer] = await channelPair();
  const controller = new AbortController();
  const ended = rejectionOf(channel.ended(controller.signal));
  controller.abort('news');
  expect(await ended).toMatchObject({ code: 'ERR_EVOLOCK_IO_ABORTED', cause: 'news' });
  const aborted = rejectionOf(channel.ended(controller.signal));
  expect((await aborted)['code']).toBe('ERR_EVOLOCK_IO_ABORTED');
  peer.write(bytes(2));
  expect(await channel.read(2)).toEqual(bytes(2));
});

test('a read whose time is over, or that is aborted, destroys the connection', async () => {
  const [late, peer] = await channelPair(20);
  peer.write(bytes(7));
  expect(await rejectionOf(late.read(8))).toMatchObject({
    code: 'ERR_EVOLOCK_IO_TIMEOUT',
    timeout: 20,
  });
  await late.closed;
  expect((await rejectionOf(late.read(1)))['code']).toBe('ERR_EVOLOCK_IO_STREAM');

  const [own] = await channelPair();
  expect(await rejectionOf(own.read(8, { timeout: 10 }))).toMatchObject({ timeout: 10 });

  const [aborted] = await channelPair();
  const controller = new AbortController();
  const reading = rejectionOf(aborted.read(8, { signal: controller.signal }));
  controller.abort();
  expect((await reading)['code']).toBe('ERR_EVOLOCK_IO_ABORTED');
  await aborted.closed;
});

test('a write to a peer that does not read is over in time, and destroys the connection', async () => {
  const [channel] = await channelPair(20);
  await expect(
    (async () => {
      for (;;) await channel.write(new Uint8Array(1_000_000));
    })(),
  ).rejects.toMatchObject({ code: 'ERR_EVOLOCK_IO_TIMEOUT', timeout: 20 });
  await channel.closed;
});

test('a write after the peer has closed', async () => {
  const [channel, peer] = await channelPair();
  peer.destroy();
  expect(await channel.ended()).toBe(true);
  const error = await rejectionOf(channel.write(bytes(1)));
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_STREAM', systemCode: 'EPIPE' });
  await channel.closed;
});

test('a destroyed connection rejects what waits and what comes later', async () => {
  for (const over of [
    (channel: Channel) => channel.destroy(),
    (channel: Channel) => void channel.close(),
  ]) {
    const [channel, peer] = await channelPair();
    peer.write(bytes(4));
    const reading = rejectionOf(channel.read(8));
    over(channel);
    expect((await reading)['code']).toBe('ERR_EVOLOCK_IO_STREAM');
    await channel.closed;
    for (const late of [channel.read(1), channel.ended(), channel.write(bytes(1))])
      expect((await rejectionOf(late))['code']).toBe('ERR_EVOLOCK_IO_STREAM');
  }
});

test('a close sends what was written, and can be called twice', async () => {
  const [channel, peer] = await channelPair();
  const content = bytes(3_000_000);
  const written = channel.write(content);
  const closing = channel.close();
  const parts: Buffer[] = [];
  peer.on('data', (part: Buffer) => parts.push(part));
  await once(peer, 'end');
  expect(Buffer.compare(Buffer.concat(parts), content)).toBe(0);
  await Promise.all([written, closing, channel.close()]);
  expect(channel.socket.destroyed).toBe(true);
});

test('a close is over in time although the peer does not read', async () => {
  const [channel] = await channelPair(20);
  const written = rejectionOf(channel.write(new Uint8Array(3_000_000)));
  await channel.close();
  await written;
  expect(channel.socket.destroyed).toBe(true);
});

test('a socket that has closed before', async () => {
  const [socket] = await socketPair();
  socket.destroy();
  await once(socket, 'close');
  const channel = new Channel(socket, NEVER);
  await channel.closed;
  expect((await rejectionOf(channel.read(1)))['code']).toBe('ERR_EVOLOCK_IO_STREAM');
  await channel.close();
});

test('an operation leaves no timer and no listener of its signal', async () => {
  const [channel, peer] = await channelPair();
  const timers = () =>
    process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  const before = timers();
  const { signal } = new AbortController();
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  for (let count = 0; count < 20; count += 1) {
    peer.write(bytes(1));
    await channel.read(1, { signal });
    await channel.write(bytes(1));
  }
  await channel.close();
  await new Promise(setImmediate);
  expect(warnings).toEqual([]);
  // A timer of other code may have ended meanwhile.
  expect(timers()).toBeLessThanOrEqual(before);
});
