/** What a sealer gets from outside, and what it tells. */
import type { KeyMaker } from './keys.js';

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
  | { readonly event: 'sealed'; readonly seal: SealFacts }
  | { readonly event: 'error'; readonly error: unknown }
  /** The log was emptied, or an unfinished end of the seals file was cut. */
  | { readonly event: 'truncated'; readonly file: string; readonly bytes: number }
  /** The clock is behind the last seal by this number of seconds. */
  | { readonly event: 'clock'; readonly behind: number };

/** Clocks, keys, and where events go. */
export interface World {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds that no change of the clock affects. */
  elapsed(): number;
  readonly newKey: KeyMaker;
  /** The number of the first seal of a new log. */
  readonly first: number;
  tell(event: SealerEvent): void;
}
