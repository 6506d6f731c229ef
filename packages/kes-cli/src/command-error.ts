import { ExitCode } from './exit-code.js';

/** Why a command stops, by its exit code. */
export type Failure = 'invalid' | 'usage' | 'environment';

/** An error that a user can act on: its message is one line that says what is wrong and what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly code:
    'ERR_EVOLOCK_CLI_INVALID' | 'ERR_EVOLOCK_CLI_USAGE' | 'ERR_EVOLOCK_CLI_ENVIRONMENT';
  readonly exitCode: ExitCode;

  constructor(failure: Failure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = ExitCode[failure];
    this.code = CODES[failure];
  }
}

const CODES = {
  invalid: 'ERR_EVOLOCK_CLI_INVALID',
  usage: 'ERR_EVOLOCK_CLI_USAGE',
  environment: 'ERR_EVOLOCK_CLI_ENVIRONMENT',
} as const;
