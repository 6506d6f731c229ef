import { wrongType, wrongValue } from '@evolock/direct-serialise/arguments';

/**
 * The prefix of the type of an evolved KES signing key. A node refuses a file of this type. Under the plain type it would
 * read an evolved key as a key of period 0, and sign blocks that no other node accepts.
 */
const EVOLVED = 'Evolock';

/**
 * The types of `cardano-cli` and of evolved keys, the usual type of each kind first. `2^6` does not state the depth of a
 * signing key: files of this type with keys of depth 7 exist.
 */
const types = {
  'kes-signing-key': [
    'KesSigningKey_ed25519_kes_2^6',
    'KesSigningKey_ed25519_kes_2^7',
    `${EVOLVED}KesSigningKey_ed25519_kes_2^6`,
    `${EVOLVED}KesSigningKey_ed25519_kes_2^7`,
  ],
  'kes-verification-key': [
    'KesVerificationKey_ed25519_kes_2^6',
    'KesVerificationKey_ed25519_kes_2^7',
  ],
  'cold-signing-key': [
    'StakePoolSigningKey_ed25519',
    'GenesisDelegateSigningKey_ed25519',
    'StakePoolExtendedSigningKey_ed25519_bip32',
    'GenesisDelegateExtendedSigningKey_ed25519_bip32',
  ],
  'cold-verification-key': [
    'StakePoolVerificationKey_ed25519',
    'GenesisDelegateVerificationKey_ed25519',
  ],
  'vrf-signing-key': ['VrfSigningKey_PraosVRF'],
  'vrf-verification-key': ['VrfVerificationKey_PraosVRF'],
  'operational-certificate': ['NodeOperationalCertificate'],
  'certificate-counter': ['NodeOperationalCertificateIssueCounter'],
} as const;

/** What a text envelope contains. */
export type EnvelopeKind = keyof typeof types;

/** The kind of an envelope type; `undefined` for an unknown type. */
export function kindOfType(type: string): EnvelopeKind | undefined {
  const kinds = Object.keys(types) as EnvelopeKind[];
  return kinds.find((kind) => (types[kind] as readonly string[]).includes(type));
}

/** Whether a type states an extended (BIP32) cold key, whose signing key begins with a scalar instead of a seed. */
export function isExtendedType(type: string, suffix: 'SigningKey' | 'VerificationKey'): boolean {
  return ['StakePool', 'GenesisDelegate'].some(
    (owner) => type === `${owner}Extended${suffix}_ed25519_bip32`,
  );
}

/** The types of a kind that can be written, the usual type first. Extended keys are only read. */
export function typesOf(kind: EnvelopeKind): readonly string[] {
  return types[kind].filter((type) => !isExtendedType(type, 'SigningKey'));
}

/** Whether an envelope type states an evolved KES signing key. A node refuses a file of this type. */
export function isEvolvedType(type: string): boolean {
  if (typeof (type as unknown) !== 'string') throw wrongType('type', 'a string', type);
  return kindOfType(type) === 'kes-signing-key' && type.startsWith(EVOLVED);
}

/** The type for a KES signing key at a period: from period 1 on that of evolved keys. */
export function signingKeyType(depth: number, period: number): string {
  return `${period > 0 ? EVOLVED : ''}KesSigningKey_ed25519_kes_2^${String(depth)}`;
}

/** The type that an option states for an envelope; the usual type of the kind when absent. */
export function checkType(kind: EnvelopeKind, type: unknown): string {
  const all = typesOf(kind);
  const chosen = type === undefined ? all[0] : type;
  if (typeof chosen !== 'string') throw wrongType('options.type', 'a string', chosen);
  if (all.includes(chosen)) return chosen;
  throw wrongValue('options.type', all.join(' or '), 'another');
}
