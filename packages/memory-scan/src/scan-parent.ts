/**
 * The program that `scanOwnProcess` starts: it scans its parent and writes the report to standard output.
 *
 * @module
 */
import { text } from 'node:stream/consumers';
import { MemoryScanError } from './errors.js';
import { MaskedNeedle } from './needle.js';
import type { OwnProcessAnswer, OwnProcessRequest } from './scan-own-process.js';
import { scanProcess } from './scan.js';

function answer({ pid, needles, options }: OwnProcessRequest): OwnProcessAnswer {
  try {
    return {
      report: scanProcess(
        pid,
        needles.map((needle) => MaskedNeedle.parse(needle)),
        options,
      ),
    };
  } catch (error) {
    if (!(error instanceof MemoryScanError)) throw error;
    const { code, message, cause } = error;
    return { error: { code, message, cause: String(cause) } };
  }
}

void text(process.stdin).then((request) => {
  process.stdout.write(JSON.stringify(answer(JSON.parse(request) as OwnProcessRequest)));
});
