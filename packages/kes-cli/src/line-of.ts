import { printable } from './printable.js';

/** An error as one line, whatever was thrown: no stack, and nothing that moves a terminal's cursor. */
export function lineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return printable(message.split('\n', 1)[0] ?? '');
}
