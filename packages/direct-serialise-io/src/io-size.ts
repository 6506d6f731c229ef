import { checkInteger } from '@evolock/direct-serialise/arguments';

/**
 * The largest value that this package moves, in bytes: 1 MiB. What goes over a socket is staged in locked memory as a
 * whole, and an ordinary user may lock 8 MiB or less in all.
 */
export const MAX_IO_SIZE = 1_048_576;

/**
 * Checks the size of a value: 1 byte to {@link MAX_IO_SIZE}.
 *
 * @internal
 */
export function checkIoSize(size: unknown): number {
  return checkInteger('size', size, 1, MAX_IO_SIZE);
}
