import type { ExitCode } from './exit-code.js';
import type { Style } from './style.js';

/** What JSON can hold. A period or a slot beyond 2^53 is text. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/** What a command came to, before it is shown. */
export interface Outcome {
  /** 0 when absent. */
  readonly exitCode?: ExitCode;
  /** What `--json` prints. */
  readonly json: Json;
  /** What the user should know besides: lines on stderr, and the member `warnings` of the JSON. */
  readonly warnings?: readonly string[];
  /** What a person reads, line by line. */
  readonly lines: (style: Style) => readonly string[];
}

/** What a command comes to part by part. Each part is shown when it is there, and is one line of JSON. The last one counts. */
export type OutcomeStream = AsyncIterable<Outcome>;
