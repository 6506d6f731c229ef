/** `kes doctor`, and its checks of this machine: locked memory, swap, core dumps, tracing, the inspector. */
import { readFileSync } from 'node:fs';
import type { Definition } from '@evolock/command-line/command';
import { ExitCode, UNCHECKED, usage } from '@evolock/command-line/errors';
import type { Answer, Fact, Mark } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import type { Style } from '@evolock/command-line/style';
import { MAX_ENVELOPE_SIZE } from '@evolock/cardano-kes';
import { type LockStatus, lockStatus, preflight, type Preflight, sum6Kes } from '@evolock/kes-sum';
import { counted, printable } from '@evolock/command-line/text';
import type { RunFlags } from '../agent/run/settings.js';
import { SOCKETS } from '../agent/run/command.js';

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
    answerOf([...checksOfMachine(), ...(await checksOfAgent(session, options))]),
};

interface Options extends RunFlags {
  readonly agent?: boolean;
}

async function checksOfAgent(
  session: Session,
  { agent = false, ...flags }: Options,
): Promise<readonly Check[]> {
  if (agent) {
    const { checkAgent } = await import('./agent.js');
    return checkAgent(session, flags);
  }
  if (Object.keys(flags).every((name) => name === 'json')) return [];
  throw usage('options about an agent need --agent');
}

function answerOf(checks: readonly Check[]): Answer {
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
  const bad = checks.filter(({ state }) => state === 'bad').map(({ name }) => name);
  if (bad.some((name) => ABOUT_LOCKING.includes(name))) {
    return style.bad('No key can be locked in memory here: kes will refuse to load one.');
  }
  if (bad.length > 0) {
    const what = bad.every((name) => name === CORE_DUMPS)
      ? 'turn core dumps off before a key is used here.'
      : 'correct the lines marked ✗ before a key is used here.';
    return style.bad(`Keys can be locked in memory, but ${what}`);
  }
  return checks.some(({ state }) => state === 'weak')
    ? 'Keys can be locked in memory. The lines marked ! can be improved.'
    : style.good('Keys can be locked in memory.');
}

export interface Check {
  /** A short, stable name. */
  readonly name: string;
  /**
   * `bad`: `kes` cannot work, or a key is not safe in it. `weak`: there is a way to the keys that can be closed.
   * `unknown`: the system does not report it.
   */
  readonly state: 'good' | 'weak' | 'bad' | 'unknown';
  readonly found: string;
  /** What to do; absent when there is nothing to do. */
  readonly fix?: string;
}

/** Returns the text of a kernel file, or `undefined` when it does not exist. */
type SystemText = (path: string) => string | undefined;

export const systemText: SystemText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

function notReported(name: string): Check {
  return { name, state: 'unknown', found: 'this platform does not report it' };
}

export function sizeInWords(bytes: number): string {
  if (bytes < 1_024) return counted(bytes, 'byte');
  if (bytes < 1_048_576) return `${Math.round(bytes / 1_024)} KiB`;
  if (bytes < 1_073_741_824) return `${Math.round(bytes / 1_048_576)} MiB`;
  return `${(bytes / 1_073_741_824).toFixed(1)} GiB`;
}

function checksOfMachine(): readonly Check[] {
  const found = preflight(sum6Kes);
  return [
    checkLockLimit(lockStatus()),
    checkKeysThatFit(found.fits),
    checkSwap(systemText),
    checkCoreDumps(systemText, found),
    checkPtraceScope(systemText),
    checkInspector(found),
  ];
}

const RAISE =
  'raise it: `ulimit -l unlimited` in the shell, `LimitMEMLOCK=infinity` in a systemd unit, `--ulimit memlock=-1` for a container, /etc/security/limits.conf for every login';

/** Bytes of a key, its scratch memory, and the text of its file. */
const FOR_A_KEY = 16_384;

/**
 * The locked memory that a command needs at most, in bytes: `kes sign` and `kes status` hold the key while they look at
 * the beginning of a public file, which could be a key.
 */
const NEEDED = FOR_A_KEY + MAX_ENVELOPE_SIZE;

const LOCK_LIMIT = 'lock limit';
const KEYS_THAT_FIT = 'keys that fit';

/** The names of the checks without which no key can be locked. */
const ABOUT_LOCKING: readonly string[] = [LOCK_LIMIT, KEYS_THAT_FIT];

export function checkLockLimit({ limit, locked }: LockStatus): Check {
  const name = LOCK_LIMIT;
  if (limit === undefined) return notReported(name);
  if (limit === Infinity) return { name, state: 'good', found: 'none for this process' };
  const found = `${sizeInWords(limit)}, ${sizeInWords(locked ?? 0)} in use`;
  if (limit >= NEEDED) return { name, state: 'good', found };
  const needs = `${found}; a command needs up to ${sizeInWords(NEEDED)}`;
  return { name, state: 'bad', found: needs, fix: RAISE };
}

export function checkKeysThatFit(fits: number | undefined): Check {
  const name = KEYS_THAT_FIT;
  if (fits === undefined) return notReported(name);
  const found = `${counted(fits, 'Sum6 key')} at once`;
  return fits === 0 ? { name, state: 'bad', found, fix: RAISE } : { name, state: 'good', found };
}

/** Whether memory can be written to a disk. Locked memory is not swapped, but hibernation writes all memory. */
export function checkSwap(read: SystemText): Check {
  const name = 'swap';
  const text = read('/proc/swaps');
  if (text === undefined) return notReported(name);
  const places = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/, 1)[0] ?? '');
  if (places.length === 0) return { name, state: 'good', found: 'none' };
  const found = `on: ${places.join(', ')}; locked memory is not swapped, but hibernation writes all memory`;
  if (places.every((place) => /\/(?:zram|dm-)/.test(place))) return { name, state: 'good', found };
  return {
    name,
    state: 'weak',
    found,
    fix: 'turn it off (`swapoff -a`, and its line in /etc/fstab) or encrypt it, and disable hibernation (`systemctl mask hibernate.target`)',
  };
}

const CORE_DUMPS = 'core dumps';

const CONTENT =
  'a crash during an operation writes registers and the stack, which hold parts of a key; only locked memory is excluded';

export function checkCoreDumps(
  read: SystemText,
  { coreLimit }: Pick<Preflight, 'coreLimit'>,
): Check {
  const name = CORE_DUMPS;
  if (coreLimit === undefined) return notReported(name);
  const target = targetOf((read('/proc/sys/kernel/core_pattern') ?? '').trim());
  if (coreLimit > 0) {
    const limit = coreLimit === Infinity ? 'no limit' : `limit ${sizeInWords(coreLimit)}`;
    return {
      name,
      state: 'bad',
      found: `on (${limit}, to ${target ?? 'a file'}): ${CONTENT}`,
      fix: '`ulimit -c 0` in the shell, `LimitCORE=0` in a systemd unit, `--ulimit core=0` for a container',
    };
  }
  if (target === undefined) return { name, state: 'good', found: 'off' };
  return {
    name,
    state: 'weak',
    found: `limit 0, but ${target} may receive them anyway: ${CONTENT}`,
    fix: '`sysctl kernel.core_pattern=core` (systemd: Storage=none in /etc/systemd/coredump.conf)',
  };
}

/** The program that receives dumps through a pipe, if there is one. The limit does not apply to it. */
function targetOf(pattern: string): string | undefined {
  return pattern.startsWith('|')
    ? `a program (${pattern.slice(1).split(' ', 1)[0] ?? ''})`
    : undefined;
}

const SCOPES: Readonly<Record<string, string>> = {
  '1': '1: only a parent process can read the memory of its children',
  '2': '2: only an administrator can read the memory of a process',
  '3': '3: no process can read the memory of another',
};

/** Whether another process of the same user can read the memory of this one. */
export function checkPtraceScope(read: SystemText): Check {
  const name = 'ptrace scope';
  const scope = read('/proc/sys/kernel/yama/ptrace_scope')?.trim();
  if (scope === undefined && process.platform !== 'linux') return notReported(name);
  const anyProcess = 'any process of the same user can read the memory of this one';
  if (scope === undefined) {
    const found = `this kernel has no Yama: ${anyProcess}`;
    return { name, state: 'unknown', found, fix: 'run kes under its own user' };
  }
  const found = SCOPES[scope];
  if (found !== undefined) return { name, state: 'good', found };
  return {
    name,
    state: 'weak',
    found: `${scope}: ${anyProcess}`,
    fix: '`sysctl kernel.yama.ptrace_scope=2` (and a file in /etc/sysctl.d to make it permanent)',
  };
}

/** Whether the inspector of Node.js is open, or options could open it or write the heap. */
export function checkInspector({
  inspector,
  revealingOptions,
}: Pick<Preflight, 'inspector' | 'revealingOptions'>): Check {
  const name = 'inspector';
  const fix =
    'run kes without these options: `unset NODE_OPTIONS`, and none in a unit or a container';
  const options = printable(revealingOptions.join(' '));
  if (inspector !== undefined) {
    const opened = options === '' ? 'SIGUSR1 opened it' : options;
    const found = `open at ${inspector} (${opened}): whoever connects to it reads every key`;
    return { name, state: 'bad', found, fix };
  }
  return options === ''
    ? { name, state: 'good', found: 'closed' }
    : { name, state: 'weak', found: `closed, but Node.js has the options ${options}`, fix };
}
