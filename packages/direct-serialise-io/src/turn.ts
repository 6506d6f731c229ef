import type { Socket } from 'node:net';

/** Ends a turn: the socket goes on with what was written after it. */
export type EndTurn = () => void;

/** The turns that wait in the queue of a socket, by the chunk that holds their place. */
const turns = new WeakMap<object, (end: EndTurn) => void>();

/** How many turns of a socket wait or have not ended. */
const unfinished = new WeakMap<Socket, number>();

/**
 * Takes a turn in the order of a socket's writes. It comes when everything that was written before is with the kernel;
 * what is written, and ended, after it waits until it has ended.
 *
 * An empty chunk holds the place in the queue of the stream. The socket gets a `_write` of its own, which stops at that
 * chunk, and no `_writev`, which would join several chunks.
 *
 * @returns Resolves when the turn has come; never when the socket is destroyed before.
 *
 * @internal
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

/**
 * Whether a turn of a socket waits or has not ended.
 *
 * @internal
 */
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
