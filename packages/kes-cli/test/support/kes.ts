/** `kes`, run in the process of the test. */
import { jsonChecker, type RunOptions, runnerOf } from '@evolock/command-testing/run';
import { KES } from '../../src/kes.js';

export type { Ended } from '@evolock/command-testing/run';

/** A value of JSON. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read members without stating types
export type Json = any;

/** Checks what a run of `kes` printed as JSON. */
export const checkJson = jsonChecker(new URL('../../schemas/', import.meta.url));

export const kes = runnerOf(KES, new URL('../../dist/', import.meta.url), checkJson);

export async function kesJson(
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ code: number; json: Json; stderr: string }> {
  const { code, stdout, stderr } = await kes([...args, '--json'], options);
  return { code, json: stdout === '' ? undefined : JSON.parse(stdout), stderr };
}

/**
 * Runs `kes header verify … --json`, and parses its lines: the last one is the summary. The findings are the lines of all
 * that is no valid header.
 */
export async function kesLines(
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ code: number; lines: Json[]; findings: Json[]; summary: Json; stderr: string }> {
  const { code, stdout, stderr } = await kes([...args, '--json'], options);
  return { code, ...linesOf(stdout), stderr };
}

/** The lines of the output of `kes header verify --json`. */
export function linesOf(stdout: string): { lines: Json[]; findings: Json[]; summary: Json } {
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Json => JSON.parse(line));
  const found = lines.slice(0, -1);
  const findings = found.filter(({ result }) => result !== 'valid');
  return { lines: found, findings, summary: lines.at(-1)?.summary };
}
