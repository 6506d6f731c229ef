import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { MemoryScanError, type MemoryScanErrorCode } from './errors.js';
import type { MaskedNeedle } from './needle.js';
import { requireLinux } from './process.js';
import type { ProcessReport } from './report.js';
import { checkNeedles, wantedEncodings, type ScanOptions } from './scan.js';

/**
 * Reports each copy of a needle in the memory of this process, by a scan from a child process. The needles are sent masked,
 * so neither the buffers of the scan nor the needles are found.
 *
 * With `kernel.yama.ptrace_scope` 1 or more, as on Ubuntu, only root can let a child read its parent.
 *
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_PERMISSION`, whose message states how to allow it;
 * `ERR_MEMORY_SCAN_CHILD` when the child failed; `ERR_MEMORY_SCAN_NEEDLE`.
 */
export async function scanOwnProcess(
  needles: readonly MaskedNeedle[],
  options?: ScanOptions,
): Promise<ProcessReport> {
  requireLinux();
  checkNeedles(needles);
  wantedEncodings(options);
  const answer = await askChild({
    pid: process.pid,
    needles: needles.map((needle) => needle.serialise()),
    options: { ...options },
  });
  if ('report' in answer) return answer.report;
  const { code, message, cause } = answer.error;
  throw new MemoryScanError(code, message, { cause: new Error(cause) });
}

/** The request of {@link scanOwnProcess} to its child. */
export interface OwnProcessRequest {
  readonly pid: number;
  /** Serialised needles. */
  readonly needles: readonly string[];
  readonly options: ScanOptions;
}

export type OwnProcessAnswer =
  | { readonly report: ProcessReport }
  | {
      readonly error: {
        readonly code: MemoryScanErrorCode;
        readonly message: string;
        readonly cause: string;
      };
    };

async function askChild(request: OwnProcessRequest): Promise<OwnProcessAnswer> {
  try {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('scan-parent.js', import.meta.url))],
      {
        env: environment(),
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    // The error of a child that does not read its input is better than the error of the pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(request));
    const [output, problem] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    if (child.exitCode !== 0) {
      throw new Error(`it ended with ${String(child.exitCode ?? child.signalCode)}: ${problem}`);
    }
    return JSON.parse(output) as OwnProcessAnswer;
  } catch (cause) {
    throw new MemoryScanError('ERR_MEMORY_SCAN_CHILD', 'the child process could not scan', {
      cause,
    });
  }
}

/** Without the settings of a debugger and of coverage. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...others } = process.env;
  return others;
}
