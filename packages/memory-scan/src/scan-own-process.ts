import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { MemoryScanError } from './error.js';
import { type MaskedNeedle } from './masked-needle.js';
import { type OwnProcessAnswer, type OwnProcessRequest } from './own-process-messages.js';
import { requireLinux } from './process-files.js';
import { type ProcessReport } from './report.js';
import { checkedNeedles, completeOptions, type ScanOptions } from './scan-options.js';

/**
 * Reports every place in the memory of this very process where a needle stands, by a scan from a child process. The
 * needles go there masked, so neither the scan's buffers nor the needles are ever among the findings.
 *
 * Where `kernel.yama.ptrace_scope` is 1 or more, as on Ubuntu, a child may not read its parent unless it is root.
 *
 * @param needles - At least one.
 * @param options - Encodings and length of a fragment.
 * @throws MemoryScanError with code `ERR_MEMORY_SCAN_PERMISSION`, and the way to allow it in the message;
 * `ERR_MEMORY_SCAN_CHILD` when the child could not do its work; `ERR_MEMORY_SCAN_NEEDLE`, `ERR_MEMORY_SCAN_ARGUMENT` or
 * `ERR_MEMORY_SCAN_PLATFORM`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MaskedNeedle, MemoryScanError, scanOwnProcess } from '@evolock/memory-scan';
 *
 * try {
 *   const { findings } = await scanOwnProcess([MaskedNeedle.random('canary', 32)]);
 *   assert.deepEqual(findings, []);
 * } catch (error) {
 *   assert(error instanceof MemoryScanError && error.code === 'ERR_MEMORY_SCAN_PERMISSION');
 * }
 * ```
 */
export async function scanOwnProcess(
  needles: readonly MaskedNeedle[],
  options?: ScanOptions,
): Promise<ProcessReport> {
  requireLinux();
  const answer = await askChild({
    pid: process.pid,
    needles: checkedNeedles(needles).map((needle) => needle.serialise()),
    options: completeOptions(options),
  });
  if ('report' in answer) return answer.report;
  const { code, message, cause } = answer.error;
  throw new MemoryScanError(code, message, { cause: new Error(cause) });
}

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
    // A child that never read its input has a better error than the broken pipe.
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

/** Without what would make the child do something else besides: a debugger, a coverage report. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...others } = process.env;
  return others;
}
