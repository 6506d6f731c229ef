/** `kes doctor`, and its checks of an agent. */
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
import type { Answer, Fact, Mark } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { ExitCode, UNCHECKED, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, type Style } from '@evolock/command-line/text';
import {
  exchangeableOn,
  type LockState,
  lockStateOf,
  placeInWords,
  wayTo,
} from '@evolock/direct-serialise-io/files';
import { SOCKETS } from '../agent/run/command.js';
import type { RunFlags } from '../agent/run/settings.js';
import { complaintOf, ifPossible } from '../errors.js';
import {
  ABOUT_LOCKING,
  bad,
  type Check,
  checksOfMachine,
  CORE_DUMPS,
  type Finding,
  good,
  sizeInWords,
  systemText,
  unknown,
  weak,
} from '../machine.js';

export const doctorCommand: Definition = {
  text: `
    Checks whether this machine can keep a signing key: locked memory, swap, core dumps, tracing, the inspector of Node.js. It shows how to improve what it finds, and changes nothing. The exit code is 3 when a key cannot be locked in memory, or when core dumps are on or the inspector is open; with --agent also when no agent answers, or others could reach its sockets.

    --agent  check an agent too: that it answers, its sockets and its limits

    # Check this machine
    $ kes doctor
    # The same, for a monitoring script
    $ kes doctor --json
    # Check the sockets and the limits of an agent too
    $ kes doctor --agent --config /etc/kes-agent/kes-agent.toml`,
  options: [SOCKETS],
  exitCodes: UNCHECKED,
  reportsInspector: true,
  work: async (session: Session, options: Options) =>
    machineAnswer([...checksOfMachine(), ...(await checksOfAgent(session, options))]),
};

interface Options extends RunFlags {
  readonly agent?: boolean;
}

async function checksOfAgent(
  session: Session,
  { agent = false, ...flags }: Options,
): Promise<readonly Check[]> {
  if (agent) return checkAgent(session, flags);
  if (Object.keys(flags).every((name) => name === 'json')) return [];
  throw usage('options about an agent need --agent');
}

function machineAnswer(checks: readonly Check[]): Answer {
  const able = checks.every(({ state }) => state !== 'bad');
  return {
    exitCode: able ? ExitCode.valid : ExitCode.environment,
    json: { able, checks: checks.map((check) => ({ ...check })) },
    facts: checks.flatMap(({ name, state, found, fix }): Fact[] => [
      [name, found, state satisfies Mark],
      ...(fix === undefined ? [] : [['', `→ ${fix}`] as const]),
    ]),
    after: (style) => [summary(checks, style)],
  };
}

function summary(checks: readonly Check[], style: Style): string {
  const failed = checks.filter(({ state }) => state === 'bad').map(({ name }) => name);
  if (ABOUT_LOCKING.some((name) => failed.includes(name))) {
    return style.bad('No key can be locked in memory here: kes will refuse to load one.');
  }
  if (failed.length > 0) {
    const what = failed.every((name) => name === CORE_DUMPS)
      ? 'turn core dumps off before a key is used here.'
      : 'correct the lines marked ✗ before a key is used here.';
    return style.bad(`Keys can be locked in memory, but ${what}`);
  }
  return checks.some(({ state }) => state === 'weak')
    ? 'Keys can be locked in memory. The lines marked ! can be improved.'
    : style.good('Keys can be locked in memory.');
}

async function checkAgent(session: Session, flags: RunFlags): Promise<readonly Check[]> {
  const { settingsOf, socketPathsOf } = await import('../agent/run/settings.js');
  const settings = await settingsOf(session, flags);
  const { service, control, sign } = socketPathsOf(session, settings);
  const { socketGroup, signGroup = socketGroup } = settings;
  const sockets = [
    { protocol: 'service', path: service, group: socketGroup },
    { protocol: 'control', path: control, group: socketGroup },
    ...(sign === undefined ? [] : [{ protocol: 'sign', path: sign, group: signGroup }]),
  ];
  const folders = new Map(sockets.map(({ path, group }) => [dirname(resolve(path)), group]));
  const locks = sockets.map(({ path }) => lockStateOf(path));
  const running = new Set(locks.flatMap((lock) => (lock?.state === 'running' ? [lock.pid] : [])));
  return [
    { name: 'agent', ...(await checkAnswer(control)) },
    ...[...folders].map(([folder, group]) => ({
      name: 'folder',
      ...checkFolder(folder, group !== undefined),
    })),
    ...sockets.flatMap(({ protocol, path }, index) => {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      return [
        { name: `${protocol} socket`, ...checkSocket(path, stats) },
        { name: `${protocol} lock`, ...checkLock(path, stats, locks[index]) },
      ];
    }),
    ...[...running].flatMap((pid) => [
      { name: 'agent limits', ...checkLimits(pid) },
      { name: 'agent inspector', ...checkAgentInspector(pid) },
    ]),
  ];
}

async function checkAnswer(control: string): Promise<Finding> {
  const { AgentControl } = await import('../agent/control/agent-control.js');
  try {
    const { program, installed } = await new AgentControl(control).ask((client) => client.info());
    const holds = installed === undefined ? 'it holds no key' : 'it holds a key';
    return good(`${printable(program ?? 'an agent')} answers; ${holds}`);
  } catch (error) {
    return bad(
      complaintOf(error).message,
      'start the agent, or run this as its user; --control or --config names its socket',
    );
  }
}

const STICKY = 0o1000;
const SETGID = 0o2000;
const OTHERS = 0o007;
const GROUP_AND_OTHERS = 0o077;
const OTHERS_OR_GROUP_WRITES = 0o027;

/** Who can enter the folder of a socket: it is the first gate. The rules are those of the agent. */
function checkFolder(path: string, isForGroup: boolean): Finding {
  const fix = isForGroup
    ? 'give the sockets a folder of their own: chgrp it to the group, and chmod 2750 (RuntimeDirectoryMode=2750 in a systemd unit)'
    : 'give the sockets a folder of their own: chmod 700 (RuntimeDirectoryMode=0700 in a systemd unit), or use --socket-group';
  if (!existsSync(path)) return unknown(`${printable(path)} does not exist: the agent makes it`);
  const way = wayTo(path);
  const { stats } = way.end;
  if (!stats.isDirectory()) return bad(`${printable(path)} is not a folder`, fix);
  const { mode, uid } = stats;
  const found = accessInWords(path, stats);
  // Only root and the owner of the folder can run the agent.
  const exchangeable = exchangeableOn(way, [0, uid]);
  if (exchangeable !== undefined && exchangeable !== way.end) {
    return bad(
      `${found}; another user can exchange it, and an agent refuses it (${printable(placeInWords(exchangeable))})`,
      'choose a path whose folders and links belong to root or to the user of the agent, and in which others cannot write',
    );
  }
  const isClosed = isForGroup
    ? (mode & SETGID) !== 0 && (mode & OTHERS_OR_GROUP_WRITES) === 0
    : (mode & GROUP_AND_OTHERS) === 0;
  if (isClosed) return good(found);
  return !isForGroup && (mode & STICKY) !== 0
    ? weak(`${found}; every user may enter it`, fix)
    : bad(`${found}; an agent refuses it`, fix);
}

function checkSocket(path: string, stats: Stats | undefined): Finding {
  if (stats === undefined)
    return unknown(`${printable(path)} does not exist: no agent listens there`);
  if (!stats.isSocket()) {
    return bad(
      `${printable(path)} is not a socket, and an agent does not remove it`,
      'remove it, or give the agent another path',
    );
  }
  const found = accessInWords(path, stats);
  if ((stats.mode & OTHERS) === 0) return good(found);
  return bad(
    `${found}; every user may connect`,
    'restart the agent: it makes its sockets with mode 0600, or 0660 for a group',
  );
}

/** The mode, the owner and the group. Node.js knows the name of the own user only. */
function accessInWords(path: string, { mode, uid, gid }: Stats): string {
  const own = userInfo();
  const owner = uid === own.uid ? `${own.username} (this user)` : `user ${uid}`;
  const octal = (mode & 0o7777).toString(8).padStart(4, '0');
  return `${printable(path)}: mode ${octal}, owner ${owner}, group ${gid}`;
}

/** Who holds the lock beside a socket: the agent that may use the path. */
function checkLock(path: string, stats: Stats | undefined, lock: LockState | undefined): Finding {
  if (lock === undefined && stats?.isSocket() === true) {
    return weak(
      `${printable(path)} has no lock: another program made it`,
      'stop that program; an agent refuses the path while a program listens there',
    );
  }
  if (lock === undefined) return unknown('none: no agent uses the path');
  if (lock.state === 'running') return good(`held by ${lock.words}`);
  if (lock.state === 'ended') return good(`stale, of ${lock.words}: the next agent takes it over`);
  return weak(
    `held by ${lock.words}, which cannot be checked from here`,
    'when no agent runs there any more, remove the lock file beside the socket',
  );
}

/** Bytes that an agent needs at least: five keys with their scratch memory. */
const NEEDED = 131_072;

/** The limits of a running agent, which can differ from those of this process. */
function checkLimits(pid: number): Finding {
  const text = systemText(`/proc/${pid}/limits`);
  const memory = limitIn(text, 'Max locked memory');
  const core = limitIn(text, 'Max core file size');
  if (memory === undefined || core === undefined)
    return unknown(`those of process ${pid} cannot be read`);
  const found = `process ${pid}: locked memory ${limitInWords(memory)}, core dumps ${limitInWords(core)}`;
  if (memory >= NEEDED && core === 0) return good(found);
  return (core > 0 ? bad : weak)(
    found,
    '`LimitMEMLOCK=64M` and `LimitCORE=0` in a systemd unit, `--ulimit memlock=67108864 --ulimit core=0` for a container',
  );
}

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
export function checkAgentInspector(pid: number): Finding {
  const ports = openPortsOf(pid);
  if (ports === undefined) return unknown(`the ports of process ${pid} cannot be read`);
  if (ports.length === 0) return good(`process ${pid}: closed`);
  return bad(
    `process ${pid} listens at the TCP port ${ports.join(', ')}, as an open inspector does: a program that connects to it can read the key`,
    'restart the agent, and install a new key: the old one may be known',
  );
}

/** `TCP_LISTEN` in `/proc/PID/net/tcp`. */
const LISTENS = '0A';

/** The ports at which a process listens; `undefined` to another user, and on everything but Linux. Source: proc(5). */
export function openPortsOf(pid: number): readonly number[] | undefined {
  return ifPossible(() => {
    const targetOf = (fd: string) => ifPossible(() => readlinkSync(`/proc/${pid}/fd/${fd}`));
    // A descriptor that was closed meanwhile has no target.
    const own = new Set(readdirSync(`/proc/${pid}/fd`).map(targetOf));
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
  });
}
