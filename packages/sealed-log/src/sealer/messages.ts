/** What a sealer and its thread send to each other. No key is in any of it. */
import { dirname, resolve } from 'node:path';
import { FileError } from '@evolock/direct-serialise-io';
import { missingRights, missingRightsOfSealer, missingToAppend } from '../files/missing-right.js';
import type { EngineOptions, SealerEvent } from './world.js';
import { SealerError, type SealerErrorReason } from '../errors.js';
import type { Range } from '../verify/entries/absent.js';

/** What a thread begins with. */
export interface Begin {
  readonly path: string;
  /** Of new keys; that of the key before when absent. */
  readonly depth: number | undefined;
  readonly options: EngineOptions;
}

/** A call of a sealer. */
export interface Call {
  /** Counted from 1. */
  readonly id: number;
  readonly call: 'seal' | 'checkpoint' | 'erase' | 'close';
  readonly end: boolean;
  /** What is erased, and why. */
  readonly erasing?: { readonly entries: readonly Range[]; readonly reason: string } | undefined;
}

/** An error as a message. */
export interface ErrorMessage {
  /** Of a {@link SealerError}; `'locked'`, `'permission-model'` or `'system'` for any other. */
  readonly reason: SealerErrorReason;
  readonly seals: SealerError['seals'];
  readonly path: string | undefined;
  readonly detail: string | undefined;
  readonly waiting: SealerError['waiting'];
  /** The code of the error that is no {@link SealerError}. */
  readonly code: string | undefined;
}

/** What a thread sends. */
export type Answer =
  | {
      readonly kind: 'opened';
      readonly verifierKey: string;
      readonly noteVerifierKey: string | undefined;
    }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | {
      readonly kind: 'failed';
      readonly id: number;
      readonly error: ErrorMessage;
    }
  | {
      readonly kind: 'event';
      readonly event:
        | Exclude<SealerEvent, { readonly event: 'error' }>
        | { readonly event: 'error'; readonly error: ErrorMessage };
    };

/** An error of the sealer of a log as a message. Its `cause` stays in the thread. */
export function messageOf(cause: unknown, log: string): ErrorMessage {
  const error = rightOf(cause, log);
  if (error instanceof SealerError) {
    const { reason, seals, path, detail, waiting } = error;
    return { reason, seals, path, detail, waiting, code: undefined };
  }
  const { message = String(error), code, path } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  const reason = reasonOf(error);
  // The reason says what the message would.
  const detail = reason === 'permission-model' ? path : message;
  return { reason, seals: undefined, path, detail, waiting: undefined, code };
}

/** An error of the system on a file of a log, or on its folder, as what gives the missing right, when that is known. */
export function rightOf(error: unknown, log: string): unknown {
  const {
    path,
    code,
    systemCode = code,
    reason = '',
  } = (error ?? {}) as NodeJS.ErrnoException & {
    readonly systemCode?: string;
    readonly reason?: string;
  };
  if (systemCode !== 'EACCES' || path === undefined) return error;
  const file = resolve(path);
  const folder = dirname(log);
  if (file !== folder && dirname(file) !== folder) return error;
  // A file with another name is an old file, which is only read, or a lock, which is of who has it.
  const ofFile = file === log ? missingToAppend : (old: string) => missingRights(old, ['r']);
  const isLock = reason.startsWith('locked');
  const detail = missingRightsOfSealer(log) ?? (isLock ? undefined : ofFile(file));
  if (detail === undefined) return error;
  return new SealerError('no-permission', { path, detail, cause: error });
}

function reasonOf(error: unknown): 'locked' | 'permission-model' | 'system' {
  if (!(error instanceof FileError)) return 'system';
  if (error.reason === 'permission-model') return error.reason;
  return error.reason.startsWith('locked') ? 'locked' : 'system';
}

/** The error of a message. */
export function errorOf(message: ErrorMessage): SealerError {
  const { reason, seals, path, detail, waiting, code } = message;
  const cause = code === undefined ? undefined : Object.assign(new Error(detail), { code });
  return new SealerError(reason, {
    seals,
    path,
    detail,
    waiting,
    ...(cause === undefined ? {} : { cause }),
  });
}
