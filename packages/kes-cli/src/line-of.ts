import { printable } from './printable.js';

/** The whole message of an error in one line, whatever was thrown: a line break in it is shown as a replacement character. */
export function lineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return printable(message.trim());
}
