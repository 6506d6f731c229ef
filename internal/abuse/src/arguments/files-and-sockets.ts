// Kinds of arguments of input and output: a folder, open files, connected sockets. All of them are slow.
import { KeyFile, LockedConnection } from '@evolock/direct-serialise-io';
import { holdLockFile } from '@evolock/direct-serialise-io/files';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { connect, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call } from '../calls/call.js';
import { kind, slowly, type Kind } from './kinds.js';
import * as world from './world.js';

/** The child makes it. */
export const folder = join(tmpdir(), `evolock-abuse-${process.pid}`);
let files = 0;
export const newPath = () => join(folder, `file-${(files += 1)}`);

/** The path of a new file. Any text is the path of a file that does not exist. */
export const path = (write?: (to: string) => unknown) =>
  slowly(
    kind(
      'path',
      () => {
        const made = newPath();
        write?.(made);
        return made;
      },
      (value) => typeof value === 'string',
    ),
  );
const writeSecret = (to: string) => writeFileSync(to, world.secret(32), { mode: 0o600 });

const descriptor = (flags: string) =>
  slowly(
    kind('descriptor', (call) => {
      const made = newPath();
      writeSecret(made);
      const fd = openSync(made, flags);
      call.atEnd(() => closeSync(fd));
      return fd;
    }),
  );
export const readable = descriptor('r');
export const writable = descriptor('w');

export const heldLock = slowly(kind('lock', (call) => call.keep(holdLockFile(newPath()))));

/** A key file of the key of depth 2. */
export const keyFile = slowly(
  kind('key file', async (call) => {
    const create = () => ({ key: world.keyOf(world.sum2Kes) });
    const opened = await KeyFile.open(newPath(), world.sum2Kes, { create });
    // A call may have released the key, which the file would have to write.
    call.atEnd(() => opened.close().catch(() => undefined));
    return opened;
  }),
);

/** Two ends of a Unix socket in this process. */
async function pair(call: Call): Promise<[Socket, Socket]> {
  const server = createServer({ pauseOnConnect: true });
  const ours = connect(await listening(server));
  const [theirs] = (await once(server, 'connection')) as [Socket];
  if (ours.connecting) await once(ours, 'connect');
  server.close();
  for (const socket of [ours, theirs]) {
    socket.on('error', () => undefined);
    call.atEnd(() => socket.destroy());
  }
  return [ours, theirs];
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  const made = newPath();
  await once(server.listen(made), 'listening');
  return made;
}

/** A value that is made of a pair whose second end is read. */
const ofPair = (name: string, make: (ours: Socket, theirs: Socket) => unknown): Kind =>
  slowly(kind(name, async (call) => make(...(await pair(call)))));

export const socket = ofPair('socket', (ours, theirs) => (theirs.resume(), ours));
export const freshSocket = ofPair('fresh socket', (ours, theirs) => (ours.resume(), theirs));
export const child = ofPair('child', (ours, theirs) => {
  theirs.resume();
  return { stdio: [null, null, null, ours] };
});
export const target = slowly(
  kind('target', async (call) => {
    const server = createServer((accepted) => {
      accepted.on('error', () => undefined).resume();
      call.atEnd(() => accepted.destroy());
    });
    call.atEnd(() => server.close());
    return { path: await listening(server) };
  }),
);

/** A connection whose peer has sent some bytes and has ended. */
const connectionAfter = (...sent: Uint8Array[]) =>
  slowly(
    kind('connection', async (call) => {
      const [ours, theirs] = await pair(call);
      ours.resume();
      for (const each of sent) ours.write(each);
      ours.end();
      const made = LockedConnection.takeOver(theirs);
      call.atEnd(() => made.close());
      return made;
    }),
  );
export const connection = connectionAfter(world.secret(32), world.secret(32));
export const quietConnection = connectionAfter();
