import { wrongType } from '@evolock/direct-serialise/arguments';

/** What a text envelope may hold. */
export type EnvelopeKind =
  | 'kes-signing-key'
  | 'kes-verification-key'
  | 'cold-signing-key'
  | 'cold-verification-key'
  | 'operational-certificate'
  | 'certificate-counter';

/**
 * What begins the type of a KES signing key that has evolved. A node refuses such a file. It would read an evolved key
 * under the plain type as a key of period 0, and sign blocks that no other node accepts.
 */
const EVOLVED = 'Evolock';

/**
 * The types of `cardano-cli`, and those of evolved keys. `2^6` does not state the depth of a signing key: there are files
 * of that type with keys of depth 7.
 */
const kinds = new Map<string, EnvelopeKind>([
  ['KesSigningKey_ed25519_kes_2^6', 'kes-signing-key'],
  ['KesSigningKey_ed25519_kes_2^7', 'kes-signing-key'],
  [`${EVOLVED}KesSigningKey_ed25519_kes_2^6`, 'kes-signing-key'],
  [`${EVOLVED}KesSigningKey_ed25519_kes_2^7`, 'kes-signing-key'],
  ['KesVerificationKey_ed25519_kes_2^6', 'kes-verification-key'],
  ['KesVerificationKey_ed25519_kes_2^7', 'kes-verification-key'],
  ['StakePoolSigningKey_ed25519', 'cold-signing-key'],
  ['GenesisDelegateSigningKey_ed25519', 'cold-signing-key'],
  ['StakePoolVerificationKey_ed25519', 'cold-verification-key'],
  ['GenesisDelegateVerificationKey_ed25519', 'cold-verification-key'],
  ['NodeOperationalCertificate', 'operational-certificate'],
  ['NodeOperationalCertificateIssueCounter', 'certificate-counter'],
]);

/**
 * What an envelope of a type holds; `undefined` for an unknown type.
 *
 * @internal
 */
export function kindOfType(type: string): EnvelopeKind | undefined {
  return kinds.get(type);
}

/**
 * The names of the types that hold something, the usual one first.
 *
 * @internal
 */
export function typesOf(kind: EnvelopeKind): readonly string[] {
  return [...kinds].filter(([, each]) => each === kind).map(([type]) => type);
}

/**
 * Whether the type of a text envelope states that the KES signing key in it has evolved: a node refuses such a file.
 *
 * @param type - The type, as a file states it.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { isEvolvedType } from '@evolock/cardano-kes';
 *
 * assert(isEvolvedType('EvolockKesSigningKey_ed25519_kes_2^6'));
 * assert(!isEvolvedType('KesSigningKey_ed25519_kes_2^6'));
 * ```
 */
export function isEvolvedType(type: string): boolean {
  if (typeof (type as unknown) !== 'string') throw wrongType('type', 'a string', type);
  return kindOfType(type) === 'kes-signing-key' && type.startsWith(EVOLVED);
}

/**
 * The types under which a KES signing key may be written, that of its depth first: those of evolved keys from period 1 on.
 *
 * @internal
 */
export function signingKeyTypes(depth: number, period: number): readonly string[] {
  const types = typesOf('kes-signing-key').filter((type) => isEvolvedType(type) === period > 0);
  return [...types].sort((type) => (type.endsWith(`^${String(depth)}`) ? -1 : 1));
}
