/** A listening Unix socket: its folder, its mode, its lock, and what an ended process left at its path. */
import { once } from 'node:events';
import { lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { FileError } from '@evolock/direct-serialise-io';
import { systemCodeOf } from '@evolock/direct-serialise/system-words';
import { holdLockFile, otherRuntime, type HeldLock } from '@evolock/direct-serialise-io/files';
import { SocketError } from '../errors.js';
import { prepareFolder, type Access } from './folder.js';
import { checkLength, numberOfGroup, systemCall, withUmask } from './system.js';

/** Options of {@link listen}. */
export interface ListenOptions {
  /** The group whose members may connect, by name or number; only the user of the process when absent. */
  readonly group?: string | number | undefined;
  /** Whether the socket is for the user of the process alone, although the group may enter its folder. */
  readonly isPrivate?: boolean | undefined;
  /**
   * Connections that may be open at the same time. One more takes the place of one without an answer, the oldest first; else
   * of the one that was answered longest ago.
   */
  readonly maxClients: number;
  /** Gets each connection. Its errors are handled; the listener closes those that are open when it closes. */
  readonly onConnection: (client: Client) => void;
  /** Called when a client loses its place, and again only after half of the places were free meanwhile. */
  readonly onFull: () => void;
  /** Gets warnings for the operator. */
  readonly onWarning: (warning: string) => void;
}

/** What the umask removes: everything but reading and writing, for the user, or for the user and the group. */
const FOR_USER = { umask: 0o177, mode: 0o600 };
const FOR_GROUP = { umask: 0o117, mode: 0o660 };

/**
 * Listens at a path.
 *
 * The socket has its mode from its first moment, and is never changed later. Its lock file is held as long as it listens: it
 * decides whether a socket file that is there is stale. Node.js cannot ask who is at the other end of a connection, so
 * folder, mode and group are the only gate.
 *
 * @param path - Absolute, or relative to the current folder. The folder is made, with mode 700, when it is missing.
 */
export async function listen(path: string, options: ListenOptions): Promise<Listener> {
  const full = resolve(path);
  checkLength(full);
  checkSystem(full);
  const access = { group: groupOf(full, options), isPrivate: options.isPrivate ?? false };
  prepareFolder(full, access, options.onWarning);
  const lock = takeLock(full);
  try {
    await removeStale(full);
    const server = createServer({ allowHalfOpen: true });
    await bind(server, full, access);
    // Before another turn of the event loop, so no connection is missed.
    return new Listener(full, server, lock, options);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Fails at the start, since the sockets would fail later, at the first key. */
function checkSystem(path: string): void {
  const other = otherRuntime();
  if (other !== undefined) throw new SocketError('other-runtime', path, { detail: other });
  if (process.platform === 'win32') throw new SocketError('windows', path);
}

function groupOf(path: string, { group }: ListenOptions): number | undefined {
  if (group === undefined) return undefined;
  const number = systemCall(path, () => numberOfGroup(group));
  if (number === undefined) throw new SocketError('no-group', path);
  return number;
}

function takeLock(path: string): HeldLock {
  try {
    return holdLockFile(path);
  } catch (cause) {
    if (!(cause instanceof FileError)) throw cause;
    const reason =
      cause.reason === 'locked'
        ? 'running'
        : cause.reason === 'locked-elsewhere'
          ? 'running-elsewhere'
          : 'system';
    const detail = `${cause.path}: ${cause.detail ?? cause.reason}`;
    throw new SocketError(reason, path, { detail, cause });
  }
}

/** Removes the socket of an ended process. Only the holder of the lock may do so. */
async function removeStale(path: string): Promise<void> {
  const found = systemCall(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return;
  if (!found.isSocket()) throw new SocketError('not-a-socket', path);
  // A program without the lock may listen. Only a refusal by the kernel proves that none does.
  const code = await whyNotConnected(path);
  if (code === 'ENOENT') return;
  if (code !== 'ECONNREFUSED') throw new SocketError('in-use', path, { detail: code });
  systemCall(path, () => unlinkSync(path));
}

/** The code of the error of a connection; `undefined` when it was made. */
async function whyNotConnected(path: string): Promise<string | undefined> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return undefined;
  } catch (error) {
    return systemCodeOf(error) ?? 'unknown';
  } finally {
    socket.destroy();
  }
}

/** The socket file is made within the call of `listen`, so that the umask is back before other code runs. */
async function bind(server: Server, path: string, { group, isPrivate }: Access): Promise<void> {
  const isForGroup = group !== undefined && !isPrivate;
  const { umask, mode } = isForGroup ? FOR_GROUP : FOR_USER;
  const listening = once(server, 'listening');
  // An error of the call itself comes first.
  listening.catch(() => undefined);
  try {
    systemCall(path, () => {
      // Not through the primary of a cluster, whose umask is another.
      withUmask(umask, () => server.listen({ path, exclusive: true }));
    });
    await listening.catch((cause: unknown) =>
      systemCall(path, () => {
        throw cause;
      }),
    );
    const found = systemCall(path, () => lstatSync(path));
    // A default access control list of the folder overrides the umask.
    if ((found.mode & 0o777) !== mode || (isForGroup && found.gid !== group))
      throw new SocketError('wrong-mode', path);
  } catch (error) {
    server.close();
    throw error;
  }
}

/** A listening socket, made by {@link listen}. */
export class Listener {
  /** Absolute. */
  readonly path: string;
  readonly #server: Server;
  readonly #lock: HeldLock;
  readonly #options: ListenOptions;
  /** The clients that were never served, the oldest first. */
  readonly #fresh = new Set<Client>();
  /** The other clients, the one that was served longest ago first. */
  readonly #served = new Set<Client>();
  #isFull = false;
  #closing: Promise<void> | undefined;

  constructor(path: string, server: Server, lock: HeldLock, options: ListenOptions) {
    this.path = path;
    this.#server = server;
    this.#lock = lock;
    this.#options = options;
    server.on('connection', (socket) => this.#accept(socket));
    server.on('error', (error) => options.onWarning(`${path}: ${error.message}`));
  }

  #accept(socket: Socket): void {
    const { maxClients, onConnection } = this.#options;
    if (this.clients === maxClients) this.#makeRoom();
    const client: Client = {
      socket,
      isReplaced: false,
      served: () => {
        // Only one that still has its place: at the end of its set.
        if (this.#forget(client)) this.#served.add(client);
      },
    };
    this.#fresh.add(client);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#forget(client);
      if (this.clients <= maxClients / 2) this.#isFull = false;
    });
    onConnection(client);
  }

  #makeRoom(): void {
    const [client] = [...this.#fresh, ...this.#served];
    if (client === undefined) return;
    this.#forget(client);
    client.isReplaced = true;
    client.socket.destroy();
    if (!this.#isFull) this.#options.onFull();
    this.#isFull = true;
  }

  /** The number of connections. */
  get clients(): number {
    return this.#fresh.size + this.#served.size;
  }

  /** Returns whether it had a place. */
  #forget(client: Client): boolean {
    const wasFresh = this.#fresh.delete(client);
    return this.#served.delete(client) || wasFresh;
  }

  /** Stops listening, destroys the open connections, removes the socket file, and returns the lock. */
  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    const closed = once(this.#server, 'close');
    // This removes the socket file.
    this.#server.close();
    for (const { socket } of [...this.#fresh, ...this.#served]) socket.destroy();
    await closed;
    this.#lock.release();
  }
}

/** An open connection of a listener. */
export interface Client {
  readonly socket: Socket;
  /** States that it got what it came for: it keeps its place longer than those that did not, or did earlier. */
  readonly served: () => void;
  /** Whether the listener closed it, to make room for another. */
  isReplaced: boolean;
}
