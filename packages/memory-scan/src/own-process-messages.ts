import { type MemoryScanErrorCode } from './error.js';
import { type ProcessReport } from './report.js';
import { type ScanOptions } from './scan-options.js';

/**
 * What {@link scanOwnProcess} writes to its child.
 *
 * @internal
 */
export interface OwnProcessRequest {
  readonly pid: number;
  /** Serialised. */
  readonly needles: readonly string[];
  readonly options: ScanOptions;
}

/**
 * What the child answers.
 *
 * @internal
 */
export type OwnProcessAnswer =
  | { readonly report: ProcessReport }
  | {
      readonly error: {
        readonly code: MemoryScanErrorCode;
        readonly message: string;
        readonly cause: string;
      };
    };
