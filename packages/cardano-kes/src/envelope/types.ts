import { wrongType, wrongValue } from '@evolock/direct-serialise/arguments';

/** What a text envelope contains. */
export type EnvelopeKind =
  | 'kes-signing-key'
  | 'kes-verification-key'
  | 'cold-signing-key'
  | 'cold-verification-key'
  | 'vrf-signing-key'
  | 'vrf-verification-key'
  | 'operational-certificate'
  | 'certificate-counter';

/**
 * The prefix of the type of an evolved KES signing key. A node refuses a file of this type. Under the plain type it would
 * read an evolved key as a key of period 0, and sign blocks that no other node accepts.
 */
const EVOLVED = 'Evolock';

/**
 * The types of `cardano-cli` and of evolved keys. `2^6` does not state the depth of a signing key: files of this type with
 * keys of depth 7 exist.
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
  ['StakePoolExtendedSigningKey_ed25519_bip32', 'cold-signing-key'],
  ['GenesisDelegateExtendedSigningKey_ed25519_bip32', 'cold-signing-key'],
  ['StakePoolVerificationKey_ed25519', 'cold-verification-key'],
  ['GenesisDelegateVerificationKey_ed25519', 'cold-verification-key'],
  ['VrfSigningKey_PraosVRF', 'vrf-signing-key'],
  ['VrfVerificationKey_PraosVRF', 'vrf-verification-key'],
  ['NodeOperationalCertificate', 'operational-certificate'],
  ['NodeOperationalCertificateIssueCounter', 'certificate-counter'],
]);

/** The kind of an envelope type; `undefined` for an unknown type. */
export function kindOfType(type: string): EnvelopeKind | undefined {
  return kinds.get(type);
}

/**
 * Whether an envelope type states an extended (BIP32) cold key. Such a signing key begins with a scalar instead of a seed.
 */
export function isExtendedType(type: string, suffix: 'SigningKey' | 'VerificationKey'): boolean {
  return ['StakePool', 'GenesisDelegate'].some(
    (owner) => type === `${owner}Extended${suffix}_ed25519_bip32`,
  );
}

/** The types of a kind that can be written, the usual type first. Extended keys are only read. */
export function typesOf(kind: EnvelopeKind): readonly string[] {
  const types = [...kinds].filter(([, each]) => each === kind).map(([type]) => type);
  return types.filter((type) => !isExtendedType(type, 'SigningKey'));
}

/**
 * Whether an envelope type states an evolved KES signing key. A node refuses a file of this type.
 *
 * @param type - The type in the file.
 */
export function isEvolvedType(type: string): boolean {
  if (typeof (type as unknown) !== 'string') throw wrongType('type', 'a string', type);
  return kindOfType(type) === 'kes-signing-key' && type.startsWith(EVOLVED);
}

/**
 * The types for a KES signing key at a period, the type of its depth first. From period 1 these are the types of evolved
 * keys.
 */
export function signingKeyTypes(depth: number, period: number): readonly string[] {
  const types = typesOf('kes-signing-key').filter((type) => isEvolvedType(type) === period > 0);
  return [...types].sort((type) => (type.endsWith(`^${String(depth)}`) ? -1 : 1));
}

/**
 * Checks the option that states the type of an envelope.
 *
 * @returns The type; the usual type of the kind when absent.
 */
export function checkType(kind: EnvelopeKind, type: unknown): string {
  return chosenOf(typesOf(kind), type);
}

/** The type that an option chooses of several; the first when absent. */
export function chosenOf(types: readonly string[], type: unknown, subject = ''): string {
  const chosen = type === undefined ? types[0] : type;
  if (typeof chosen !== 'string') throw wrongType('options.type', 'a string', chosen);
  if (types.includes(chosen)) return chosen;
  throw wrongValue('options.type', `${types.join(' or ')}${subject}`, 'another');
}
