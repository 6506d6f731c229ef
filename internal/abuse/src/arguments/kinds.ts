// Kinds of arguments: how to make a valid one, and which hostile values are valid too.
import { mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { createServer, connect, Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  pooledAllocator,
  MLockedBytes,
  PooledAllocator,
  mappingAllocator,
} from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { rustSigningKey, rustSigningKeyType } from '@evolock/kes-single';
import { LockedConnection } from '@evolock/direct-serialise-io';
import { holdLockFile } from '@evolock/direct-serialise-io/files';
import { directSerialiseBufChecked } from '@evolock/direct-serialise';
import type { KesAlgorithm } from '@evolock/kes-sum';
import type { Call, Releasable } from '../calls/call.js';
import * as world from './world.js';
import type { Truth } from './hostile.js';

export interface Kind {
  name: string;
  make: (call: Call) => unknown;
  accepts: (is: Truth, value: unknown) => boolean;
  fixed?: true;
  holds?: true;
}

/**
 * How a function is called.
 *
 * - `args`: the kinds of the arguments. `receiver`: the kind of `this`.
 * - `lends`: a callback must not return a promise, nor, for `'view'`, the view that it was lent.
 * - `afterRelease`: works on released values too.
 * - `async`: may return a promise, which is awaited. Such calls are slow, and made seldom.
 * - `refuses`: a valid call throws too.
 * - `slow`: a call takes milliseconds.
 */
export interface Entry {
  args?: Kind[];
  receiver?: Kind;
  lends?: true | 'view';
  afterRelease?: true;
  async?: true;
  slow?: true;
  refuses?: true;
}

/** A member of a value that may be anything: reading it throws where the value is hostile, or has no members. */
export const memberOf = (value: unknown, name: string): unknown =>
  (value as Record<string, unknown>)[name];

export const kind = (name: string, make: Kind['make'], accepts: Kind['accepts']): Kind => ({
  name,
  make,
  accepts,
});

/** A value that is never replaced: the name of an argument in a message. */
export const label = (text: unknown): Kind => ({
  name: 'label',
  make: () => text,
  accepts: () => true,
  fixed: true,
});
export const any = kind(
  'anything',
  () => 7,
  () => true,
);

export const bytes = (make: () => Iterable<number>, size?: number): Kind =>
  kind(
    'bytes',
    () => Uint8Array.from(make()),
    ({ bytes: truth }) => truth !== undefined && (size === undefined || truth.length === size),
  );
export const someBytes = (size: number) => bytes(() => world.secret(size));
/** Bytes of any size. A verification of wrong ones is false. */
export const publicBytes = (make: () => Iterable<number>) => bytes(make);

export const integer = (good: number, minimum: number, maximum: number): Kind =>
  kind(
    'integer',
    () => good,
    ({ integer: truth }) => truth !== undefined && truth >= minimum && truth <= maximum,
  );
export const optional = (inner: Kind): Kind =>
  kind(
    `optional ${inner.name}`,
    inner.make,
    (is, value) => is.undefined === true || inner.accepts(is, value),
  );
export const lockedSize = integer(32, 1, 2 ** 30);

export const fn = (good: Kind['make'] = () => () => undefined): Kind =>
  kind(
    'function',
    (call) => good(call),
    ({ fn: truth }) => truth === true,
  );

/** Options are own properties of a plain object. */
function isPlain(is: Truth, value: unknown): boolean {
  if (is.object !== true) return false;
  try {
    const prototype = Object.getPrototypeOf(value);
    return prototype === null || Object.getPrototypeOf(prototype) === null;
  } catch {
    return false;
  }
}

const goodOptions: Kind['accepts'] = (is, value) =>
  is.undefined === true ||
  (isPlain(is, value) && is.badOptions === undefined && is.badAlignment === undefined);
export const options = kind('options', () => ({ ...world.logged }), goodOptions);
export const kesOptions = kind(
  'options with a period',
  () => ({ ...world.logged }),
  (is, value) => goodOptions(is, value) && is.badPeriod === undefined,
);
/** Options of packages that take any object. */
export const anyOptionsOf = (good: object, accepts: Kind['accepts']): Kind =>
  kind(
    'options',
    () => good,
    (is, value) => (is.undefined === true || is.object === true) && accepts(is, value),
  );
export const optionsOf = (good: object, accepts: Kind['accepts']): Kind =>
  kind(
    'options',
    () => good,
    (is, value) => (is.undefined === true || isPlain(is, value)) && accepts(is, value),
  );

/** A value with a secret. No method may succeed on a released one. */
const holder = (inner: Kind): Kind => ({ ...inner, holds: true });
export const locked = (names: readonly string[], make: () => Releasable, size?: number): Kind =>
  holder(
    kind(
      names.join(' or '),
      (call) => call.keep(make()),
      (is) =>
        is.released === undefined &&
        is.locked !== undefined &&
        names.includes(is.locked) &&
        (size === undefined || is.size === size),
    ),
  );
const everyLocked = ['bytes', 'seed', 'ed25519', 'vrf', 'extended', 'single', 'sum'];
export const anyLocked = locked(everyLocked, () => world.lockedBytes());
export const mlocked = locked(['bytes'], () => world.lockedBytes());
export const seed = locked(['seed'], () => world.seed(), 32);
export const anySeed = locked(['seed'], () => world.seed());
export const edKey = locked(['ed25519'], () => world.keyOf(world.ed25519));
export const vrfKey = locked(['vrf'], () => world.vrfKey());
export const extendedKey = locked(['extended'], () => world.extendedKey());
/** A key that issues certificates. */
export const coldKey = locked(['ed25519', 'extended'], () => world.keyOf(world.ed25519));
export const singleKey = locked(['single'], () => world.keyOf(world.sum0Kes));
export const sumKey = locked(['sum'], () => world.keyOf(world.sum2Kes));
export const kesKey = locked(['sum', 'single'], () => world.keyOf(world.sum2Kes));
export const serialisable = kind(
  'serialisable value',
  (call) => call.keep(world.lockedBytes()),
  (is) => is.serialisable === true && is.released === undefined,
);
/** A value whose copy is sent. Locked bytes are sent from their own memory: the allocator of a copy is not used. */
export const staged: Kind = { ...serialisable, make: (call) => call.keep(world.seed()) };
/** Any object with that method. */
export const having = (method: string, make: Kind['make']): Kind =>
  kind(`object with ${method}`, make, (_, value) => {
    try {
      return typeof memberOf(value, method) === 'function';
    } catch {
      return false;
    }
  });
export const type = kind(
  'type',
  () => MLockedBytes.type(32),
  (is) => is.type === true,
);
export const kesAlgorithm = kind(
  'algorithm',
  () => world.sum2Kes,
  (is) => is.algorithm !== undefined,
);
export const algorithmLike = (size: keyof typeof world.sum2Kes, make?: Kind['make']): Kind =>
  kind(
    'algorithm',
    make ?? (() => world.sum2Kes),
    (is) => is.algorithm?.[size] === world.sum2Kes[size] || is.algorithm !== undefined,
  );
export const inner = (variant: 'sum' | 'compact'): Kind =>
  kind(
    `${variant} algorithm`,
    () => (variant === 'sum' ? world.sum0Kes : world.compactSum2Kes),
    (is) => is.algorithm?.variant === variant,
  );
export const dsign = kind(
  'dsign',
  () => world.ed25519,
  (is) => is.dsign === true,
);
export const policy = kind(
  'policy',
  () => 'require',
  ({ text }) => text === 'require',
);
export const lockedKind = kind(
  'kind',
  () => ({ lockedSize: 256 }),
  (_, value) => {
    try {
      return Number.isInteger(memberOf(value, 'lockedSize'));
    } catch {
      return false;
    }
  },
);
export const object = (good: unknown): Kind =>
  kind(
    'object',
    () => good,
    (is) => is.object === true,
  );

export type Algorithm = KesAlgorithm | typeof world.ed25519;

function partsOf(algorithm: Algorithm) {
  const parts = world.publicParts.get(algorithm);
  if (parts === undefined) throw new Error(`no public parts of ${algorithm.name}`);
  return parts;
}

export const verificationKey = (algorithm: Algorithm) =>
  publicBytes(() => partsOf(algorithm).verificationKey);
export const signature = (algorithm: Algorithm) => publicBytes(() => partsOf(algorithm).signature);
export const rawKey = (algorithm: Algorithm) =>
  bytes(() => partsOf(algorithm).raw, partsOf(algorithm).raw.length);
export const message = bytes(() => world.message);
/** verify-many.test.ts of kes-sum tests hostile items and values that cannot be iterated. None may make it throw. */
export const verifications: Kind = {
  ...kind(
    'verifications',
    () => [{ ...partsOf(world.sum2Kes), period: 0, message: world.message }, undefined],
    () => true,
  ),
  fixed: true,
};
export const pull = (algorithm: Algorithm) => fn(() => world.pullFrom(partsOf(algorithm).raw));

/** The bytes of a serialised form of a key. */
const bytesOfForm = (form: typeof rustSigningKey, size: number) => {
  const bytes = new Uint8Array(size);
  const key = world.keyOf(world.sum2Kes);
  directSerialiseBufChecked(bytes, form(key));
  key.release();
  return bytes;
};
const formSize = (extra: number) => world.sum2Kes.signingKeySize + extra;
export const rustPull = fn(() => world.pullFrom(bytesOfForm(rustSigningKey, formSize(4))));

/** Objects whose classes or methods are not exported by name. */
export const samples = {
  'MLockedBytes.type()': MLockedBytes.type(32),
  'MLockedSeed.type()': MLockedSeed.type(32),
  'rustSigningKeyType()': rustSigningKeyType(world.sum2Kes),
  'rustSigningKey()': rustSigningKey(world.keyOf(world.sum2Kes)),
  singleKey: world.keyOf(world.sum0Kes),
  sumKey: world.keyOf(world.sum2Kes),
  pooledSlot: pooledAllocator.allocate(32),
  mappingSlot: mappingAllocator.allocate(32),
};

const never = () => false;
export const receivers = {
  pool: kind('pool', () => new PooledAllocator(), never),
  mapping: kind('mapping allocator', () => mappingAllocator, never),
  sum: kind(
    'sum algorithm',
    () => world.sum2Kes,
    (is) => is.algorithm !== undefined,
  ),
  pooledSlot: kind('slot', (call) => call.keepSlot(pooledAllocator.allocate(32)), never),
};

// For input and output: a folder, open files, connected sockets.
const folder = mkdtempSync(join(tmpdir(), 'evolock-abuse-'));
export { folder };
let files = 0;
const newPath = () => join(folder, `file-${(files += 1)}`);
const fileOf = (content: string | Uint8Array) => {
  const path = newPath();
  writeFileSync(path, content, { mode: 0o600 });
  return path;
};
const opened = (call: Call, content: string | Uint8Array, flags: string): number => {
  const fd = openSync(fileOf(content), flags);
  call.descriptors.push(fd);
  return fd;
};

// Sockets within this process: a server on a Unix socket for each pair.
let pairs = 0;
async function pair(call: Call): Promise<[Socket, Socket]> {
  const server = createServer({ pauseOnConnect: true });
  const path = join(folder, `socket-${(pairs += 1)}`);
  await once(server.listen(path), 'listening');
  const ours = connect(path);
  const [theirs] = (await once(server, 'connection')) as [Socket];
  if (ours.connecting) await once(ours, 'connect');
  server.close();
  for (const socket of [ours, theirs]) {
    socket.on('error', () => undefined);
    call.sockets.push(socket);
  }
  return [ours, theirs];
}

const asDescriptor = kind('descriptor', () => undefined, never);
export const io = {
  readable: {
    ...asDescriptor,
    make: (call: Call) => opened(call, world.secret(32), 'r'),
  },
  writable: { ...asDescriptor, make: (call: Call) => opened(call, '', 'w') },
  size: integer(32, 1, 1_048_576),
  newPath: kind('path', newPath, never),
  path: kind('path', () => fileOf(world.secret(32)), never),
  options: optionsOf(
    { ...world.logged },
    (is) => is.badOptions === undefined && is.badAlignment === undefined,
  ),
  allocation: optionsOf({ ...world.logged }, (is) => is.badOptions === undefined),
  timeOptions: optionsOf(
    { ...world.logged, timeout: 500 },
    (is) =>
      is.badOptions === undefined && is.badAlignment === undefined && is.badTime === undefined,
  ),
  /** A staging is allocated for a value that is sent. Its alignment is not an option. */
  sendOptions: optionsOf(
    { ...world.logged, timeout: 500 },
    (is) => is.badOptions === undefined && is.badTime === undefined,
  ),
  waitOptions: optionsOf({ timeout: 500 }, (is) => is.badTime === undefined),
  /** Any text is the path of a file that does not exist. */
  lockedPath: kind('path', newPath, (is) => is.text !== undefined),
  heldLock: kind('lock', (call) => call.keep(holdLockFile(newPath())), never),
  closeOptions: optionsOf({ timeout: 500 }, (is) => is.badTime === undefined),
  socket: kind(
    'socket',
    async (call) => {
      const [ours, theirs] = await pair(call);
      theirs.resume();
      return ours;
    },
    never,
  ),
  fresh: kind(
    'fresh socket',
    async (call) => {
      const [ours, theirs] = await pair(call);
      ours.resume();
      return theirs;
    },
    never,
  ),
  child: kind(
    'child',
    async (call) => {
      const [ours, theirs] = await pair(call);
      theirs.resume();
      return { stdio: [null, null, null, ours] };
    },
    never,
  ),
  stdio: integer(3, 3, 3),
  target: kind(
    'target',
    async (call) => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        call.sockets.push(socket.resume());
      });
      const path = join(folder, `socket-${(pairs += 1)}`);
      await once(server.listen(path), 'listening');
      call.servers.push(server);
      return { path };
    },
    never,
  ),
  connection: kind(
    'connection',
    async (call) => {
      const [ours, theirs] = await pair(call);
      ours.resume();
      ours.write(world.secret(32));
      ours.end(world.secret(32));
      const connection = LockedConnection.takeOver(theirs, world.logged);
      call.connections.push(connection);
      return connection;
    },
    never,
  ),

  /** A connection whose peer has ended. */
  quiet: kind(
    'connection',
    async (call) => {
      const [ours, theirs] = await pair(call);
      ours.resume();
      ours.end();
      const connection = LockedConnection.takeOver(theirs, world.logged);
      call.connections.push(connection);
      return connection;
    },
    never,
  ),
};
export { Socket };
