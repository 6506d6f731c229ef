/** What cardano-node does with the file of a signing key, and the warnings about it. */
import { isEvolvedType, type KesSigningKeyFile } from '@evolock/cardano-kes';
import { printable } from '../cli/text.js';

/** The repair of a key that a node cannot use. */
export const NEW_KEY =
  'make a new key (kes keygen) and issue a certificate for it (kes opcert issue)';

/** What cardano-node does with the file, for a person. */
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

/** The warning about a key file, if a node would misread it. */
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
