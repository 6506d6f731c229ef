import type { Socket } from 'node:net';
import { encodeMessage, type PublicMessage } from './public-message.js';

/** Writes a message to a socket, and waits until the kernel has it. */
export function sendMessage(socket: Socket, message: PublicMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(encodeMessage(message), (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Says that nothing more will come, and waits until that is said. */
export function endMessages(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.end(resolve));
}
