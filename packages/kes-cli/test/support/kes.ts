/** The built command, in a child process, as its user starts it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What `npm run build` made. */
export const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** How a run ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run may have besides its arguments. */
export interface RunOptions {
  readonly cwd?: string;
  /** What it reads from standard input; nothing when absent. */
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  /** What stands before the command: another program that runs it, options of node. */
  readonly before?: readonly string[];
  readonly node?: readonly string[];
}

/** Runs `kes` and waits for its end. */
export function kes(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { cwd, input = '', environment = {}, before = [], node = [] } = options;
  const [file = '', ...line] = [...before, process.execPath, ...node, program, ...args];
  const env: NodeJS.ProcessEnv = { ...process.env, ...environment };
  return new Promise((resolve, reject) => {
    const child = spawn(file, line, { cwd, env, stdio: 'pipe' });
    const text = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text.stdout += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text.stderr += part));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...text }));
    // One that ends without reading is no error of this side.
    child.stdin.on('error', () => undefined).end(input);
  });
}

/** What the command printed. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into it without saying its type
export type Json = any;

/** Runs `kes … --json`, and gives what it printed. */
export async function kesJson(
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ code: number | null; json: Json; stderr: string }> {
  const { code, stdout, stderr } = await kes([...args, '--json'], options);
  return { code, json: stdout === '' ? undefined : JSON.parse(stdout), stderr };
}

/** Runs `kes header verify … --json`, and gives its lines: all but the last, and the summary. */
export async function kesLines(
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ code: number | null; lines: Json[]; summary: Json; stderr: string }> {
  const { code, stdout, stderr } = await kes([...args, '--json'], options);
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Json => JSON.parse(line));
  return { code, lines: lines.slice(0, -1), summary: lines.at(-1)?.summary, stderr };
}
