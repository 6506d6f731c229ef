import { checkBytes, checkOptions } from '@evolock/direct-serialise/arguments';
import { NONCE_SIZE } from '../nonce/nonce.js';

/** Options of a verdict. */
export interface HeaderVerdictOptions {
  /** The nonce of the header's epoch, 32 bytes. When absent, the proofs of the VRF are not checked. */
  readonly epochNonce?: Uint8Array | undefined;
}

/**
 * The nonce in the options of a verdict.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @internal
 */
export function checkEpochNonce(options: HeaderVerdictOptions | undefined): Uint8Array | undefined {
  const { epochNonce } = checkOptions(options);
  return epochNonce && checkBytes('options.epochNonce', epochNonce, NONCE_SIZE);
}
