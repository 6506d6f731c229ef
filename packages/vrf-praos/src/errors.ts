/** The errors of this package. */
import { EvolockError } from '@evolock/mlocked-seed';

/**
 * A signing key that was read holds a verification key that does not follow from its secret. It was damaged or changed.
 * What was read is wiped. A proof or a signature with a wrong verification key would reveal the secret.
 */
export class InconsistentVerificationKeyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_VRF_INCONSISTENT_KEY';

  constructor(what: string) {
    super(
      `the ${what} is not consistent: its verification key does not follow from its secret. It was damaged or changed`,
    );
  }
}
