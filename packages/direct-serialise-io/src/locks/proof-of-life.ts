/**
 * A listening socket beside a lock file: the proof that the holder of the lock lives, also for processes that cannot judge
 * its process id because it is of another container or time namespace. The system closes the socket with the process, however that ends.
 *
 * Why a refused connection proves that the holder has ended, also when two containers share the folder, the host name is the
 * same, or the process id is 1 again: one kernel alone mounts a file system of the kinds below. Holder and this process both
 * see the folder as such a file system, so the kernel of the holder is this one, or it does not have the file system any
 * more, and with it the holder. Within one kernel a socket file leads to its socket by the inode, in each mount, network and
 * process id namespace. The socket is made before the lock file, and closed after the lock file is removed.
 *
 * Other file systems (NFS, virtiofs, FUSE) have no proof: another kernel may have the socket.
 */
import { randomBytes } from 'node:crypto';
import { constants, fstatSync, openSync, statfsSync, unlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { basename, dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { close } from '../system/calls.js';

/** The magic numbers of statfs(2) of file systems that one kernel alone mounts. */
const OF_ONE_KERNEL: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0xf2f52010, // f2fs
  0x2fc12fc1, // zfs
  0x01021994, // tmpfs
  0x794c7630, // overlayfs: an upper layer that two mounts use is undefined
]);

/** Bytes of a path of a socket, without its end (`sun_path`). */
const LONGEST_PATH = 107;
/** Opens a file as a place, for the link to it in `/proc`. The same on all systems of Node.js with Linux. */
const O_PATH = 0o10000000;
const PATIENCE = 10_000;

/** What a holder states in its lock file. */
export interface StatedProof {
  /** 8 hexadecimal digits, by which the name of the socket ends. */
  readonly id: string;
  readonly fileSystem: number;
}

const socketOf = (lock: string, id: string): string => `${lock}.${id}`;

/** The proof of the holder of a lock. */
export class ProofOfLife {
  readonly stated: StatedProof;
  readonly path: string;
  readonly #server: Server;

  private constructor(path: string, server: Server, stated: StatedProof) {
    this.path = path;
    this.#server = server;
    this.stated = stated;
  }

  /** Listens beside a lock. Returns `undefined` where this proves nothing, or is not possible. */
  static of(lock: string): ProofOfLife | undefined {
    const fileSystem = fileSystemOf(lock);
    if (fileSystem === undefined) return undefined;
    const id = randomBytes(4).toString('hex');
    const path = socketOf(lock, id);
    const server = createServer((connection) => connection.destroy());
    // The lock is taken without a proof.
    server.on('error', () => undefined);
    if (!listen(server, path)) {
      server.close();
      return undefined;
    }
    server.unref();
    return new ProofOfLife(path, server, { id, fileSystem });
  }

  /** Closes the socket, and removes its name. */
  end(): void {
    this.#server.close();
    try {
      unlinkSync(this.path);
    } catch {
      // The next run removes it.
    }
  }
}

/** The magic number of the file system of a file, when one kernel alone mounts it. */
function fileSystemOf(lock: string): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const { type } = statfsSync(dirname(lock));
    return OF_ONE_KERNEL.has(type) ? type : undefined;
  } catch {
    return undefined;
  }
}

/** The folder is named by its descriptor, since a path of a socket is short. */
function listen(server: Server, path: string): boolean {
  let folder: number | undefined;
  try {
    folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
    const short = `/proc/self/fd/${String(folder)}/${basename(path)}`;
    if (Buffer.byteLength(short) > LONGEST_PATH) return false;
    server.listen({ path: short, exclusive: true });
    return server.listening;
  } catch {
    return false;
  } finally {
    if (folder !== undefined) close(folder);
  }
}

/** Whether the holder of a lock lives; `undefined` when its proof does not say. */
export function isAlive(lock: string, { id, fileSystem }: StatedProof): boolean | undefined {
  if (fileSystem !== fileSystemOf(lock)) return undefined;
  let socket: number | undefined;
  try {
    socket = openSync(socketOf(lock, id), O_PATH | constants.O_NOFOLLOW);
    return fstatSync(socket).isSocket() ? answerOf(`/proc/self/fd/${String(socket)}`) : undefined;
  } catch {
    return undefined;
  } finally {
    if (socket !== undefined) close(socket);
  }
}

const ALIVE = 1;
const REFUSED = 2;

/** Node.js connects in the event loop only. That of a thread does it, so that a lock is taken in one call. */
const CONNECTING = `
  const { workerData: { path, answer } } = require('node:worker_threads');
  const tell = (value) => {
    Atomics.store(answer, 0, value);
    Atomics.notify(answer, 0);
  };
  require('node:net')
    .connect(path, () => tell(${String(ALIVE)}))
    .on('error', ({ code }) => tell(code === 'ECONNREFUSED' ? ${String(REFUSED)} : 3));
`;

function answerOf(path: string): boolean | undefined {
  const answer = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(CONNECTING, {
    eval: true,
    execArgv: [],
    env: {},
    workerData: { path, answer },
  });
  worker.on('error', () => undefined);
  Atomics.wait(answer, 0, 0, PATIENCE);
  void worker.terminate();
  const told = Atomics.load(answer, 0);
  return told === ALIVE ? true : told === REFUSED ? false : undefined;
}
