// The laws of schemes without vectors hold for the packages, and find a scheme that breaks one of them.
import {
  ed25519,
  MLockedSeed,
  type KesAlgorithm,
  type KesSigningKey,
  sumKesOfDepth,
} from '@evolock/kes-sum';
import { singleKes, sumKes, type LeafScheme } from '@evolock/kes-sum/all';
import { ConformanceError, type Scheme, schemeCases } from '@evolock/test-vectors';
import { expect, test } from 'vitest';

const sum2Kes = sumKesOfDepth(2);

type Verify = KesAlgorithm['verify'];

const honest: KesAlgorithm = sum2Kes;
const last = honest.totalPeriods - 1;

/** The honest scheme with changed members, and with changed members of its keys. */
function changed(
  members: Partial<Scheme<MLockedSeed>>,
  ofKey: (key: KesSigningKey) => Partial<KesSigningKey> = () => ({}),
): Scheme<MLockedSeed> {
  const wrapped = (key: KesSigningKey) =>
    new Proxy(key, {
      get(_, name) {
        const member: unknown = Reflect.get({ ...ofKey(key) }, name) ?? Reflect.get(key, name, key);
        return typeof member === 'function' ? (member.bind(key) as unknown) : member;
      },
    });
  return {
    ...Object.fromEntries(Object.entries(honest)),
    generateKey: (seed: MLockedSeed) => wrapped(honest.generateKey(seed)),
    directDeserialise: (...given: Parameters<KesAlgorithm['directDeserialise']>) =>
      wrapped(honest.directDeserialise(...given)),
    verify: honest.verify.bind(honest),
    ...members,
  } as Scheme<MLockedSeed>;
}

const verifying = (verify: Verify) => changed({ verify });

const reading = (read: KesAlgorithm['directDeserialise']) => changed({ directDeserialise: read });

const wrong: readonly (readonly [string, Scheme<MLockedSeed>, string[]])[] = [
  [
    'a signature is valid at the next period',
    verifying((root, at, ...rest) =>
      [at, at - 1].some((period) => honest.verify(root, period, ...rest)),
    ),
    ['kes verification'],
  ],
  [
    'a period is cut to 32 bits',
    verifying((root, at, ...rest) => honest.verify(root, at >>> 0, ...rest)),
    ['kes verification'],
  ],
  [
    'the message is not looked at',
    verifying((root, at, message, signature) =>
      [message, message.subarray(0, -1)].some((each) => honest.verify(root, at, each, signature)),
    ),
    ['kes negative'],
  ],
  [
    'bytes after a signature are ignored',
    verifying((root, at, message, signature) =>
      honest.verify(root, at, message, signature.subarray(0, honest.signatureSize)),
    ),
    ['kes negative'],
  ],
  [
    'a bit of the outermost level is ignored',
    verifying((root, at, message, signature) =>
      [signature, signature.with(-1, signature.at(-1)! ^ 128)].some((each) =>
        honest.verify(root, at, message, each),
      ),
    ),
    ['kes negative'],
  ],
  [
    'the verification key is not looked at',
    verifying((root, at, message, signature) =>
      [root, root.with(0, root[0]! ^ 1)].some((each) =>
        honest.verify(each, at, message, signature),
      ),
    ),
    ['kes negative'],
  ],
  [
    'leaves are randomised',
    changed({}, (key) => ({
      sign: (message) => {
        const signature = key.sign(message);
        crypto.getRandomValues(signature.subarray(0, 32));
        return signature;
      },
    })),
    ['kes signature'],
  ],
  ['another size is stated', changed({ signatureSize: 191 }), ['kes sizes']],
  [
    'the verification key changes',
    changed({}, (key) => ({
      deriveVerificationKey: () => key.deriveVerificationKey().fill(key.period, 0, 1),
    })),
    ['kes sizes', 'kes verification'],
  ],
  [
    'a key is read without a look at the stated period',
    reading((pull, { verificationKey } = {}) =>
      honest.directDeserialise(pull, { verificationKey }),
    ),
    ['kes read back'],
  ],
  [
    'a key is read without a look at the verification key',
    reading((pull, { period } = {}) => honest.directDeserialise(pull, { period })),
    ['kes key negative'],
  ],
  [
    'a key that is read is at the next period',
    reading((pull, options) => {
      const key = honest.directDeserialise(pull, options);
      key.updateTo(Math.min(last, key.period + 1));
      return key;
    }),
    ['kes read back'],
  ],
  [
    'an update at the last period does nothing',
    changed({}, (key) => ({ update: () => key.updateTo(Math.min(last, key.period + 1)) })),
    ['kes last period'],
  ],
  [
    'a step to an earlier period does nothing',
    changed({}, (key) => ({ updateTo: (to) => key.updateTo(Math.max(key.period, to)) })),
    ['kes last period'],
  ],
];

async function groupsThatFail(scheme: Scheme<MLockedSeed>): Promise<string[]> {
  const failed: string[] = [];
  for (const { group, run } of schemeCases(scheme, MLockedSeed)) {
    await run().catch((error: unknown) => {
      expect(error).toBeInstanceOf(ConformanceError);
      expect((error as ConformanceError).location.file).toBe(honest.name);
      failed.push(group);
    });
  }
  return failed;
}

test('the scheme itself breaks no law', async () => {
  expect(await groupsThatFail(honest)).toEqual([]);
  expect(await groupsThatFail(changed({}))).toEqual([]);
});

test('the first case says what is wrong with a randomised leaf', async () => {
  const scheme = wrong.find(([what]) => what === 'leaves are randomised')![1];
  const { difference } = await schemeCases(scheme, MLockedSeed)[0]!
    .run()
    .then(
      () => expect.unreachable(),
      (error: unknown) => error as ConformanceError,
    );
  expect(difference).toMatch(/leaves have to be deterministic/);
});

test('a leaf whose load does not write the verification key has a case that says so', async () => {
  const leaf: LeafScheme['leaf'] = {
    ...ed25519.leaf,
    load: (memory, _, serialised) =>
      ed25519.leaf.load(memory, new Uint8Array(ed25519.verificationKeySize), serialised),
  };
  const single = singleKes({ ...ed25519, leaf });
  for (const scheme of [single, sumKes(sumKes(single))]) {
    const cases = schemeCases(scheme, MLockedSeed);
    const [first] = await Promise.all(
      cases
        .filter(({ group }) => group === 'kes verification key')
        .map(({ run }) => run().then(() => undefined, String)),
    );
    expect(first).toMatch(/load/);
  }
});

test.each(wrong)('a law finds that %s', async (_, scheme, groups) => {
  expect(await groupsThatFail(scheme)).toEqual(expect.arrayContaining(groups));
});
