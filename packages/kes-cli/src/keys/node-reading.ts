import { isEvolvedType, type KesSigningKeyFile } from '@evolock/cardano-kes';
import { printable } from '../printable.js';

/** The repair of a key that a node cannot use. */
export const NEW_KEY =
  'make a new key (kes keygen) and issue a certificate for it (kes opcert issue)';

/** What cardano-node makes of the file of a signing key, for a person. */
export function nodeReadingInWords({
  nodeReading,
  type,
  size,
  signingKey,
}: KesSigningKeyFile): string {
  if (nodeReading === 'usable')
    return 'usable: the node evolves its own copy, the file stays as it is';
  if (nodeReading === 'misread') {
    return `unusable: it takes this key for one of period 0, and nothing that it signs verifies`;
  }
  return isEvolvedType(type)
    ? `unusable: it refuses this type, which is for a key that kes evolved`
    : `unusable: it refuses a key of ${size} bytes (depth ${signingKey.algorithm.depth})`;
}

/** What the user of a key file should know besides what was asked for. */
export function warningsAbout(
  path: string,
  { nodeReading, signingKey }: KesSigningKeyFile,
): string[] {
  if (nodeReading !== 'misread') return [];
  return [
    `${printable(path)}: this key stands at period ${signingKey.period} under the type of a key at period 0, and a node that reads it signs blocks that are invalid. Give no node this file; kes evolve writes it under a type that a node refuses`,
  ];
}

/** What the user should know of such a key file once it was written under the other type. */
export function warningsAfterRewriting(
  path: string,
  { nodeReading }: KesSigningKeyFile,
  from: number,
): string[] {
  if (nodeReading !== 'misread') return [];
  return [
    `${printable(path)}: this key stood at period ${from} under the type of a key at period 0. A node that has read it signs blocks that are invalid. For such a node ${NEW_KEY}`,
  ];
}
