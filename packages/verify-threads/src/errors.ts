/** The errors of this package. */
import { EvolockError } from '@evolock/direct-serialise';

/** A stream was aborted by its `signal`. The reason of the signal is the `cause`. */
export class VerifyAbortedError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_VERIFY_ABORTED';

  constructor(reason: unknown) {
    super('aborted by its signal', { cause: reason });
  }
}

/**
 * A thread of the pool ended before it had judged its batches: it was out of memory, other code ended it, or the module
 * threw (`cause`). Those items have no verdict. The pool starts a new thread. Also: no thread could start. Then the message
 * says what is missing.
 */
export class VerifyThreadError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_VERIFY_THREAD';

  constructor(
    cause: unknown,
    message = 'a thread of the pool ended before it had finished its batches',
  ) {
    super(message, { cause });
  }
}

/** The pool was closed, before or during its use. */
export class VerifyPoolClosedError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_VERIFY_POOL_CLOSED';

  constructor() {
    super('this pool is closed');
  }
}
