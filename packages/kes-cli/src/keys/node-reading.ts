/** What cardano-node does with the file of a signing key, with and without its certificate. */
import {
  type EvolutionStatus,
  isEvolvedType,
  type IssuedCertificate,
  type KesSigningKeyFile,
  type OperationalCertificate,
} from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { sum6Kes } from '@evolock/kes-sum';
import type { Check } from '@evolock/command-line/answer';
import { printable } from '@evolock/command-line/text';
import { withSigningKey } from './key-files.js';

/** The repair of a key that a node cannot use. */
const NEW_KEY = 'make a new key (kes keygen) and issue a certificate for it (kes opcert issue)';

export function nodeReadingInWords({
  nodeReading,
  type,
  size,
  signingKey,
}: KesSigningKeyFile): string {
  if (nodeReading === 'usable') return 'usable: the node evolves its own copy in memory';
  if (nodeReading === 'misread') {
    return 'unusable: the node would read this key as one of period 0, and its signatures would be invalid';
  }
  return isEvolvedType(type)
    ? 'unusable: the node refuses this type, which kes evolve writes'
    : `unusable: the node refuses a key of ${size} bytes (depth ${signingKey.algorithm.depth})`;
}

export function warningsAbout(
  path: string,
  { nodeReading, signingKey }: KesSigningKeyFile,
): string[] {
  if (nodeReading !== 'misread') return [];
  return [
    `${printable(path)}: this key is at period ${signingKey.period}, and its type is that of a key at period 0. A node that reads it signs invalid blocks. Do not give this file to a node. kes evolve writes it under a type that a node refuses`,
  ];
}

/** The warning about the same file after it was written under the other type. */
export function warningsAfterRewriting(
  path: string,
  { nodeReading }: KesSigningKeyFile,
  from: number,
): string[] {
  if (nodeReading !== 'misread') return [];
  return [
    `${printable(path)}: this key was at period ${from}, and its type was that of a key at period 0. A node that has read it signs invalid blocks. For such a node ${NEW_KEY}`,
  ];
}

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
  const isItsKey = sameBytes(signingKey.deriveVerificationKey(), hotVerificationKey);
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
