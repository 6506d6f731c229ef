/** What a sealer and its thread send to each other. No key is in any of it. */
import { FileError } from '@evolock/direct-serialise-io';
import type { EngineOptions, SealerEvent } from './world.js';
import { SealerError, type SealerErrorReason } from './errors.js';

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
  readonly call: 'seal' | 'checkpoint' | 'close';
  readonly end: boolean;
}

/** An error as a message. */
export interface ErrorMessage {
  /** Of a {@link SealerError}; `'locked'` or `'system'` for any other. */
  readonly reason: SealerErrorReason;
  readonly seals: SealerError['seals'];
  readonly detail: string | undefined;
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

/** An error as a message. Its `cause` stays in the thread. */
export function messageOf(error: unknown): ErrorMessage {
  if (error instanceof SealerError) {
    const { reason, seals, detail } = error;
    return { reason, seals, detail, code: undefined };
  }
  const isLocked = error instanceof FileError && error.reason.startsWith('locked');
  const { message: detail = String(error), code } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return {
    reason: isLocked ? 'locked' : 'system',
    seals: undefined,
    detail,
    code,
  };
}

/** The error of a message. */
export function errorOf({ reason, seals, detail, code }: ErrorMessage): SealerError {
  const cause = code === undefined ? undefined : Object.assign(new Error(detail), { code });
  return new SealerError(reason, {
    seals,
    detail,
    ...(cause === undefined ? {} : { cause }),
  });
}
