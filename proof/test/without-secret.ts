/** Packages whose functions are not asked for here, and why. */
export const packagesElsewhere: Readonly<Record<string, string>> = {
  '@evolock/kes-verify-pool': 'verifies, and never sees a secret',
  '@evolock/cardano-kes':
    'has no operations here yet; its keys are those of kes-sum, but the files that it reads them from are its own',
};

const PUBLIC = 'public values only';
const TYPES = 'describes an algorithm, and holds no key';
const ON_PURPOSE = 'puts a key into ordinary memory on purpose: that is its name, and its warning';
const ACCOUNT = 'an account of memory, not what is in it';

/** What no operation has to call, and why it needs no scan. */
export const withoutSecret: Readonly<Record<string, string>> = {
  'new MappingAllocator': 'hands out zeroed memory; the one that there is does the same',
  setLockPolicy: ACCOUNT,
  lockStatus: ACCOUNT,
  preflight: ACCOUNT,
  'MLockedRegion#get size': ACCOUNT,
  'AllocationLog#get allocations': ACCOUNT,
  'AllocationLog#get live': ACCOUNT,
  'AllocationLog#get events': ACCOUNT,
  'MLockedSeed.newRandom': 'nobody outside knows what it made; it fills as fillRandom does',
  'LockedConnection#endSending': 'sends nothing',
  'LockedConnection#[nodejs.asyncDispose]': 'is destroy',
  unsoundRaw: ON_PURPOSE,
  unsoundRawSigningKey: ON_PURPOSE,
  unsoundCborSigningKey: ON_PURPOSE,
  unsoundFromRaw: ON_PURPOSE,
  unsoundFromCbor: ON_PURPOSE,
  'new PublicBytesType': PUBLIC,
  'PublicBytesType#serialisable': PUBLIC,
  'PublicBytesType#directDeserialise': PUBLIC,
  'PublicBytesType#serialisable().directSerialise': PUBLIC,
  hashVerificationKey: PUBLIC,
  verifyKes: PUBLIC,
  verifyMany: PUBLIC,
  decodeSignature: PUBLIC,
  decodeVerificationKey: PUBLIC,
  encodeSignature: PUBLIC,
  encodeVerificationKey: PUBLIC,
  levelOfDifference: PUBLIC,
  checkDsign: TYPES,
  registerComposition: TYPES,
  singleKes: TYPES,
  compactSingleKes: TYPES,
  sumKes: TYPES,
  compactSumKes: TYPES,
  sumKesOfDepth: TYPES,
  compactSumKesOfDepth: TYPES,
  'SingleKesSigningKey#get algorithm': TYPES,
};
