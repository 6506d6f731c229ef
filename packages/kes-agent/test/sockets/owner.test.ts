/** What every client looks at before it connects. The strangers are processes of other users. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { rejectionOf } from '@evolock/test-support';
import { NOBODY } from '@evolock/test-support/ordinary-user';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ControlClient, defaultSocketPath, receiveKeys, SignClient } from '../../src/index.js';
import { listen } from '../../src/sockets/listener.js';
import { startAgent } from '../support/agents.js';
import { configuration } from '../support/pool.js';
import { folder, folderOfService, PASSIVE, whyNoOtherUser } from '../support/sockets.js';

const STRANGER = NOBODY;
const OTHER = 65_533;

const skipped = whyNoOtherUser === undefined ? '' : ` (skipped: ${whyNoOtherUser})`;

const noMounts =
  process.platform === 'linux' && spawnSync('unshare', ['--mount', 'true']).status === 0
    ? undefined
    : 'unshare makes no mounts for one process here';

test('the default path is in no folder in which others create files, and not relative', () => {
  const shared = folder();
  chmodSync(shared, 0o1777);
  for (const XDG_RUNTIME_DIR of [shared, relative(process.cwd(), folder())]) {
    const path = defaultSocketPath('control', { XDG_RUNTIME_DIR });
    expect([undefined, '/run/kes-agent/kes-agent-control.socket']).toContain(path);
  }
});

/** A process of another user that listens at a path, and counts its connections on standard output. */
async function stranger(path: string, uid = STRANGER) {
  const script = `
    process.umask(0);
    let count = 0;
    require('node:net')
      .createServer((socket) => {
        socket.on('error', () => {}).destroy();
        console.log(count += 1);
      })
      .listen(process.argv[1], () => console.log(count));
  `;
  const child = spawn(process.execPath, ['--eval', script, path], {
    uid,
    gid: uid,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(path, { force: true });
  });
  const counts: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => void counts.push(text.trim()));
  await once(child.stdout, 'data');
  return counts;
}

function folderOf(uid: number, mode = 0o755): string {
  const path = folder();
  chownSync(path, uid, uid);
  chmodSync(path, mode);
  return path;
}

const clients: readonly ((path: string) => Promise<unknown>)[] = [
  (path) => new ControlClient(path).info(),
  (path) => SignClient.connect(path),
  (path) => receiveKeys(path, { ...configuration, retry: { attempts: 0 } }).ready(),
];

/** What a bootstrap client logs about its peer. */
async function logOfPeer(path: string): Promise<string> {
  const { events } = await startAgent({ bootstrap: [path] });
  return (await events.next('peer-lost')).words;
}

/** A socket of a stranger in a place that only the stranger can change, which is accepted. */
const places: readonly (readonly [name: string, pathOf: () => string])[] = [
  [
    'in the temporary folder',
    () => join(tmpdir(), `kes-agent-control-${String(process.pid)}.socket`),
  ],
  ['in a folder that he made in the temporary folder', () => join(folderOf(STRANGER), 'socket')],
  ['in a folder of this user in which everybody writes', () => join(folderOf(0, 0o1777), 'socket')],
  [
    'behind a link that he made',
    () => {
      const link = join(folderOf(0, 0o1777), 'link');
      symlinkSync(folderOf(STRANGER), link);
      return join(link, 'socket');
    },
  ],
];

describe.skipIf(whyNoOtherUser !== undefined)(`a socket of a stranger${skipped}`, () => {
  test.each(places)('%s is refused by every client before it connects', async (_name, pathOf) => {
    const path = pathOf();
    const counts = await stranger(path);
    for (const ask of clients) {
      const error = await rejectionOf(ask(path));
      expect(error).toMatchObject({ code: 'ERR_EVOLOCK_AGENT_SOCKET', reason: 'exchangeable' });
      expect(error.message).toContain(`owner ${STRANGER}`);
    }
    expect(await logOfPeer(path)).toContain(`owner ${STRANGER}`);
    expect(counts).toEqual(['0']);
  });

  test.skipIf(noMounts !== undefined)(
    `behind a link of /proc into other mounts is refused${noMounts === undefined ? '' : ` (skipped: ${noMounts})`}`,
    async () => {
      const [own, his] = [folder(), folderOf(STRANGER)];
      const counts = await stranger(join(his, 'socket'));
      await stranger(join(own, 'socket'), 0);
      const mounts = spawn('unshare', [
        '--mount',
        'sh',
        '-c',
        'mount --bind "$1" "$2" && echo mounted && read end',
        'sh',
        his,
        own,
      ]);
      onTestFinished(() => void mounts.kill('SIGKILL'));
      await once(mounts.stdout, 'data');
      // The text of the link is the root folder: by its text, the path leads to the own socket.
      const path = `/proc/${String(mounts.pid)}/root${own}/socket`;
      for (const ask of clients) {
        expect(await rejectionOf(ask(path))).toMatchObject({ systemCode: 'ESTALE' });
      }
      expect(counts).toEqual(['0']);
    },
  );

  test('is accepted in a folder of his below folders that only root can change', async () => {
    const path = folderOfService(STRANGER);
    const socket = join(path, 'socket');
    await stranger(socket);
    for (const ask of clients) {
      // The connection is made, and the stranger closes it.
      const error = await rejectionOf(ask(socket));
      expect(error).not.toMatchObject({ code: 'ERR_EVOLOCK_AGENT_SOCKET' });
    }
    chmodSync(path, 0o777);
    const error = await rejectionOf(new ControlClient(socket).info());
    expect(error).toMatchObject({ reason: 'exchangeable' });
    // A user who owns the folder alone could exchange the socket. In a folder of root it may be what a stranger left.
    chmodSync(path, 0o755);
    for (const owner of [OTHER, 0]) {
      chownSync(path, owner, owner);
      expect(await rejectionOf(new ControlClient(socket).info())).toMatchObject({
        reason: 'exchangeable',
      });
    }
  });
});

describe('an own socket', () => {
  test('is accepted behind an own link, and by a relative path', async () => {
    const base = folder();
    const socket = join(base, 'real', 'socket');
    const listener = await listen(socket, {
      ...PASSIVE,
      onConnection: ({ socket: connection }) => void connection.destroy(),
    });
    onTestFinished(() => listener.close());
    const link = join(base, 'link');
    symlinkSync('./missing/../real/../real', link);
    expect(await rejectionOf(new ControlClient(join(link, 'socket')).info())).toMatchObject({
      code: 'ERR_EVOLOCK_IO_STREAM',
      systemCode: 'ENOENT',
    });
    mkdirSync(join(base, 'missing'));
    for (const path of [join(link, 'socket'), relative(process.cwd(), socket)]) {
      expect(await rejectionOf(new ControlClient(path).info())).toMatchObject({
        code: 'ERR_EVOLOCK_AGENT_GONE',
      });
    }
  });

  test('in a folder in which others can write is refused', async () => {
    const above = folder();
    const socket = join(above, 'inner', 'socket');
    const listener = await listen(socket, PASSIVE);
    onTestFinished(() => listener.close());
    chmodSync(above, 0o777);
    expect(await rejectionOf(new ControlClient(socket).info())).toMatchObject({
      reason: 'exchangeable',
      message: expect.stringContaining(`${above}, owner`),
    });
    chmodSync(above, 0o700);
  });

  test('at a path that the system would shorten is refused', async () => {
    // What is at the first bytes of the path can be the socket of a stranger.
    const path = join(folder(), 'x'.repeat(110));
    writeFileSync(path, '');
    for (const ask of clients) {
      expect(await rejectionOf(ask(path))).toMatchObject({
        code: 'ERR_EVOLOCK_AGENT_SOCKET',
        reason: 'path-too-long',
      });
    }
  });

  test('links in a circle are an error of the system', async () => {
    const path = join(folder(), 'link');
    symlinkSync(path, path);
    expect(await rejectionOf(new ControlClient(path).info())).toMatchObject({
      code: 'ERR_EVOLOCK_IO_STREAM',
      systemCode: 'ELOOP',
    });
  });
});
