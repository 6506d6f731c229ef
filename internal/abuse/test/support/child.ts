import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The fault of one call. */
export interface Finding {
  readonly name: string;
  readonly call: string;
  readonly wrong: string;
}

type Line = { readonly done: number } | (Partial<Finding> & { readonly wrong: string });

interface Ended {
  readonly lines: Line[];
  /** How the process ended when it crashed. */
  readonly death: string | undefined;
}

const program = fileURLToPath(new URL('../../dist/abuse-child.js', import.meta.url));

/** The number of crashes after which no further child is started. */
const MOST_DEATHS = 100;

function runOnce(journal: string, mode: string, from: number, to: number): Promise<Ended> {
  const child = spawn(process.execPath, [program, journal, mode, String(from), String(to)], {
    // The folder of the journal is removed, also when a call ends the child.
    env: { ...process.env, TMPDIR: dirname(journal) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      const lines = printed
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Line);
      const done = lines.some((line) => 'done' in line) && status === 0;
      const death = `the process ends: signal ${signal}, status ${status} ${complaint.slice(0, 200)}`;
      resolve({ lines, death: done ? undefined : death });
    });
  });
}

/** Makes the calls from one number to another. When a call ends the process, a new process continues after that call. */
async function runRange(mode: string, from: number, to: number): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-journal-'));
  const journal = join(folder, 'journal');
  const findings: Finding[] = [];
  try {
    for (let next = from, deaths = 0; deaths < MOST_DEATHS; deaths += 1) {
      const { lines, death } = await runOnce(journal, mode, next, to);
      for (const line of lines) {
        if ('wrong' in line) findings.push({ name: '', call: '', ...line });
      }
      if (death === undefined) break;
      const [, number, call] = /^(\d+) (.*?) *$/.exec(readFileSync(journal, 'utf8')) ?? [];
      if (number === undefined || call === undefined) throw new Error(`no call was made: ${death}`);
      findings.push({ name: call.replace(/\((this|argument \d|\)).*/, ''), call, wrong: death });
      next = Number(number) + 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return findings;
}

/** The number of processes at a time. */
const PROCESSES = 2;

/** Makes a number of calls. */
export async function abuse(mode: string, calls: number): Promise<Finding[]> {
  const share = Math.ceil(calls / PROCESSES);
  const ranges = Array.from({ length: PROCESSES }, (_, index) =>
    runRange(mode, index * share, (index + 1) * share),
  );
  return (await Promise.all(ranges)).flat();
}

/** Findings as text: one line for each fault of a function. */
export function summary(findings: readonly Finding[]): string[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const position = /\((this|argument \d)/.exec(finding.call)?.[1] ?? '';
    const kind = finding.wrong.replace(
      /(to search for '#slot' in|gives|incompatible receiver).*/,
      '$1 …',
    );
    const key = `${position}: ${kind}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups].map(([key, all]) => `${key} (${all.length} times, as ${all[0]?.call})`);
}
