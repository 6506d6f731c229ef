import type { Socket } from 'node:net';

/** Called when a socket breaks or closes. */
export interface EndWatcher {
  broke(cause: Error): void;
  closed(): void;
}

interface Watched {
  readonly watchers: Set<EndWatcher>;
  stop(): void;
}

/** The watchers of a socket share its listeners: many sends may wait, and Node.js warns of more than ten listeners. */
const watched = new WeakMap<Socket, Watched>();

/**
 * Calls a watcher when a socket breaks or closes. While it is watched, an error of the socket does not end the process.
 *
 * @returns Ends the watching. The listeners are removed with the last watcher.
 */
export function watchEnd(socket: Socket, watcher: EndWatcher): () => void {
  const all = watched.get(socket) ?? watch(socket);
  all.watchers.add(watcher);
  return () => {
    all.watchers.delete(watcher);
    if (all.watchers.size === 0) all.stop();
  };
}

function watch(socket: Socket): Watched {
  const watchers = new Set<EndWatcher>();
  const broke = (cause: Error): void => watchers.forEach((watcher) => watcher.broke(cause));
  const closed = (): void => watchers.forEach((watcher) => watcher.closed());
  socket.on('error', broke).on('close', closed);
  const stop = (): void => {
    socket.off('error', broke).off('close', closed);
    watched.delete(socket);
  };
  const all = { watchers, stop };
  watched.set(socket, all);
  return all;
}
