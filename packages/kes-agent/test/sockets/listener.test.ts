import { spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, Server, type Socket } from 'node:net';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdLockFile } from '@evolock/direct-serialise-io/files';
import { errorOf, rejectionOf } from '@evolock/test-support';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { SocketError } from '../../src/errors.js';
import { listen, type Listener, type ListenOptions } from '../../src/sockets/listener.js';
import { withUmask } from '../../src/sockets/system.js';
import { connectedTo, folder, ordinary, PASSIVE } from '../support/sockets.js';

const NOBODY = 65_534;
const GROUP = 54_321;
const isRoot = process.getuid?.() === 0;
/** Why another user cannot connect in a process of its own, if it cannot. */
const noOtherUser = isRoot ? whyNoOther() : 'only root can give files to others';
const needsRoot = isRoot ? '' : ' (skipped: only root can give files to others)';

async function listening(path: string, options: Partial<ListenOptions> = {}): Promise<Listener> {
  const listener = await listen(path, {
    ...PASSIVE,
    ...options,
  });
  onTestFinished(() => listener.close());
  return listener;
}

async function refusal(path: string, options: Partial<ListenOptions> = {}): Promise<SocketError> {
  const error: unknown = await rejectionOf(listening(path, options));
  expect(error).toBeInstanceOf(SocketError);
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_SOCKET' });
  return error as SocketError;
}

function lockOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.evolock-lock`);
}

function modeOf(path: string): string {
  return (lstatSync(path).mode & 0o7777).toString(8);
}

function umask(mask: number): void {
  const before = process.umask(mask);
  onTestFinished(() => void process.umask(before));
}

function currentUmask(): number {
  const mask = process.umask(0o077);
  process.umask(mask);
  return mask;
}

/** Resolves when a socket has closed, also with an error. */
function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}

/** Another program that listens, and takes no lock. */
async function foreign(path: string): Promise<Server> {
  const server = createServer((socket) => void ordinary(socket)).listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

/** An agent in a process of its own: it has the lock of the path and listens there. */
async function agentProcess(path: string) {
  const script = `
    import { createServer } from 'node:net';
    import { holdLockFile } from '@evolock/direct-serialise-io/files';
    const path = ${JSON.stringify(path)};
    holdLockFile(path);
    createServer().listen(path, () => console.log('listening'));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

/** Why another user cannot run this Node: it may be in a folder of root. */
function whyNoOther(): string | undefined {
  const user = { uid: NOBODY, gid: NOBODY, cwd: '/' };
  return spawnSync(process.execPath, ['--version'], user).error?.message;
}

/** Whether a user can connect: the code of the error, or `connected`. */
function connectAs(uid: number, gid: number, path: string): string {
  const script = `
    require('node:net').connect(process.argv[1])
      .on('connect', () => { console.log('connected'); process.exit(); })
      .on('error', (error) => console.log(error.code));
  `;
  const { stdout } = spawnSync(process.execPath, ['--eval', script, path], {
    uid,
    gid,
    cwd: '/',
    encoding: 'utf8',
  });
  return stdout.trim();
}

describe('the folder', () => {
  test('is made with mode 700, whatever the umask is', async () => {
    for (const mask of [0, 0o777]) {
      umask(mask);
      const path = join(folder(), 'new', 'socket');
      await listening(path);
      expect(modeOf(dirname(path))).toBe('700');
      expect(modeOf(path)).toBe('600');
      expect(currentUmask()).toBe(mask);
    }
  });

  test.each(['755', '711', '750', '701'])('of mode %s is refused', async (mode) => {
    const path = join(folder(), 'socket');
    chmodSync(dirname(path), mode);
    const error = await refusal(path);
    expect(error).toMatchObject({ reason: 'folder-open', path });
    expect(error.message).toContain('chmod 700');
    expect(error.message).toContain(`mode ${mode}`);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test('that is sticky, as /tmp is, gives a warning', async () => {
    const path = join(folder(), 'socket');
    chmodSync(dirname(path), 0o1777);
    const warnings: string[] = [];
    await listening(path, { onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([expect.stringContaining(dirname(path))]);
    expect(modeOf(path)).toBe('600');
  });

  test.runIf(isRoot)(`of another user is refused${needsRoot}`, async () => {
    const path = join(folder(), 'socket');
    chownSync(dirname(path), NOBODY, NOBODY);
    const error = await refusal(path);
    expect(error).toMatchObject({ reason: 'exchangeable' });
    expect(error.message).toContain(`${dirname(path)}, owner ${String(NOBODY)}`);
  });

  test('below a folder in which others can write is refused, and nothing is left', async () => {
    for (const [mode, isRefused] of [
      ['777', true],
      ['775', true],
      ['1777', false],
      ['755', false],
    ] as const) {
      const above = folder();
      chmodSync(above, mode);
      const path = join(above, 'new', 'socket');
      if (!isRefused) {
        await listening(path);
        continue;
      }
      const error = await refusal(path);
      expect(error).toMatchObject({ reason: 'exchangeable' });
      expect(error.message).toContain(`${above}, owner`);
      expect(readdirSync(above)).toEqual([]);
    }
  });

  test('whose folder is missing, and a file in its place, are refused', async () => {
    const base = folder();
    const error = await refusal(join(base, 'missing', 'new', 'socket'));
    expect(error).toMatchObject({ reason: 'no-folder' });
    expect(readdirSync(base)).toEqual([]);
    writeFileSync(join(base, 'file'), 'a text');
    expect(await refusal(join(base, 'file', 'socket'))).toMatchObject({ reason: 'not-a-folder' });
    expect(await refusal(join(base, 'file', 'deeper', 'socket'))).toMatchObject({
      reason: 'system',
      message: expect.stringContaining('ENOTDIR'),
    });
  });
});

describe('the umask', () => {
  /** Replaces `listen` of a server, but for that of its lock. It gets the original. */
  function onListen(instead: (server: Server, original: () => Server) => Server): void {
    const { listen: first } = Server.prototype;
    const spy = vi.spyOn(Server.prototype, 'listen').mockImplementation(function (
      this: Server,
      ...options: unknown[]
    ) {
      const original = () => Reflect.apply(first, this, options) as Server;
      const isOfLock = JSON.stringify(options).includes('evolock-lock');
      return isOfLock ? original() : instead(this, original);
    });
    onTestFinished(() => spy.mockRestore());
  }

  const refused = () => Object.assign(new Error('refused'), { code: 'EACCES' });

  test.each<[string, (server: Server) => Server]>([
    [
      'at once',
      () => {
        throw refused();
      },
    ],
    [
      'later',
      (server) => {
        process.nextTick(() => server.emit('error', refused()));
        return server;
      },
    ],
  ])('is back when listening fails %s, and so is the lock', async (_when, fail) => {
    umask(0o027);
    const path = join(folder(), 'socket');
    const masks: number[] = [];
    onListen((server) => {
      masks.push(currentUmask());
      return fail(server);
    });
    const warnings: string[] = [];
    const error = await refusal(path, { onWarning: (warning) => warnings.push(warning) });
    expect(error).toMatchObject({ reason: 'system', message: expect.stringContaining('EACCES') });
    expect([masks, currentUmask(), warnings]).toEqual([[0o177], 0o027, []]);
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test('decides the mode of the socket from its first moment', async () => {
    umask(0);
    const path = join(folder(), 'socket');
    const modes: string[] = [];
    onListen((_server, original) => {
      const server = original();
      modes.push(modeOf(path));
      return server;
    });
    await listening(path);
    expect([...modes, modeOf(path)]).toEqual(['600', '600']);
  });

  test('that the system ignores, as with an access control list of the folder, is noticed', async () => {
    umask(0o027);
    const path = join(folder(), 'socket');
    onListen((_server, original) => withUmask(0, original));
    expect(await refusal(path)).toMatchObject({ reason: 'wrong-mode' });
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});

describe('a group', () => {
  test.skipIf(noOtherUser !== undefined)(
    `may connect to a socket in a new folder, and another group may not${noOtherUser === undefined ? '' : ` (skipped: ${noOtherUser})`}`,
    async () => {
      umask(0);
      const base = folder();
      chmodSync(base, 0o711);
      const path = join(base, 'new', 'socket');
      await listening(path, { group: GROUP });
      expect(modeOf(dirname(path))).toBe('2750');
      expect(modeOf(path)).toBe('660');
      expect(statSync(path).gid).toBe(GROUP);
      expect(connectAs(NOBODY, GROUP, path)).toBe('connected');
      expect(connectAs(NOBODY, NOBODY, path)).toBe('EACCES');
    },
  );

  test.runIf(isRoot)(
    `gets no new folder that another user could exchange meanwhile${needsRoot}`,
    async () => {
      const above = folder();
      chmodSync(above, 0o777);
      // A user who is no member of the group: the system would refuse to give it the folder.
      process.seteuid?.(NOBODY);
      const refused = refusal(join(above, 'new', 'socket'), { group: GROUP });
      process.seteuid?.(0);
      expect(await refused).toMatchObject({ reason: 'exchangeable' });
      expect(readdirSync(above)).toEqual([]);
    },
  );

  test.runIf(isRoot)(`needs a folder that is set up for it${needsRoot}`, async () => {
    const path = join(folder(), 'socket');
    for (const [mode, gid] of [
      [0o700, 0],
      [0o2750, 0],
      [0o750, GROUP],
      [0o2755, GROUP],
      [0o2770, GROUP],
      [0o3777, GROUP],
    ] as const) {
      chownSync(dirname(path), -1, gid);
      chmodSync(dirname(path), mode);
      const error = await refusal(path, { group: GROUP });
      expect(error).toMatchObject({ reason: 'folder-group' });
      expect(error.message).toContain('chmod 2750');
    }
    chmodSync(dirname(path), 0o2750);
    await listening(path, { group: String(GROUP) });
    expect(statSync(path).gid).toBe(GROUP);
    expect(modeOf(path)).toBe('660');
  });

  test('is found by its name', async () => {
    const gid = process.getgid!();
    const name = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find((fields) => fields[2] === String(gid))![0]!;
    const path = join(folder(), 'new', 'socket');
    await listening(path, { group: name });
    expect(statSync(path).gid).toBe(gid);
    expect(modeOf(dirname(path))).toBe('2750');
  });

  test('that does not exist is refused, and nothing is made', async () => {
    const path = join(folder(), 'new', 'socket');
    const error = await refusal(path, { group: 'no-such-group' });
    expect(error).toMatchObject({ reason: 'no-group' });
    expect(existsSync(dirname(path))).toBe(false);
  });
});

describe('at the path', () => {
  test('the socket of a killed process is replaced', async () => {
    const path = join(folder(), 'socket');
    const child = await agentProcess(path);
    const error = await refusal(path);
    expect(error).toMatchObject({ reason: 'running', path });
    expect(error.message).toContain(`process ${String(child.pid)}`);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(lstatSync(path).isSocket()).toBe(true);
    await listening(path);
    await connectedTo(path);
  });

  test('a second listener of this process is refused, and the first continues', async () => {
    const path = join(folder(), 'socket');
    await listening(path);
    const error = await refusal(relative(process.cwd(), path));
    expect(error).toMatchObject({ reason: 'running', path });
    expect(error.message).toContain(`process ${String(process.pid)}`);
    await connectedTo(path);
  });

  test('a lock that cannot be checked is left, and named', async () => {
    const path = join(folder(), 'socket');
    writeFileSync(lockOf(path), 'of another machine');
    const error = await refusal(path);
    expect(error).toMatchObject({ reason: 'running-elsewhere' });
    expect(error.message).toContain(lockOf(path));
    expect(readdirSync(dirname(path))).toEqual([basename(lockOf(path))]);
  });

  test('another program without a lock is not displaced', async () => {
    const path = join(folder(), 'socket');
    await foreign(path);
    const { ino } = lstatSync(path);
    expect(await refusal(path)).toMatchObject({ reason: 'in-use' });
    expect(lstatSync(path).ino).toBe(ino);
    await connectedTo(path);
    expect(existsSync(lockOf(path))).toBe(false);
  });

  test('nothing but a socket is removed', async () => {
    const base = folder();
    const text = join(base, 'text');
    writeFileSync(text, 'a text');
    mkdirSync(join(base, 'folder'));
    symlinkSync(text, join(base, 'link'));
    symlinkSync(join(base, 'missing'), join(base, 'dangling'));
    await foreign(join(base, 'living'));
    symlinkSync(join(base, 'living'), join(base, 'link-to-socket'));
    const before = readdirSync(base);
    for (const name of ['text', 'folder', 'link', 'dangling', 'link-to-socket'])
      expect(await refusal(join(base, name))).toMatchObject({ reason: 'not-a-socket' });
    expect(readdirSync(base)).toEqual(before);
    expect(readFileSync(text, 'utf8')).toBe('a text');
  });

  test('a path is refused that the system would shorten', async () => {
    const base = folder();
    const limit = process.platform === 'linux' ? 107 : 103;
    const longest = join(base, 'x'.repeat(limit - base.length - 1));
    // Its lock file has a longer name, which has no such limit.
    await listening(longest);
    const error = await refusal(`${longest}x`);
    expect(error).toMatchObject({ reason: 'path-too-long' });
    expect(error.message).toContain(`${String(limit + 1)} bytes`);
    // Bytes count, not characters.
    expect(await refusal(`${longest.slice(0, -1)}ä`)).toMatchObject({ reason: 'path-too-long' });
  });
});

describe('clients', () => {
  /** A listener, and clients that are known by their number. */
  async function manyClients(maxClients: number) {
    const path = join(folder(), 'socket');
    const accepted: { readonly socket: Socket; readonly served: () => void }[] = [];
    const arrived = new EventEmitter();
    let rows = 0;
    await listening(path, {
      maxClients,
      onConnection: ({ socket, served }) => {
        accepted.push({ socket: socket.resume(), served });
        arrived.emit('client');
      },
      onFull: () => (rows += 1),
    });
    return {
      accepted,
      rows: () => rows,
      closed: () => accepted.flatMap(({ socket }, number) => (socket.destroyed ? [number] : [])),
      async connect(count: number): Promise<void> {
        for (let each = 0; each < count; each += 1) {
          const client = once(arrived, 'client');
          (await connectedTo(path)).resume();
          await client;
        }
      },
      async leave(number: number): Promise<void> {
        const { socket } = accepted[number]!;
        socket.destroy();
        await closeOf(socket);
      },
    };
  }

  test('above the limit take the place of those never served, then of the one served longest ago', async () => {
    const { accepted, closed, connect: arrive } = await manyClients(4);
    await arrive(4);
    // 0, 2 and 3 are served, 0 again.
    for (const number of [0, 2, 3, 0]) accepted[number]!.served();
    await arrive(3);
    expect(closed()).toEqual([1, 4, 5]);
    accepted[6]!.served();
    await arrive(1);
    expect(closed()).toEqual([1, 2, 4, 5]);
    // A client that has lost its place gets it back by nothing but a new connection.
    accepted[2]!.served();
    accepted[7]!.served();
    await arrive(1);
    expect(closed()).toEqual([1, 2, 3, 4, 5]);
  });

  test('are told of once, until half of the places were free', async () => {
    const { closed, rows, connect: arrive, leave } = await manyClients(4);
    await arrive(20);
    expect(closed()).toHaveLength(16);
    expect(rows()).toBe(1);
    await leave(16);
    await arrive(2);
    expect(rows()).toBe(1);
    for (const number of [18, 19]) await leave(number);
    await arrive(3);
    expect(rows()).toBe(2);
  });

  test('a client that resets its connection does not end the process', async () => {
    const path = join(folder(), 'socket');
    const connection = new Promise<Socket>((resolve) => {
      void listening(path, { onConnection: ({ socket }) => resolve(socket) }).then(() =>
        connect(path).destroy(),
      );
    });
    const socket = await connection;
    const closed = closeOf(socket);
    socket.write('bytes that are not read');
    socket.destroySoon();
    await closed;
  });
});

describe('a close', () => {
  test('removes the socket and the lock, and destroys the connections', async () => {
    const path = join(folder(), 'socket');
    const pipes = () =>
      process.getActiveResourcesInfo().filter((resource) => resource.startsWith('Pipe')).length;
    const before = pipes();
    const accepted: Socket[] = [];
    const arrived = new EventEmitter();
    const listener = await listening(path, {
      onConnection: ({ socket }) => void arrived.emit('client', accepted.push(socket)),
    });
    const all = new Promise<void>((resolve) => {
      arrived.on('client', (count) => count === 3 && resolve());
    });
    const clients: Socket[] = [];
    while (clients.length < 3) clients.push(await connectedTo(path));
    await all;
    const ends = clients.map((client) => once(client.resume(), 'end'));
    expect(errorOf(() => holdLockFile(path))).toMatchObject({ reason: 'locked' });
    await Promise.all([listener.close(), listener.close()]);
    expect(readdirSync(dirname(path))).toEqual([]);
    await Promise.all(ends);
    expect(accepted.every(({ destroyed }) => destroyed)).toBe(true);
    for (const client of clients) client.destroy();
    await Promise.all(clients.map(closeOf));
    await listener.close();
    // Nothing keeps the process alive.
    expect(pipes()).toBeLessThanOrEqual(before);
    await listening(path);
  });
});
