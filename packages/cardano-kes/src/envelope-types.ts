/** What a text envelope may hold. */
export type EnvelopeKind =
  | 'kes-signing-key'
  | 'kes-verification-key'
  | 'cold-signing-key'
  | 'cold-verification-key'
  | 'operational-certificate'
  | 'certificate-counter';

/**
 * The types by which `cardano-cli` names what it writes. `2^6` says nothing of the depth of a signing key: there are
 * files of that name with keys of depth 7.
 */
const kinds = new Map<string, EnvelopeKind>([
  ['KesSigningKey_ed25519_kes_2^6', 'kes-signing-key'],
  ['KesSigningKey_ed25519_kes_2^7', 'kes-signing-key'],
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
 * What an envelope of a type holds; nothing for types that are not known here.
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
