/** The verifier of sealed logs, without native code, as the cases drive it. */
import {
  verifyEntryProof,
  verifySealedLog,
  type SealCryptography,
} from '@evolock/sealed-log/verify';
import type { SealedLogImplementation } from '@evolock/test-vectors';

/** It makes no logs. */
export function sealedLogWith(cryptography: Partial<SealCryptography>): SealedLogImplementation {
  return {
    verify: (input) => verifySealedLog({ ...input, cryptography }),
    checkProof: (proof) => verifyEntryProof({ ...proof, cryptography }).result === 'valid',
  };
}
