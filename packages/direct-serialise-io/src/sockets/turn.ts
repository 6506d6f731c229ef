import type { Socket } from 'node:net';

/** Ends a turn: the socket continues with later writes. */
type EndTurn = () => void;

/** The turns that wait in the queue of a socket, by their placeholder chunk. */
const turns = new WeakMap<object, (end: EndTurn) => void>();

/** The number of waiting and unfinished turns of a socket. */
const unfinished = new WeakMap<Socket, number>();

/**
 * Takes a turn in the order of a socket's writes. Resolves when the kernel has all earlier writes; never when the socket is
 * destroyed before. Later writes, and the end, wait until the turn has ended.
 *
 * An empty chunk is the placeholder in the queue of the stream. The socket gets its own `_write`, which stops at that
 * chunk, and no `_writev`, which would join several chunks.
 */
export function turnOf(socket: Socket): Promise<EndTurn> {
  if (!unfinished.has(socket)) stopAtTurns(socket);
  count(socket, 1);
  return new Promise((resolve) => {
    const place = Buffer.alloc(0);
    turns.set(place, resolve);
    socket.write(place);
  });
}

/** Whether a socket has a waiting or unfinished turn. */
export function hasTurn(socket: Socket): boolean {
  return (unfinished.get(socket) ?? 0) > 0;
}

function count(socket: Socket, change: number): void {
  unfinished.set(socket, (unfinished.get(socket) ?? 0) + change);
}

function stopAtTurns(socket: Socket): void {
  const write = socket._write.bind(socket);
  socket._write = (chunk: object, encoding, callback): void => {
    const begin = turns.get(chunk);
    if (begin === undefined) {
      write(chunk, encoding, callback);
      return;
    }
    turns.delete(chunk);
    begin(() => {
      count(socket, -1);
      callback();
    });
  };
  Object.defineProperty(socket, '_writev', {
    value: undefined,
    writable: true,
    configurable: true,
  });
}
