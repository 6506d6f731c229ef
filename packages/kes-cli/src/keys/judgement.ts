/** Checks a signing key against a certificate. */
import { hexOf } from '@evolock/cardano-kes';
import type {
  EvolutionStatus,
  IssuedCertificate,
  KesSigningKeyFile,
  OperationalCertificate,
} from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import type { Check } from '../cli/answer.js';
import { printable } from '../cli/text.js';
import { NEW_KEY, nodeReadingInWords, warningsAbout } from './node-reading.js';
import { withSigningKey } from './signing-key.js';

/** A judgement of a key, with warnings about its file. */
export interface KeyJudgement {
  readonly check: Check;
  readonly warnings: readonly string[];
}

/** Whether a signing key belongs to a certificate, and a node can sign with it at this evolution. */
export function judgeKey(
  path: string,
  { certificate }: IssuedCertificate,
  evolution: EvolutionStatus,
): Promise<KeyJudgement> {
  return withSigningKey(path, (file) => ({
    check: judgeFile(printable(path), file, certificate, evolution),
    warnings: warningsAbout(path, file),
  }));
}

function judgeFile(
  name: string,
  file: KesSigningKeyFile,
  { hotVerificationKey }: OperationalCertificate,
  evolution: EvolutionStatus,
): Check {
  const { signingKey, nodeReading } = file;
  const isItsKey = hexOf(signingKey.deriveVerificationKey()) === hexOf(hotVerificationKey);
  if (!isItsKey) return { valid: false, words: `${name} is not the key of this certificate` };
  const { depth, signatureSize } = signingKey.algorithm;
  if (depth !== sum6Kes.depth) {
    return {
      valid: false,
      words: `${name} is the key of this certificate, but of depth ${depth}, and block headers do not hold its signatures of ${signatureSize} bytes: make a key of depth 6 and issue a certificate for it`,
    };
  }
  const place = `${name} is the key of this certificate, at period ${signingKey.period}`;
  if (nodeReading === 'usable') {
    return { valid: true, words: `${place}, and ${nodeReadingInWords(file)}` };
  }
  const past = pastInWords(signingKey.period, evolution);
  return { valid: false, words: `${place}, but ${nodeReadingInWords(file)}${past}: ${NEW_KEY}` };
}

/** The evolutions at which a program that signs with the key itself cannot sign any more. */
function pastInWords(period: number, evolution: EvolutionStatus): string {
  if (evolution.state === 'expired') return '';
  const current = evolution.state === 'valid' ? evolution.evolution : 0;
  if (period <= current) return '';
  const gone =
    period - current === 1 ? `evolution ${current}` : `evolutions ${current} to ${period - 1}`;
  return `; it cannot sign at ${gone} any more`;
}
