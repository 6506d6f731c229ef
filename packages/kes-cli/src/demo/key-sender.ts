import type { Socket } from 'node:net';
import { directSerialiseBufChecked } from '@evolock/direct-serialise';
import { sum6Kes, type KesSigningKey, type MLockedAllocator } from '@evolock/kes-sum';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';

/** Writes a key to a socket, from locked memory straight to the kernel, and ends this side of the connection. */
export async function sendKey(
  key: KesSigningKey,
  socket: Socket,
  allocator: MLockedAllocator,
): Promise<void> {
  const staging = MLockedBytes.newZeroed(sum6Kes.signingKeySize, { allocator });
  try {
    // A raw view, since the write outlives any callback that could lend it.
    const bytes = unsoundMemory(staging);
    directSerialiseBufChecked(bytes, key);
    await written(socket, bytes);
    socket.end();
  } finally {
    // Only now: a wipe before the write's callback would send zeros.
    staging.release();
  }
}

/** Ends when the kernel has the bytes, or the socket has given them up: a destroyed socket calls back too. */
function written(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
