import { spawnSync } from 'node:child_process';
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
import { createServer, Server, type Socket } from 'node:net';
import { basename, dirname, join, relative } from 'node:path';
import { holdLockFile } from '@evolock/direct-serialise-io/files';
import { errorOf, rejectionOf } from '@evolock/test-support';
import { NOBODY } from '@evolock/test-support/ordinary-user';
import { inRuntime, onPlatform } from '@evolock/test-support/on-platform';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { mainnet } from '@evolock/cardano-headers';
import { receiveKeys } from '../../src/client/service-client.js';
import { SocketError } from '../../src/errors.js';
import { listen, type Listener, type ListenOptions } from '../../src/sockets/listener.js';
import { withUmask } from '../../src/sockets/system.js';
import { AgentProcess } from '../support/agents.js';
import { connectedTo, folder, ordinary, PASSIVE, whyNoOtherUser } from '../support/sockets.js';

const GROUP = 54_321;
const isRoot = process.getuid?.() === 0;
const needsRoot = isRoot ? '' : ' (skipped: only root can give files to others)';

async function listening(path: string, options: Partial<ListenOptions> = {}): Promise<Listener> {
  const listener = await listen(path, { ...PASSIVE, ...options });
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

/** Another program that listens, and takes no lock. */
async function foreign(path: string): Promise<Server> {
  const server = createServer((socket) => void ordinary(socket)).listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
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
  test('is made with mode 700, and the socket with mode 600 from its first moment, whatever the umask is', async () => {
    const modes: string[] = [];
    let path = '';
    onListen((_server, original) => {
      const server = original();
      modes.push(modeOf(path));
      return server;
    });
    for (const mask of [0, 0o777]) {
      umask(mask);
      path = join(folder(), 'new', 'socket');
      await listening(path);
      modes.push(modeOf(path), modeOf(dirname(path)));
      expect(currentUmask()).toBe(mask);
    }
    expect(modes).toEqual(['600', '600', '700', '600', '600', '700']);
  });

  test.each(['755', '711', '750', '701', '1777'])(
    'of mode %s is refused, or gives a warning when it is sticky, as /tmp is',
    async (mode) => {
      const path = join(folder(), 'socket');
      chmodSync(dirname(path), mode);
      if (mode === '1777') {
        const warnings: string[] = [];
        await listening(path, { onWarning: (warning) => warnings.push(warning) });
        expect(warnings).toEqual([expect.stringContaining(dirname(path))]);
        expect(modeOf(path)).toBe('600');
        return;
      }
      const error = await refusal(path);
      expect(error).toMatchObject({ reason: 'folder-open', path });
      expect(error.message).toContain('chmod 700');
      expect(error.message).toContain(`mode ${mode}`);
      expect(readdirSync(dirname(path))).toEqual([]);
    },
  );

  test.runIf(isRoot)(`of another user is refused${needsRoot}`, async () => {
    const path = join(folder(), 'socket');
    chownSync(dirname(path), NOBODY, NOBODY);
    const error = await refusal(path);
    expect(error).toMatchObject({ reason: 'exchangeable' });
    expect(error.message).toContain(`${dirname(path)}, owner ${String(NOBODY)}`);
  });

  test.each(['777', '775'])(
    'below one of mode %s is refused, and nothing is left',
    async (mode) => {
      const above = folder();
      chmodSync(above, mode);
      const error = await refusal(join(above, 'new', 'socket'));
      expect(error).toMatchObject({ reason: 'exchangeable' });
      expect(error.message).toContain(`${above}, owner`);
      expect(readdirSync(above)).toEqual([]);
    },
  );

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

type Listen = (server: Server, original: () => Server) => Server;

const refused = () => Object.assign(new Error('refused'), { code: 'EACCES' });

test.each<[string, SocketError['reason'], Listen]>([
  [
    'fails at once',
    'system',
    () => {
      throw refused();
    },
  ],
  [
    'fails later',
    'system',
    (server) => {
      process.nextTick(() => server.emit('error', refused()));
      return server;
    },
  ],
  // As an access control list of the folder does.
  ['ignores the umask', 'wrong-mode', (_server, original) => withUmask(0, original)],
])('a system that %s leaves nothing but the umask as it was', async (_what, reason, instead) => {
  umask(0o027);
  const path = join(folder(), 'socket');
  const masks: number[] = [];
  onListen((server, original) => {
    masks.push(currentUmask());
    return instead(server, original);
  });
  const warnings: string[] = [];
  const error = await refusal(path, { onWarning: (warning) => warnings.push(warning) });
  expect(error.reason).toBe(reason);
  if (reason === 'system') expect(error.message).toContain('EACCES');
  expect([masks, currentUmask(), warnings]).toEqual([[0o177], 0o027, []]);
  expect(readdirSync(dirname(path))).toEqual([]);
});

describe('a group', () => {
  test.skipIf(whyNoOtherUser !== undefined)(
    `may connect to a socket in a new folder, and another group may not${whyNoOtherUser === undefined ? '' : ` (skipped: ${whyNoOtherUser})`}`,
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

  test('is found by its name; when it does not exist, nothing is made', async () => {
    const gid = process.getgid!();
    const lines = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
    const [name] = lines.find((fields) => fields[2] === String(gid))!;
    const path = join(folder(), 'new', 'socket');
    expect(await refusal(path, { group: 'no-such-group' })).toMatchObject({ reason: 'no-group' });
    expect(existsSync(dirname(path))).toBe(false);
    await listening(path, { group: name });
    expect(statSync(path).gid).toBe(gid);
    expect(modeOf(dirname(path))).toBe('2750');
  });
});

describe('at the path', () => {
  test('the socket of a killed process is replaced', async () => {
    const agent = await AgentProcess.start({ period: 3 });
    const path = agent.paths.control;
    const error = await refusal(relative(process.cwd(), path));
    expect(error).toMatchObject({ reason: 'running', path });
    expect(error.message).toMatch(/process \d+/);
    await agent.kill();
    expect(lstatSync(path).isSocket()).toBe(true);
    await listening(path);
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

  test.each([
    ['linux', 107],
    ['darwin', 103],
  ] as const)('a path is refused that the system would shorten: %s', async (platform, limit) => {
    onPlatform(platform);
    const base = folder();
    const longest = join(base, 'x'.repeat(limit - base.length - 1));
    // Its lock file has a longer name, which has no such limit.
    await listening(longest);
    const error = await refusal(`${longest}x`);
    expect(error).toMatchObject({ reason: 'path-too-long' });
    expect(error.message).toContain(`${limit + 1} bytes, at most ${limit}`);
    // Bytes count, not characters.
    expect(await refusal(`${longest.slice(0, -1)}ä`)).toMatchObject({ reason: 'path-too-long' });
  });
});

test('that the places are full is told once, until half of them were free', async () => {
  const path = join(folder(), 'socket');
  const accepted: Socket[] = [];
  const arrived = new EventEmitter();
  let told = 0;
  await listening(path, {
    maxClients: 4,
    onConnection: ({ socket }) => void arrived.emit('client', accepted.push(socket)),
    onFull: () => (told += 1),
  });
  /** Some of the latest clients leave, and then others arrive. */
  const change = async (left: number, added: number) => {
    for (const socket of accepted.slice(accepted.length - left))
      await once(socket.destroy(), 'close');
    for (let each = 0; each < added; each += 1)
      await Promise.all([once(arrived, 'client'), connectedTo(path)]);
    return told;
  };
  expect(await change(0, 20)).toBe(1);
  expect(await change(1, 2)).toBe(1);
  expect(await change(2, 3)).toBe(2);
});

test('a close removes the socket and the lock, and destroys the connections', async () => {
  const path = join(folder(), 'socket');
  let accept: (socket: Socket) => void = () => undefined;
  const connection = new Promise<Socket>((resolve) => (accept = resolve));
  const listener = await listening(path, {
    onConnection: ({ socket }) => accept(socket),
  });
  const ended = once((await connectedTo(path)).resume(), 'end');
  const accepted = await connection;
  expect(errorOf(() => holdLockFile(path))).toMatchObject({ reason: 'locked' });
  await Promise.all([listener.close(), listener.close()]);
  expect(readdirSync(dirname(path))).toEqual([]);
  await ended;
  expect(accepted.destroyed).toBe(true);
  await listener.close();
  await listening(path);
});

// Injected into the process. None of this ran on the real system.
test.each<[string, () => void, string, RegExp]>([
  ['Windows', () => onPlatform('win32'), 'windows', /Windows has no sockets whose mode keeps/],
  ['Bun', () => inRuntime('bun', '1.4.5'), 'other-runtime', /in Node\.js \(Bun 1\.4\.5\)$/],
  ['Deno', () => inRuntime('deno', '2.9.6'), 'other-runtime', /in Node\.js \(Deno 2\.9\.6\)$/],
])(
  'on %s nothing listens and no keys are received, and the errors say why',
  async (name, inject, reason, message) => {
    inject();
    const base = folder();
    const error = await refusal(join(base, 'new', 'socket'));
    expect(error).toMatchObject({ reason, message: expect.stringMatching(message) });
    expect(readdirSync(base)).toEqual([]);
    if (name === 'Windows') return;
    const options = { coldVerificationKey: new Uint8Array(32), parameters: mainnet };
    expect(errorOf(() => receiveKeys(join(base, 'socket'), options))).toMatchObject({
      code: 'ERR_EVOLOCK_IO_STREAM',
      message: expect.stringMatching(
        /^keys cannot be received into locked memory in .*: use Node\.js$/,
      ),
    });
  },
);
