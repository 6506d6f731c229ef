/** How a run can end badly: the user's input cannot be used; a step of the key's life failed; a header did. */
export type DemoErrorCode =
  | 'USAGE'
  | 'HEADERS_FILE_UNREADABLE'
  | 'HEADERS_FILE_MALFORMED'
  | 'STEP_FAILED'
  | 'HAND_OVER_FAILED'
  | 'HEADERS_FAILED';

const EXIT_CODES: Record<DemoErrorCode, number> = {
  USAGE: 2,
  HEADERS_FILE_UNREADABLE: 2,
  HEADERS_FILE_MALFORMED: 2,
  STEP_FAILED: 1,
  HAND_OVER_FAILED: 1,
  HEADERS_FAILED: 1,
};

/** An error that a user can act on: its message is one line and all there is to print. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
  readonly code: DemoErrorCode;

  constructor(code: DemoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** 2 for input that cannot be used, 1 for everything that failed while running. */
export function exitCodeOf(error: unknown): number {
  return error instanceof DemoError ? EXIT_CODES[error.code] : 1;
}

/** An error as one line, whatever was thrown: no stack, and nothing that moves a terminal's cursor. */
export function lineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return printable(message.split('\n', 1)[0] ?? '');
}

/** Text from outside, safe to print: control characters could rewrite what is on the screen. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '�');
}

/** Stops the demonstration where the machine does not do what it claims to show. */
export function prove(holds: boolean, claim: string): asserts holds {
  if (!holds) throw new DemoError('STEP_FAILED', `not so: ${claim}`);
}
