/** `kes header verify` over a chain, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { kesProgram } from '../places.js';
import { genesisOf } from './synthetic-chain.js';

/** How the command runs. */
export interface ChainRun {
  readonly folder: string;
  /** Threads that judge. */
  readonly threads: number;
  /** Whether the whole process has one processor. */
  readonly onOneProcessor?: boolean;
  /** Whether the proofs of the VRF are verified too. */
  readonly vrf?: boolean;
}

/** What was measured of a run. */
export interface ChainRunResult {
  readonly milliseconds: number;
  /** Bytes of the resident set, once a second. */
  readonly resident: readonly number[];
}

/** Milliseconds between two reads of the memory use. */
const INTERVAL = 1_000;

/**
 * Verifies a chain.
 *
 * @throws Error when a header is not valid.
 */
export async function verifyChain(run: ChainRun, headers: number): Promise<ChainRunResult> {
  const { folder, threads, onOneProcessor = false, vrf = false } = run;
  const network = ['--genesis', genesisOf(folder), '--without-byron'];
  const kes = [process.execPath, kesProgram(), 'header', 'verify', ...network];
  const options = ['--threads', String(threads), ...(vrf ? ['--vrf'] : [])];
  const line = [...kes, ...options, folder];
  const [program = '', ...rest] = onOneProcessor ? ['taskset', '-c', processor(), ...line] : line;
  const start = performance.now();
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
  const resident: number[] = [];
  const look = setInterval(() => resident.push(...residentOf(child.pid ?? 0)), INTERVAL);
  try {
    await once(child, 'close');
  } finally {
    clearInterval(look);
  }
  const milliseconds = performance.now() - start;
  // The summary. With --json every header would be a line.
  const isAllValid = output.includes(`✓ all ${String(headers)} headers are valid`);
  if (child.exitCode !== 0 || !isAllValid) throw new Error(`not all valid: ${output}`);
  return { milliseconds, resident };
}

/** A processor that this process may use. */
function processor(): string {
  const status = readFileSync('/proc/self/status', 'utf8');
  return /^Cpus_allowed_list:\s+(\d+)/m.exec(status)?.[1] ?? '0';
}

/** Bytes; nothing after the end of the process. Source: proc_pid_status(5). */
function residentOf(pid: number): number[] {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
    return kib === undefined ? [] : [Number(kib) * 1_024];
  } catch {
    return [];
  }
}
