import { CommandError, type Failure } from '../command-error.js';

/** How a demonstration can end badly: the file cannot be used; a step of the key's life failed; a header did. */
export type DemoProblem =
  | 'HEADERS_FILE_UNREADABLE'
  | 'HEADERS_FILE_MALFORMED'
  | 'STEP_FAILED'
  | 'HAND_OVER_FAILED'
  | 'HEADERS_FAILED';

const FAILURES: Readonly<Record<DemoProblem, Failure>> = {
  HEADERS_FILE_UNREADABLE: 'environment',
  HEADERS_FILE_MALFORMED: 'invalid',
  STEP_FAILED: 'environment',
  HAND_OVER_FAILED: 'environment',
  HEADERS_FAILED: 'invalid',
};

/** An error that a user can act on: its message is one line and all there is to print. */
export class DemoError extends CommandError {
  override readonly name = 'DemoError';
  readonly problem: DemoProblem;

  constructor(problem: DemoProblem, message: string, options?: ErrorOptions) {
    super(FAILURES[problem], message, options);
    this.problem = problem;
  }
}

/** Stops the demonstration where the machine does not do what it claims to show. */
export function prove(holds: boolean, claim: string): asserts holds {
  if (!holds) throw new DemoError('STEP_FAILED', `not so: ${claim}`);
}
