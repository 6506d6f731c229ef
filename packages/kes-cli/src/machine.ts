/** The checks of this machine: locked memory, swap, core dumps, tracing, the inspector. */
import { readFileSync } from 'node:fs';
import { MAX_ENVELOPE_SIZE } from '@evolock/cardano-headers/files';
import { counted, printable } from '@evolock/command-line/text';
import { preflight, sum6Kes } from '@evolock/kes-sum';
import { type LockStatus, lockStatus, type Preflight } from '@evolock/kes-sum/all';
import { ifPossible } from './errors.js';

export interface Finding {
  /**
   * `bad`: `kes` cannot work, or a key is not safe in it. `weak`: there is a way to the keys that can be closed.
   * `unknown`: the system does not report it.
   */
  readonly state: 'good' | 'weak' | 'bad' | 'unknown';
  readonly found: string;
  /** What to do; absent when there is nothing to do. */
  readonly fix?: string;
}

export interface Check extends Finding {
  readonly name: string;
}

export const good = (found: string): Finding => ({ state: 'good', found });
export const weak = (found: string, fix: string): Finding => ({ state: 'weak', found, fix });
export const bad = (found: string, fix: string): Finding => ({ state: 'bad', found, fix });
export const unknown = (found: string): Finding => ({ state: 'unknown', found });

const NOT_REPORTED = unknown('this platform does not report it');

/** The text of a kernel file, or `undefined` when it does not exist. */
export function systemText(path: string): string | undefined {
  return ifPossible(() => readFileSync(path, 'utf8'));
}

export function sizeInWords(bytes: number): string {
  if (bytes < 1_024) return counted(bytes, 'byte');
  if (bytes < 1_048_576) return `${Math.round(bytes / 1_024)} KiB`;
  if (bytes < 1_073_741_824) return `${Math.round(bytes / 1_048_576)} MiB`;
  return `${(bytes / 1_073_741_824).toFixed(1)} GiB`;
}

export const CORE_DUMPS = 'core dumps';

/** The names of the checks without which no key can be locked. */
export const ABOUT_LOCKING = ['lock limit', 'keys that fit'] as const;

export function checksOfMachine(): readonly Check[] {
  const found = preflight(sum6Kes);
  const [lockLimit, keysThatFit] = ABOUT_LOCKING;
  return [
    { name: lockLimit, ...checkLockLimit(lockStatus()) },
    { name: keysThatFit, ...checkKeysThatFit(found.fits) },
    { name: 'swap', ...checkSwap() },
    { name: CORE_DUMPS, ...checkCoreDumps(found.coreLimit) },
    { name: 'ptrace scope', ...checkPtraceScope() },
    { name: 'inspector', ...checkInspector(found) },
  ];
}

const RAISE =
  'raise it: `ulimit -l unlimited` in the shell, `LimitMEMLOCK=infinity` in a systemd unit, `--ulimit memlock=-1` for a container, /etc/security/limits.conf for every login';

/** Bytes of a key, its scratch memory, and the text of its file. */
const FOR_A_KEY = 16_384;

/** Bytes: `kes sign` and `kes status` hold a key while they look at the beginning of a public file, which could be a key. */
const NEEDED = FOR_A_KEY + MAX_ENVELOPE_SIZE;

export function checkLockLimit({ limit, locked = 0 }: LockStatus): Finding {
  if (limit === undefined) return NOT_REPORTED;
  if (limit === Infinity) return good('none for this process');
  const found = `${sizeInWords(limit)}, ${sizeInWords(locked)} in use`;
  if (limit >= NEEDED) return good(found);
  return bad(`${found}; a command needs up to ${sizeInWords(NEEDED)}`, RAISE);
}

export function checkKeysThatFit(fits: number | undefined): Finding {
  if (fits === undefined) return NOT_REPORTED;
  const found = `${counted(fits, 'Sum6 key')} at once`;
  return fits === 0 ? bad(found, RAISE) : good(found);
}

/** Whether memory can be written to a disk. Locked memory is not swapped, but hibernation writes all memory. */
export function checkSwap(read = systemText): Finding {
  const text = read('/proc/swaps');
  if (text === undefined) return NOT_REPORTED;
  const [, ...lines] = text.trim().split('\n');
  const places = lines.map((line) => line.split(/\s+/, 1)[0] ?? '');
  if (places.length === 0) return good('none');
  const found = `on: ${places.join(', ')}; locked memory is not swapped, but hibernation writes all memory`;
  if (places.every((place) => /\/(?:zram|dm-)/.test(place))) return good(found);
  return weak(
    found,
    'turn it off (`swapoff -a`, and its line in /etc/fstab) or encrypt it, and disable hibernation (`systemctl mask hibernate.target`)',
  );
}

const CONTENT =
  'a crash during an operation writes registers and the stack, which hold parts of a key; only locked memory is excluded';

export function checkCoreDumps(coreLimit: Preflight['coreLimit'], read = systemText): Finding {
  if (coreLimit === undefined) return NOT_REPORTED;
  // The limit does not apply to a program that receives dumps through a pipe.
  const [, program] = /^\|(\S*)/.exec(read('/proc/sys/kernel/core_pattern') ?? '') ?? [];
  const target = program === undefined ? 'a file' : `a program (${program})`;
  if (coreLimit > 0) {
    const limit = coreLimit === Infinity ? 'no limit' : `limit ${sizeInWords(coreLimit)}`;
    return bad(
      `on (${limit}, to ${target}): ${CONTENT}`,
      '`ulimit -c 0` in the shell, `LimitCORE=0` in a systemd unit, `--ulimit core=0` for a container',
    );
  }
  if (program === undefined) return good('off');
  return weak(
    `limit 0, but ${target} may receive them anyway: ${CONTENT}`,
    '`sysctl kernel.core_pattern=core` (systemd: Storage=none in /etc/systemd/coredump.conf)',
  );
}

const SCOPES: Readonly<Record<string, string>> = {
  '1': '1: only a parent process can read the memory of its children',
  '2': '2: only an administrator can read the memory of a process',
  '3': '3: no process can read the memory of another',
};

/** Whether another process of the same user can read the memory of this one. */
export function checkPtraceScope(read = systemText): Finding {
  const scope = read('/proc/sys/kernel/yama/ptrace_scope')?.trim();
  if (scope === undefined && process.platform !== 'linux') return NOT_REPORTED;
  const anyProcess = 'any process of the same user can read the memory of this one';
  if (scope === undefined) {
    const found = `this kernel has no Yama: ${anyProcess}`;
    return { ...unknown(found), fix: 'run kes under its own user' };
  }
  const found = SCOPES[scope];
  if (found !== undefined) return good(found);
  return weak(
    `${scope}: ${anyProcess}`,
    '`sysctl kernel.yama.ptrace_scope=2` (and a file in /etc/sysctl.d to make it permanent)',
  );
}

/** Whether the inspector of Node.js is open, or options could open it or write the heap. */
export function checkInspector(found: Pick<Preflight, 'inspector' | 'revealingOptions'>): Finding {
  const fix =
    'run kes without these options: `unset NODE_OPTIONS`, and none in a unit or a container';
  const options = printable(found.revealingOptions.join(' '));
  if (found.inspector !== undefined) {
    const opened = options === '' ? 'SIGUSR1 opened it' : options;
    const place = `open at ${found.inspector} (${opened})`;
    return bad(`${place}: a program that connects to it can read every key`, fix);
  }
  if (options === '') return good('closed');
  return weak(`closed, but Node.js has the options ${options}`, fix);
}
