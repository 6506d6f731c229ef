/** The errors of this package. */
import { EvolockError } from '@evolock/direct-serialise';

/**
 * A key, a seed or locked bytes were used after their release. Their memory is wiped and may have a new owner.
 *
 * In an `exit` listener of the application the message says that the process is ending: this package's listener ran
 * before it.
 */
export class ReleasedError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_RELEASED';

  constructor(what: string, isProcessEnding = false) {
    super(
      isProcessEnding
        ? `this ${what} is wiped: the process is ending, and all locked memory was wiped when its exit listeners ran`
        : `this ${what} was released: its memory is wiped, make or read a new one`,
    );
  }
}

/**
 * A callback tried to take locked memory out: it returned a promise, an iterator (which runs later), the view that it was
 * lent, or the buffer behind it. JavaScript cannot revoke a view, and the memory will have another owner.
 */
export class ViewEscapeError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_VIEW_ESCAPE';

  constructor(what: string) {
    super(
      `a callback that is lent locked memory ${what}; it may use the memory only during the call: copy what is public, ` +
        'finish synchronously, return something else',
    );
  }
}

/**
 * Two copies of one evolock package are loaded in one process. Their classes and their locked memory differ, so an object
 * of one copy is refused by the other.
 */
export class DuplicatePackageError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_DUPLICATE_PACKAGE';

  constructor(packageName: string, argument: string, ours: string, theirs: string) {
    super(
      `${argument}: it was made by another copy of ${packageName} (version ${theirs}, this one is ${ours}). ` +
        `One process needs one copy: see \`npm ls ${packageName}\`, then align the versions and run \`npm dedupe\``,
    );
  }
}

/** Memory could not be locked, and was given back. The message gives the limit and how to raise it. */
export class LockLimitError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_LOCK_LIMIT';
  /** Bytes that could not be locked. */
  readonly size: number;
  /** Limit of locked memory, bytes; `undefined` where the platform does not report it. */
  readonly limit: number | undefined;
  /** Bytes that the process had locked at that moment; `undefined` where the platform does not report it. */
  readonly locked: number | undefined;

  constructor(
    size: number,
    status: Pick<LockLimitError, 'limit' | 'locked'>,
    options?: ErrorOptions & {
      /** What happened. When absent: `size` bytes could not be locked. */
      readonly what?: string;
    },
  ) {
    const what = options?.what ?? `${String(size)} bytes could not be locked in memory`;
    super(
      `${what} (limit ${say(status.limit)}, locked ${say(status.locked)}). ` +
        `${howToLockMore()}; or release keys that are no longer needed`,
      options,
    );
    this.size = size;
    this.limit = status.limit;
    this.locked = status.locked;
  }
}

function howToLockMore(): string {
  const { platform } = process;
  // Source: VirtualLock of the Windows API.
  if (platform === 'win32') {
    return 'Windows lets a process lock as much as its minimum working set, which Node.js cannot raise: lock less';
  }
  if (platform !== 'linux') return 'Raise the limit: `ulimit -l` in the shell';
  return 'Raise the limit: `ulimit -l` in the shell, `LimitMEMLOCK=` in a systemd unit, `--ulimit memlock=` for a container';
}

function say(bytes: number | undefined): string {
  if (bytes === undefined) return 'unknown';
  return bytes === Infinity ? 'none' : `${String(bytes)} bytes`;
}

/** The lock policy was chosen twice, or after memory was locked. One policy holds for all locked memory of a thread. */
export class LockPolicyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_LOCK_POLICY';

  constructor(chosen: string) {
    super(
      `the lock policy is ${chosen} and in use: choose it once, before anything is put into locked memory`,
    );
  }
}

/**
 * More memory was requested than a limit of data or address space (`ulimit -d`, `ulimit -v`) allows, or than is available.
 * Nothing was allocated.
 */
export class MemoryRefusedError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_MEMORY_REFUSED';
  /** Bytes that were requested. */
  readonly size: number;
  /** Bytes that were left. */
  readonly left: number;

  constructor(size: number, resource: string, left: number) {
    super(
      `${String(size)} bytes of memory were asked for and ${String(left)} are left (${resource}). Raise the limit ` +
        '(`ulimit -d`, `ulimit -v`, `LimitDATA=` or `LimitAS=` in a systemd unit), or ask for less',
    );
    this.size = size;
    this.left = left;
  }
}

/**
 * There are too many regions. Each takes four entries in the kernel's table of mappings. Without a free entry, libsodium
 * would abort the process.
 */
export class RegionLimitError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_REGION_LIMIT';

  constructor(limit: number, what = `more than ${String(limit)} locked regions`) {
    super(
      `${what}, or too few mappings left to the process: use the pooled allocator, ` +
        'which puts many objects into one region, release what is no longer needed, let the event loop turn (mappings ' +
        `are given back there)${process.platform === 'linux' ? ', or raise vm.max_map_count' : ''}`,
    );
  }
}

/**
 * `sodium-native` could not be loaded: it is missing, or has no binary for this platform. Thrown on import. The message
 * and `cause` give the reason.
 */
export class SodiumUnavailableError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_SODIUM_UNAVAILABLE';

  constructor(cause: unknown) {
    const remedy = isMissingModule(cause) ? INSTALL : BINARIES;
    const { platform, arch } = process;
    super(
      `sodium-native could not be loaded on ${platform}-${arch}: ${reasonsOf(cause)}. ${remedy}`,
      {
        cause,
      },
    );
  }
}

const INSTALL =
  'Run `npm install sodium-native@5.1.0` in the folder of the program: a bundle or an executable file does not contain ' +
  'it, and a copy of its folder alone lacks the packages that it needs';

const BINARIES =
  'Its binaries are for Linux (x64 and arm64, glibc 2.33 or later, not musl), macOS and Windows. Install it into ' +
  'node_modules, where they stay beside it';

/** Whether Node.js found no package of that name. */
function isMissingModule(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND';
}

/** The messages of an error and of its causes. The last one is the message of the dynamic linker. */
function reasonsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node.js adds lines with the modules that required a missing one.
  const message = error.message.split('\n', 1)[0] ?? '';
  return error.cause === undefined ? message : `${message}: ${reasonsOf(error.cause)}`;
}
