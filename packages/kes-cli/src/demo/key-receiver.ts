import { connect, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { sum6Kes, type KesSigningKey, type MLockedAllocator } from '@evolock/kes-sum';
import { DemoError } from './demo-error.js';
import { KeyArrival } from './key-arrival.js';

/** What a connection that brings a key is opened with. */
export interface ReceiveOptions {
  /** Of the Unix socket. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly allocator: MLockedAllocator;
}

/**
 * Connects to a Unix socket, receives a key from the kernel straight into locked memory, and runs with it. However that
 * ends, the key is wiped.
 *
 * @throws {@link DemoError} `HAND_OVER_FAILED` when the peer sends less or more than a key.
 */
export async function withReceivedKey(
  { path, signal, allocator }: ReceiveOptions,
  use: (key: KesSigningKey, socket: Socket) => Promise<void>,
): Promise<void> {
  const arrival = new KeyArrival(sum6Kes.signingKeySize, allocator);
  try {
    await withConnection(path, signal, arrival, async (socket) => {
      const key = arrival.use((bytes) =>
        directDeserialiseBufChecked(bytes, sum6Kes, { allocator }),
      );
      try {
        await use(key, socket);
      } finally {
        key.release();
      }
    });
  } finally {
    arrival.release();
  }
}

async function withConnection(
  path: string,
  signal: AbortSignal,
  arrival: KeyArrival,
  use: (socket: Socket) => Promise<void>,
): Promise<void> {
  // Half open: the peer ends its side behind the key, which tells a whole key from the beginning of something else.
  const socket = connect({ path, allowHalfOpen: true, onread: arrival.onread });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('end', () => arrival.end());
  socket.on('error', (error) => arrival.fail(error));
  socket.on('close', () => arrival.fail(closedEarly()));
  addAbortSignal(signal, socket);
  try {
    await arrival.whole;
    await use(socket);
  } finally {
    socket.destroy();
    await closed;
  }
}

function closedEarly(): DemoError {
  const message = 'the peer closed the connection before the key was whole';
  return new DemoError('HAND_OVER_FAILED', message);
}
