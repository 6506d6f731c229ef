/** A whole demonstration: the key's life, then the headers. */
import { checkHeaders } from './header-check.js';
import { liveOneLife } from './key-life.js';
import { parseRealHeaders, readRealHeaders, type HeaderEntry } from './real-headers-file.js';
import type { Output } from '../surroundings.js';
import { Screen } from './screen.js';
import { WatchedAllocator } from './watched-allocator.js';

/** Far more than a hand-over takes, milliseconds. */
const TIME_LIMIT = 30_000;

/** What a demonstration takes. */
export interface Demonstration {
  /** A file of headers to verify as well. */
  readonly headersPath?: string | undefined;
  /** Or the text of one, from standard input. */
  readonly headersText?: string;
  readonly stdout: Output;
  readonly colours: boolean;
  /** The program of the second process. */
  readonly secondProcess: URL;
  /** Aborts when the user has enough. */
  readonly interruption: AbortSignal;
  /** For the hand-over, milliseconds. */
  readonly timeLimit?: number;
}

/**
 * Shows one key's life.
 *
 * @throws {@link DemoError} When a step or a header failed, or the file cannot be used.
 */
export async function demonstrate(demonstration: Demonstration): Promise<void> {
  const { stdout, colours, secondProcess, interruption } = demonstration;
  const { timeLimit = TIME_LIMIT } = demonstration;
  // The file comes first: nobody should watch a life to learn of a typing error.
  const entries = headersOf(demonstration);
  const screen = new Screen(stdout, colours);
  screen.title("evolock: one key's life on this machine");
  await liveOneLife({
    screen,
    allocator: new WatchedAllocator(),
    secondProcess,
    signal: AbortSignal.any([AbortSignal.timeout(timeLimit), interruption]),
  });
  if (entries === undefined) {
    screen.note('to verify real block headers as well: kes demo <headers.json>');
  } else {
    checkHeaders(entries, screen);
  }
}

function headersOf({ headersPath, headersText }: Demonstration): HeaderEntry[] | undefined {
  if (headersText !== undefined) return parseRealHeaders(headersText, 'standard input');
  return headersPath === undefined ? undefined : readRealHeaders(headersPath);
}
