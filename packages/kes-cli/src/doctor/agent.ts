/** The checks of an agent: whether it answers, its sockets, their folders and locks, its limits and its inspector. */
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import {
  exchangeableOn,
  type LockState,
  lockStateOf,
  placeInWords,
  wayTo,
} from '@evolock/direct-serialise-io/files';
import { AgentControl } from '../agent/control/agent-control.js';
import { type RunFlags, settingsOf, socketPathsOf } from '../agent/run/settings.js';
import { complaintOf } from '../errors.js';
import type { Session } from '@evolock/command-line/session';
import { printable } from '@evolock/command-line/text';
import { type Check, sizeInWords, systemText } from './doctor.js';

export async function checkAgent(session: Session, flags: RunFlags): Promise<readonly Check[]> {
  const settings = await settingsOf(session, flags);
  const { service, control, sign } = socketPathsOf(session, settings);
  const { socketGroup, signGroup = socketGroup } = settings;
  const sockets: (readonly [protocol: string, path: string])[] = [
    ['service', service],
    ['control', control],
  ];
  if (sign !== undefined) sockets.push(['sign', sign]);
  const folders = new Map(
    sockets.map(([protocol, path]) => [
      dirname(resolve(path)),
      protocol === 'sign' ? signGroup : socketGroup,
    ]),
  );
  const locks = sockets.map(([, path]) => lockStateOf(path));
  const running = new Set(locks.flatMap((lock) => (lock?.state === 'running' ? [lock.pid] : [])));
  return [
    await checkAnswer(control),
    ...[...folders].map(([folder, group]) => checkFolder(folder, group !== undefined)),
    ...sockets.flatMap(([protocol, path], index) => {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      return [checkSocket(protocol, path, stats), checkLock(protocol, path, stats, locks[index])];
    }),
    ...[...running].flatMap((pid) => [checkLimits(pid), checkAgentInspector(pid)]),
  ];
}

async function checkAnswer(control: string): Promise<Check> {
  const name = 'agent';
  try {
    const { program, installed } = await new AgentControl(control).ask((client) => client.info());
    const holds = installed === undefined ? 'it holds no key' : 'it holds a key';
    return { name, state: 'good', found: `${printable(program ?? 'an agent')} answers; ${holds}` };
  } catch (error) {
    const fix = 'start the agent, or run this as its user; --control or --config names its socket';
    return { name, state: 'bad', found: complaintOf(error).message, fix };
  }
}

const STICKY = 0o1000;
const SETGID = 0o2000;
const OTHERS = 0o007;
const GROUP_AND_OTHERS = 0o077;
const OTHERS_OR_GROUP_WRITES = 0o027;

/** Who can enter the folder of a socket: it is the first gate. The rules are those of the agent. */
function checkFolder(path: string, isForGroup: boolean): Check {
  const name = 'folder';
  const fix = isForGroup
    ? 'give the sockets a folder of their own: chgrp it to the group, and chmod 2750 (RuntimeDirectoryMode=2750 in a systemd unit)'
    : 'give the sockets a folder of their own: chmod 700 (RuntimeDirectoryMode=0700 in a systemd unit), or use --socket-group';
  if (!existsSync(path)) {
    const found = `${printable(path)} does not exist: the agent makes it`;
    return { name, state: 'unknown', found };
  }
  const way = wayTo(path);
  const { stats } = way.end;
  if (!stats.isDirectory()) {
    return { name, state: 'bad', found: `${printable(path)} is not a folder`, fix };
  }
  const { mode, uid } = stats;
  const found = accessInWords(path, stats);
  // Only root and the owner of the folder can run the agent.
  const exchangeable = exchangeableOn(way, [0, uid]);
  if (exchangeable !== undefined && exchangeable !== way.end) {
    return {
      name,
      state: 'bad',
      found: `${found}; another user can exchange it, and an agent refuses it (${printable(placeInWords(exchangeable))})`,
      fix: 'choose a path whose folders and links belong to root or to the user of the agent, and in which others cannot write',
    };
  }
  const isClosed = isForGroup
    ? (mode & SETGID) !== 0 && (mode & OTHERS_OR_GROUP_WRITES) === 0
    : (mode & GROUP_AND_OTHERS) === 0;
  if (isClosed) return { name, state: 'good', found };
  return !isForGroup && (mode & STICKY) !== 0
    ? { name, state: 'weak', found: `${found}; every user may enter it`, fix }
    : { name, state: 'bad', found: `${found}; an agent refuses it`, fix };
}

/** What is at the path of a socket, and who may connect. */
function checkSocket(protocol: string, path: string, stats: Stats | undefined): Check {
  const name = `${protocol} socket`;
  if (stats === undefined) {
    const found = `${printable(path)} does not exist: no agent listens there`;
    return { name, state: 'unknown', found };
  }
  if (!stats.isSocket()) {
    return {
      name,
      state: 'bad',
      found: `${printable(path)} is not a socket, and an agent does not remove it`,
      fix: 'remove it, or give the agent another path',
    };
  }
  const found = accessInWords(path, stats);
  if ((stats.mode & OTHERS) === 0) return { name, state: 'good', found };
  return {
    name,
    state: 'bad',
    found: `${found}; every user may connect`,
    fix: 'restart the agent: it makes its sockets with mode 0600, or 0660 for a group',
  };
}

/** The mode, the owner and the group. Node.js knows the name of the own user only. */
function accessInWords(path: string, { mode, uid, gid }: Stats): string {
  const own = userInfo();
  const owner = uid === own.uid ? `${own.username} (this user)` : `user ${uid}`;
  const octal = (mode & 0o7777).toString(8).padStart(4, '0');
  return `${printable(path)}: mode ${octal}, owner ${owner}, group ${gid}`;
}

/** Who holds the lock beside a socket: the agent that may use the path. */
function checkLock(
  protocol: string,
  path: string,
  stats: Stats | undefined,
  lock: LockState | undefined,
): Check {
  const name = `${protocol} lock`;
  if (lock === undefined && stats?.isSocket() === true) {
    return {
      name,
      state: 'weak',
      found: `${printable(path)} has no lock: another program made it`,
      fix: 'stop that program; an agent refuses the path while a program listens there',
    };
  }
  if (lock === undefined) return { name, state: 'unknown', found: 'none: no agent uses the path' };
  if (lock.state === 'running') return { name, state: 'good', found: `held by ${lock.words}` };
  if (lock.state === 'ended') {
    return { name, state: 'good', found: `stale, of ${lock.words}: the next agent takes it over` };
  }
  return {
    name,
    state: 'weak',
    found: `held by ${lock.words}, which cannot be checked from here`,
    fix: 'when no agent runs there any more, remove the lock file beside the socket',
  };
}

/** Bytes that an agent needs at least: five keys with their scratch memory. */
const NEEDED = 131_072;

/** The limits of a running agent, which can differ from those of this process. */
function checkLimits(pid: number): Check {
  const name = 'agent limits';
  const text = systemText(`/proc/${pid}/limits`);
  const memory = limitIn(text, 'Max locked memory');
  const core = limitIn(text, 'Max core file size');
  if (memory === undefined || core === undefined) {
    return { name, state: 'unknown', found: `those of process ${pid} cannot be read` };
  }
  const found = `process ${pid}: locked memory ${limitInWords(memory)}, core dumps ${limitInWords(core)}`;
  if (memory >= NEEDED && core === 0) return { name, state: 'good', found };
  return {
    name,
    state: core > 0 ? 'bad' : 'weak',
    found,
    fix: '`LimitMEMLOCK=64M` and `LimitCORE=0` in a systemd unit, `--ulimit memlock=67108864 --ulimit core=0` for a container',
  };
}

/** The soft limit in bytes. */
function limitIn(text: string | undefined, name: string): number | undefined {
  const line = text?.split('\n').find((each) => each.startsWith(name));
  const [soft = ''] = line?.slice(name.length).trim().split(/\s+/) ?? [];
  if (soft === 'unlimited') return Infinity;
  return /^[0-9]+$/.test(soft) ? Number(soft) : undefined;
}

function limitInWords(bytes: number): string {
  return bytes === Infinity ? 'without limit' : sizeInWords(bytes);
}

/** Whether the inspector of a running agent is open. The agent itself listens at no TCP port. */
export function checkAgentInspector(pid: number): Check {
  const name = 'agent inspector';
  const ports = openPortsOf(pid);
  if (ports === undefined) {
    return { name, state: 'unknown', found: `the ports of process ${pid} cannot be read` };
  }
  if (ports.length === 0) return { name, state: 'good', found: `process ${pid}: closed` };
  return {
    name,
    state: 'bad',
    found: `process ${pid} listens at the TCP port ${ports.join(', ')}, as an open inspector does: whoever connects to it reads the key`,
    fix: 'restart the agent, and install a new key: the old one may be known',
  };
}

/** State of a socket that listens, in `/proc/PID/net/tcp`. */
const LISTENS = '0A';

/**
 * The ports of a process. Source: proc(5). Returns `undefined` where the system does not show them: to another user, and on
 * everything but Linux.
 */
export function openPortsOf(pid: number): readonly number[] | undefined {
  try {
    const own = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => targetOf(pid, fd)));
    return ['tcp', 'tcp6'].flatMap((table) =>
      readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter(
          ([, , , state, , , , , , inode = '']) =>
            state === LISTENS && own.has(`socket:[${inode}]`),
        )
        .map(([, address = '']) => Number.parseInt(address.split(':').at(-1) ?? '', 16)),
    );
  } catch {
    return undefined;
  }
}

function targetOf(pid: number, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    // It was closed meanwhile.
    return '';
  }
}
