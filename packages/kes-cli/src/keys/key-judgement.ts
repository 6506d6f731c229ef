import type {
  EvolutionStatus,
  IssuedCertificate,
  KesSigningKeyFile,
  OperationalCertificate,
} from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import type { Judgement } from '../certificates/judgement.js';
import { hexOf } from '../hex.js';
import { printable } from '../printable.js';
import { NEW_KEY, nodeReadingInWords, warningsAbout } from './node-reading.js';
import { withSigningKey } from './signing-key-file.js';

/** A judgement of a key, and what the user should know besides. */
export interface KeyJudgement {
  readonly judgement: Judgement;
  readonly warnings: readonly string[];
}

/** Whether the signing key of a file belongs to a certificate, and a node can sign with it at this evolution. */
export function judgeKey(
  path: string,
  { certificate }: IssuedCertificate,
  evolution: EvolutionStatus,
): Promise<KeyJudgement> {
  return withSigningKey(path, (file) => ({
    judgement: judgeFile(printable(path), file, certificate, evolution),
    warnings: warningsAbout(path, file),
  }));
}

function judgeFile(
  name: string,
  file: KesSigningKeyFile,
  { hotVerificationKey }: OperationalCertificate,
  evolution: EvolutionStatus,
): Judgement {
  const { signingKey, nodeReading } = file;
  const isItsKey = hexOf(signingKey.deriveVerificationKey()) === hexOf(hotVerificationKey);
  if (!isItsKey) return { valid: false, words: `${name} is not the key of this certificate` };
  const { depth, signatureSize } = signingKey.algorithm;
  if (depth !== sum6Kes.depth) {
    return {
      valid: false,
      words: `${name} is its key, but of depth ${depth}: no block header holds its signatures of ${signatureSize} bytes: make a key of depth 6 and issue a certificate for that`,
    };
  }
  const place = `${name} is its key, at period ${signingKey.period}`;
  if (nodeReading === 'usable') {
    return { valid: true, words: `${place} as a node needs it; the node evolves its own copy` };
  }
  const past = pastInWords(signingKey.period, evolution);
  return {
    valid: false,
    words: `${place}; for a node it is ${nodeReadingInWords(file)}${past}: ${NEW_KEY}`,
  };
}

/** A program that signs with the key itself needs to know which evolutions are gone. */
function pastInWords(period: number, evolution: EvolutionStatus): string {
  if (evolution.state === 'expired') return '';
  const current = evolution.state === 'valid' ? evolution.evolution : 0;
  if (period <= current) return '';
  const gone =
    period - current === 1 ? `evolution ${current}` : `evolutions ${current} to ${period - 1}`;
  return `; it has moved past ${gone} and signs there no more`;
}
