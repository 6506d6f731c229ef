/** The errors of this package. Each has a stable `code`. No message contains a secret. */
import { EvolockError } from '@evolock/direct-serialise';
import { systemCodeOf, systemWords, wordsOfCode } from '@evolock/direct-serialise/system-words';

/** The source ended before the value was complete. The received bytes are wiped. */
export class ClosedEarlyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_CLOSED_EARLY';
  /** Bytes of the value. */
  readonly expected: number;
  /** Bytes before the end. */
  readonly actual: number;

  constructor(expected: number, actual: number) {
    super(`the source ended early: expected ${expected} bytes, actual ${actual} bytes`);
    this.expected = expected;
    this.actual = actual;
  }
}

/** The source contains bytes after the last value. The value and these bytes are wiped. */
export class SurplusError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_SURPLUS';
  /** Bytes of the value; 0 when a connection was closed. */
  readonly expected: number;
  /** Bytes that were found. The source may contain more. */
  readonly actual: number;

  constructor(expected: number, actual: number) {
    super(`the source holds too much: expected ${expected} bytes, actual at least ${actual} bytes`);
    this.expected = expected;
    this.actual = actual;
  }
}

/** A connection that is receiving got another request. The request had no effect, and the receive continues. */
export class BusyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_BUSY';

  constructor() {
    super('the connection is receiving already: one receive after the other');
  }
}

/** The system refused a read, a write or a connection, or the stream is closed. */
export class StreamError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_STREAM';
  /** The code of the `cause`, `ENOSPC` or `ECONNRESET` for instance. */
  readonly systemCode: string | undefined;

  constructor(what: string, cause?: unknown) {
    const code = (cause as { code?: unknown } | undefined)?.code;
    const systemCode = typeof code === 'string' ? code : undefined;
    super(
      systemCode === undefined ? what : `${what} (${systemCode})`,
      cause === undefined ? undefined : { cause },
    );
    this.systemCode = systemCode;
  }
}

/**
 * An operation took longer than its `signal` of `AbortSignal.timeout` allows, whose reason is the `cause`. The stream is closed
 * and everything is wiped.
 */
export class IoTimeoutError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_TIMEOUT';

  constructor(reason: unknown) {
    super('not finished in time', { cause: reason });
  }
}

/**
 * An operation was aborted by its `signal`, whose reason is the `cause`. The stream is closed and everything is wiped. If
 * the signal was aborted before the operation began, the operation had no effect.
 */
export class IoAbortedError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_ABORTED';

  constructor(reason: unknown) {
    super('aborted by its signal', { cause: reason });
  }
}

const fileReasons = {
  'not-found': wordsOfCode('ENOENT'),
  'no-folder': 'its folder does not exist',
  'no-permission': wordsOfCode('EACCES'),
  'permission-model': wordsOfCode('ERR_ACCESS_DENIED'),
  'symbolic-link': 'it is a symbolic link, which is not followed here: name the file itself',
  'foreign-link': 'it is a symbolic link to a file of another user: name the file itself',
  'foreign-owner':
    'it belongs to a user other than the one who runs this, root and the owner of its folder',
  'not-regular': 'it is not a regular file',
  'readable-by-others': 'its mode gives the group or others access: chmod 600',
  'too-large': 'it is too large for a key, a certificate or a counter',
  changed: 'it was changed, or replaced by another file, in the meantime: try again',
  'read-only': 'its mode does not let its owner write to it: chmod u+w',
  'several-names':
    'it has more than one name (hard links), and the other names would lead to a file of zeros: remove them',
  'other-names':
    'it has more than one name (hard links), so it can be the file of another program: remove the other names, or this one',
  'several-counters':
    'it has more than one name (hard links), and the other names would keep the old number, which would be used twice: remove them',
  exists: 'a file of that name exists already',
  'not-key-file':
    'it does not have the form of a key file, or it is damaged: name the key file, or restore what wrote it',
  'other-key': 'it is the key file of another key or algorithm: name the right file',
  locked: 'this lock is held by another run, which is at work on the file: wait until it ends',
  'locked-elsewhere':
    'this lock is held by a run that cannot be checked from here, on another machine or in another container: wait until it ends. If it was killed and no run is at work on the file anywhere, remove the lock file',
  'lock-lost':
    'this lock was taken away during the work, so another run may have changed the file too: look at which content the file has',
  system: wordsOfCode(undefined),
  'left-behind':
    'writing failed, and a temporary file beside it could not be removed: remove it, it may hold a key',
  'second-name':
    'the new file is in place and on the disk; its temporary name beside it could not be removed: remove that name',
  'not-durable':
    'the new file is in place, but the system does not confirm that it is on the disk; the old content was not overwritten',
  'old-not-erased':
    'the new file is in place and on the disk, but the old content could not be overwritten',
  'not-confirmed':
    'the new file was put in place, but reading it again does not give what was written: another run may have replaced it. Look at which content the file has',
} as const;

/** Why a file could not be read or written. */
export type FileErrorReason = keyof typeof fileReasons;

interface FileErrorOptions extends ErrorOptions {
  /** Public facts that the message states in parentheses. */
  readonly detail?: string | undefined;
}

/** The reasons that add nothing to the error of the system, whose code says more. */
const ofSystem: ReadonlySet<FileErrorReason> = new Set([
  'not-found',
  'no-permission',
  'permission-model',
  'system',
]);

function fileWords(reason: FileErrorReason, { cause, detail }: FileErrorOptions = {}): string {
  if (ofSystem.has(reason) && cause !== undefined) return systemWords(cause);
  const facts = detail ?? systemCodeOf(cause);
  return facts === undefined ? fileReasons[reason] : `${fileReasons[reason]} (${facts})`;
}

/**
 * A file could not be read or written. The file at the path is unchanged, except after the reasons `not-durable`,
 * `second-name`, `old-not-erased`, `not-confirmed` and `lock-lost`, and after `left-behind` of a new file that has its name.
 */
export class FileError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_IO_FILE';
  readonly reason: FileErrorReason;
  /** The file; with the reasons `locked`, `locked-elsewhere` and `lock-lost` its lock file. */
  override readonly path: string;
  /** The code of the system's error, `ENOSPC` for instance. */
  readonly systemCode: string | undefined;
  /** What the message states in parentheses: with the reason `locked` the process that has the lock. */
  readonly detail: string | undefined;

  constructor(reason: FileErrorReason, path: string, options?: FileErrorOptions) {
    super(`${path}: ${fileWords(reason, options)}`, options);
    this.reason = reason;
    this.path = path;
    this.systemCode = systemCodeOf(options?.cause);
    this.detail = options?.detail;
  }
}
