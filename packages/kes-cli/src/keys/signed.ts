import type { Json } from '../cli/session.js';

/** A signature by a key file or by an agent. */
export interface Signed {
  /** The period of the key. */
  readonly period: number;
  readonly signature: Uint8Array;
  readonly verificationKey: Uint8Array;
  /** More members of the JSON. */
  readonly facts: Readonly<Record<string, Json>>;
  readonly warnings: readonly string[];
}
