/** What a sealer gets from outside, and what it tells. */
import type { FilesWorld, FollowingEvent } from '../following/log-files.js';
import type { KeyMaker } from '../keys/key-file.js';

/** Options that were checked. Times are in milliseconds. */
export interface EngineOptions {
  readonly origin: string;
  /** `undefined` for a key that is in memory only. */
  readonly keyFile: string | undefined;
  readonly interval: number;
  readonly heartbeat: number;
  readonly settle: number;
  readonly rotated: string | undefined;
  readonly hashes: boolean;
  readonly checkpointFile: string | undefined;
  /** A checkpoint is written at each n-th seal. */
  readonly checkpointEvery: number;
  /** The file of the key of an ordinary Ed25519 line in checkpoints. */
  readonly noteKeyFile: string | undefined;
  /** The hash of the entry with which a renewed log begins, for its first seal. Another first entry is not sealed. */
  readonly firstLeaf?: Uint8Array | undefined;
}

/** What a seal says, without root and signature. */
export interface SealFacts {
  readonly number: number;
  /** POSIX seconds. */
  readonly time: number;
  /** The sum of 1: a successor; 2: the end; 4: the first seal after a start. */
  readonly flags: number;
  /** The number of entries that it covers. */
  readonly size: number;
}

/** What a sealer tells. */
export type SealerEvent =
  | FollowingEvent
  | { readonly event: 'sealed'; readonly seal: SealFacts }
  /** The clock is behind the last seal, or at a start ahead of it, by a number of seconds. The other number is 0. */
  | { readonly event: 'clock'; readonly behind: number; readonly ahead: number };

/** Clocks, keys, and where events go. */
export interface World extends FilesWorld {
  /** Milliseconds since the system started, also those in which it was suspended. */
  uptime(): number;
  readonly newKey: KeyMaker;
  /** The number of the first seal of a new log. */
  readonly first: number;
  tell(event: SealerEvent): void;
}
