import { verifyCertificate, type IssuedCertificate } from '@evolock/cardano-kes';

/** Whether the cold key of a certificate has signed it. */
export interface Judgement {
  readonly valid: boolean;
  /** One sentence. */
  readonly words: string;
}

const REFUSALS = {
  'wrong-signature': 'its signature is not by the cold key that it names',
  'pre-launch-form': 'it is signed in the pre-launch form, which networks reject: issue it again',
} as const;

/** Why a certificate is not good, in one sentence. */
export function refusalInWords(reason: keyof typeof REFUSALS): string {
  return REFUSALS[reason];
}

/** Judges a certificate. */
export function judge({ certificate, coldVerificationKey }: IssuedCertificate): Judgement {
  const verdict = verifyCertificate(certificate, coldVerificationKey);
  return verdict.valid
    ? { valid: true, words: 'signed by its cold key' }
    : { valid: false, words: REFUSALS[verdict.reason] };
}
