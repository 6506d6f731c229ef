/** A certificate to watch, from a path or from the list of pools. */
import type { StatusSource } from '../certificates/subject.js';
import type { NetworkOptions } from '../network/network.js';

interface Named {
  /** Identifies it among all: the name in the list, or the path. Safe to print. */
  readonly name: string;
  /** The path of its file, or of the socket of its agent. Safe to print. */
  readonly source: string;
}

/** A certificate to watch. */
export interface Watched extends Named {
  readonly origin: StatusSource;
  /** The network, if the list states one. */
  readonly network?: NetworkOptions | undefined;
}

/** Something that should be watched and cannot be. */
export interface NotFound extends Named {
  readonly error: unknown;
}
