/** What the kernel takes for a service client that does not read. Its accounting depends on the sizes of the writes alone. */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { encodeOffer } from '../../../src/wire/handshake.js';
import { serviceVersions, type ServiceVersion } from '../../../src/wire/service.js';
import { folder } from '../sockets.js';

/** A part of a push, which is written by itself. */
export type PushPart = 'head' | 'key' | 'tail';

/** The sizes of the writes of a push, in their order. */
export function partsOf(version: ServiceVersion): ReadonlyMap<PushPart, number> {
  const parts: readonly [PushPart, number][] = [
    ['head', 9],
    ['key', 608],
    ['tail', 116],
  ];
  return new Map(version === 'Service:2.0' ? parts : parts.slice(1));
}

const DROP = 9;
const IDENTIFIER = 32;

/** What fills the buffers. */
export interface Filling {
  /** How often a key is pushed and dropped at first. */
  readonly drops: number;
  /** How many keys fit after that. */
  readonly keys: number;
  /** The part of the next key that does not fit. */
  readonly stuck: PushPart;
}

/** How to fill the buffers so that a push is stuck at a part. */
export async function fillingFor(version: ServiceVersion, stuck: PushPart): Promise<Filling> {
  for (let drops = 0; drops < 30; drops++) {
    const filling = await fillingAfter(version, drops);
    if (filling.stuck === stuck) return filling;
  }
  throw new Error(`no filling is stuck at the ${stuck}`);
}

async function fillingAfter(version: ServiceVersion, drops: number): Promise<Filling> {
  const path = join(folder(), 'socket');
  const server = createServer().listen(path);
  await once(server, 'listening');
  const client = connect(path).pause();
  const [socket] = (await once(server, 'connection')) as [Socket];
  try {
    const fits = (size: number): boolean => isWritten(socket, size);
    const push = partsOf(version);
    const start = [encodeOffer(serviceVersions).byteLength, IDENTIFIER];
    for (let drop = 0; drop < drops; drop++) start.push(...push.values(), DROP);
    if (!start.every(fits)) throw new Error('the handshake and the drops do not fit');
    for (let keys = 0; ; keys++) {
      for (const [stuck, size] of push) if (!fits(size)) return { drops, keys, stuck };
    }
  } finally {
    socket.destroy();
    client.destroy();
    server.close();
  }
}

function isWritten(socket: Socket, size: number): boolean {
  // The handle is no public interface; only its descriptor shows what the kernel takes.
  const { fd } = (socket as unknown as { _handle: { fd: number } })._handle;
  try {
    return writeSync(fd, new Uint8Array(size)) === size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
    throw error;
  }
}
