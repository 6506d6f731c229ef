/** Locks of containers that share a folder: a killed one keeps none, and a living one keeps its own. */
import { spawnSync, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errorOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { holdLockFile, lockStateOf, withLockFile } from '../../src/files/index.js';
import { fileName } from '../support/files.js';
import { exitOf, firstWordOf, printedBy, runScript } from '../support/scripts.js';

const NAMESPACES = [
  ...['--user', '--map-root-user', '--pid', '--fork', '--mount-proc', '--mount', '--uts', '--net'],
  '--kill-child=SIGKILL',
];

/** Each container has a name and, as some have, a boot ID of its own. The program is its process 1. */
const START = `
  echo "$1" > /proc/sys/kernel/hostname
  mount --bind "$2" /proc/sys/kernel/random/boot_id
  shift 2
  exec "$@"
`;

interface Container {
  readonly name: string;
  /** The file of the boot ID. */
  readonly boot: string;
}

function prefixOf({ name, boot }: Container): string[] {
  return ['unshare', ...NAMESPACES, 'sh', '-c', START, 'sh', name, boot];
}

function whyNoContainers(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has namespaces';
  const boot = '/proc/sys/kernel/random/boot_id';
  const [command, ...args] = [...prefixOf({ name: 'a', boot }), 'true'];
  const { error, status, stderr } = spawnSync(command, args);
  if (error !== undefined) return 'unshare is not installed';
  return status === 0 ? undefined : String(stderr).split('\n', 1)[0];
}

const reason = whyNoContainers();
const why = reason === undefined ? '' : ` (skipped: ${reason})`;

/** A container that has, or not, the host name, the boot ID or the process id of another one. */
function container(name: string, boot: string): Container {
  const file = fileName();
  writeFileSync(file, `00000000-0000-4000-8000-00000000000${boot}\n`);
  return { name, boot: file };
}

/** A container whose process 1 has the lock. */
async function holding(path: string, of: Container): Promise<ChildProcess> {
  const script = `
    const lock = io.holdLockFile(${JSON.stringify(path)});
    if (process.pid !== 1) throw new Error('not process 1');
    console.log('held');
    process.stdin.on('data', () => { lock.release(); console.log('released'); }).resume();
    setInterval(() => undefined, 1_000_000);
  `;
  const child = runScript(script, {
    prefix: prefixOf(of),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await firstWordOf(child);
  return child;
}

/** What a container gets that takes the lock: `taken`, or the reason. */
function takenIn(path: string, of: Container): Promise<unknown> {
  const script = `
    let told = 'taken';
    try {
      io.withLockFile(${JSON.stringify(path)}, () => undefined);
    } catch (error) {
      told = error.reason;
    }
    console.log(JSON.stringify(told));
  `;
  return printedBy(script, { prefix: prefixOf(of) });
}

/** Kills the process itself, and not the `unshare` above it, which waits for its end and ends then. */
async function killed(child: ChildProcess): Promise<void> {
  const pid = String(child.pid);
  const below = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  process.kill(Number(below === '' ? pid : below), 'SIGKILL');
  await exitOf(child);
}

/** Long names leave no room for the path of a socket. */
const NAMES = ['audit.log.seals', 'x'.repeat(55)];

test.skipIf(reason !== undefined).each(NAMES)(
  `a container is refused the lock of a living one, and takes over that of a killed one: %s${why}`,
  async (name) => {
    const path = join(dirname(fileName()), name);
    const first = container('sealer', '1');
    const others = [container('sealer', '1'), container('another', '1'), container('sealer', '2')];
    for (const other of others) {
      const child = await holding(path, first);
      expect(await takenIn(path, other)).toBe('locked');
      expect(errorOf(() => holdLockFile(path))).toMatchObject({ reason: 'locked' });
      expect(lockStateOf(path)).toMatchObject({ pid: 1, state: 'running' });
      expect(lockStateOf(path)?.words).toMatch(/container/);
      await killed(child);
      expect(lockStateOf(path)).toMatchObject({ state: 'ended' });
      expect(await takenIn(path, other)).toBe('taken');
      expect(readdirSync(dirname(path))).toEqual([]);
    }
    // The host takes it over too, and a container that released its lock left nothing.
    await killed(await holding(path, first));
    const lock = holdLockFile(path);
    expect(await takenIn(path, first)).toBe('locked');
    lock.release();
    expect(readdirSync(dirname(path))).toEqual([]);
    const child = await holding(path, first);
    child.stdin!.write('release\n');
    await firstWordOf(child);
    expect(readdirSync(dirname(path))).toEqual([]);
    await killed(child);
  },
);

/** A process whose clocks count from another zero, in the containers of this one otherwise. It has the same process ids. */
const OTHER_TIME = ['--time', '--boottime=100000', '--fork', '--kill-child=SIGKILL'];
const IN_ANOTHER_TIME = ['unshare', ...OTHER_TIME];

function whyNoTimeNamespaces(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has namespaces';
  const { error, status, stderr } = spawnSync('unshare', [...OTHER_TIME, 'true']);
  if (error !== undefined) return 'unshare is not installed';
  return status === 0 ? undefined : String(stderr).split('\n', 1)[0];
}

const noTime = whyNoTimeNamespaces();
const whyNoTime = noTime === undefined ? '' : ` (skipped: ${noTime})`;

test.skipIf(noTime !== undefined)(
  `a living holder of another time namespace keeps its lock, and that of a killed one is taken over${whyNoTime}`,
  async () => {
    for (const [holder, taker] of [
      [IN_ANOTHER_TIME, []],
      [[], IN_ANOTHER_TIME],
    ] as const) {
      const path = fileName();
      const held = `io.holdLockFile(${JSON.stringify(path)}); setInterval(() => undefined, 1_000_000);`;
      const child = runScript(`${held} console.log('held');`, { prefix: holder });
      await firstWordOf(child);
      const take = () =>
        printedBy(
          `
            let told = 'taken';
            try {
              io.holdLockFile(${JSON.stringify(path)}).release();
            } catch (error) {
              told = error.reason;
            }
            console.log(JSON.stringify(told));
          `,
          { prefix: taker },
        );
      expect(await take()).toBe('locked');
      await killed(child);
      expect(await take()).toBe('taken');
      expect(readdirSync(dirname(path))).toEqual([]);
    }
  },
);

test.skipIf(noTime !== undefined)(
  `without a proof, the lock of another time namespace is elsewhere as long as its process id exists${whyNoTime}`,
  async () => {
    const path = fileName();
    const child = runScript(
      `io.withLockFile(${JSON.stringify(path)}, () => {
        console.log('held');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`,
      { prefix: IN_ANOTHER_TIME },
    );
    await firstWordOf(child);
    const take = () => withLockFile(path, () => 'worked');
    expect(errorOf(take)).toMatchObject({ reason: 'locked-elsewhere' });
    await killed(child);
    expect(take()).toBe('worked');
  },
);

/** What a killed container leaves, changed. */
async function leftBy(path: string, change: (lock: string, socket: string) => void) {
  await killed(await holding(path, container('sealer', '1')));
  const folder = dirname(path);
  const [lock = '', socket = ''] = readdirSync(folder)
    .filter((name) => name.includes('evolock-lock'))
    .sort((one, other) => one.length - other.length)
    .map((name) => join(folder, name));
  change(lock, socket);
  return errorOf(() => withLockFile(path, () => undefined));
}

function withProof(lock: string, proof: unknown): void {
  const holder = JSON.parse(readFileSync(lock, 'utf8')) as object;
  writeFileSync(lock, JSON.stringify({ ...holder, proof }));
}

test.skipIf(reason !== undefined)(
  `without a proof that the holder has ended, a person decides${why}`,
  async () => {
    const { type } = statfsSync(dirname(fileName()));
    const changes: ((lock: string, socket: string) => void)[] = [
      (_lock, socket) => rmSync(socket),
      (_lock, socket) => (rmSync(socket), writeFileSync(socket, '')),
      (_lock, socket) => (rmSync(socket), mkdirSync(socket)),
      (lock) => withProof(lock, undefined),
      (lock) => withProof(lock, null),
      (lock) => withProof(lock, { id: '../audit', fileSystem: type }),
      // The holder saw another kind of file system: NFS, exported by this machine for instance.
      (lock, socket) => withProof(lock, { id: socket.slice(-8), fileSystem: 0x6969 }),
      (lock, socket) => withProof(lock, { id: socket.slice(-8), fileSystem: 0x01021994 + 1 }),
    ];
    for (const change of changes) {
      const path = fileName();
      const error = await leftBy(path, change);
      expect(error, String(change)).toMatchObject({ reason: 'locked-elsewhere' });
      expect(existsSync(path)).toBe(false);
    }
  },
);
