import type { Screen } from './screen.js';
import type { WatchedAllocator } from './watched-allocator.js';

/** What every step of a key's life works with. */
export interface Life {
  readonly screen: Screen;
  /** Where all of this key's secrets live. */
  readonly allocator: WatchedAllocator;
  /** The program of the second process. */
  readonly secondProcess: URL;
  /** Ends the hand-over when it takes too long, or the user has enough. */
  readonly signal: AbortSignal;
}
