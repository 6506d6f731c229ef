/** A whole run: the command line, the key's life, the headers, and the exit code. */
import { HELP, readCommandLine } from './command-line.js';
import { exitCodeOf, lineOf } from './demo-error.js';
import { checkHeaders } from './header-check.js';
import { liveOneLife } from './key-life.js';
import { readRealHeaders } from './real-headers-file.js';
import { Screen, type Output } from './screen.js';
import { WatchedAllocator } from './watched-allocator.js';

/** Far more than a hand-over takes, milliseconds. */
const TIME_LIMIT = 30_000;

/** What a run takes from the process that it runs in. */
export interface Surroundings {
  readonly args: readonly string[];
  /** What a relative path is relative to. */
  readonly base: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The program of the second process. */
  readonly secondProcess: URL;
  /** Aborts when the user has enough. */
  readonly interruption: AbortSignal;
  /** For the hand-over, milliseconds. */
  readonly timeLimit?: number;
}

/**
 * Runs the demonstration.
 *
 * @returns The exit code: 0, or, after one line on stderr, 1 when something failed and 2 for input that cannot be used.
 */
export async function run(surroundings: Surroundings): Promise<number> {
  try {
    await demonstrate(surroundings);
    return 0;
  } catch (error) {
    surroundings.stderr.write(`evolock demo: ${lineOf(error)}\n`);
    return exitCodeOf(error);
  }
}

async function demonstrate(surroundings: Surroundings): Promise<void> {
  const { args, base, stdout, secondProcess, interruption, timeLimit = TIME_LIMIT } = surroundings;
  const { help, headersPath } = readCommandLine(args, base);
  if (help) {
    stdout.write(HELP);
    return;
  }
  // The file comes first: nobody should watch a life to learn of a typing error.
  const entries = headersPath === undefined ? undefined : readRealHeaders(headersPath);
  const screen = new Screen(stdout);
  screen.title("evolock: one key's life on this machine");
  await liveOneLife({
    screen,
    allocator: new WatchedAllocator(),
    secondProcess,
    signal: AbortSignal.any([AbortSignal.timeout(timeLimit), interruption]),
  });
  if (entries === undefined) {
    screen.note('to verify real block headers as well: npm start -- <headers.json>');
  } else {
    checkHeaders(entries, screen);
  }
}
