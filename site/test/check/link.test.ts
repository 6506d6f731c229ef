import { headerItems, hexOf } from '@evolock/cardano-headers';
import { parseCertificate } from '@evolock/cardano-headers/certificates';
import { sealedLogVectors } from '@evolock/test-vectors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Checkable } from '../../src/check/check.js';
import { exampleOfLink, examples, withChangedBit } from '../../src/check/examples.js';
import { given, givenFiles, suspiciousField } from '../../src/check/input/input.js';
import { inputOfLink, linkTo, suspiciousFragment, type Linked } from '../../src/check/link.js';
import type { Linkable, Report } from '../../src/check/reports/report.js';
import { defaults, type Settings } from '../../src/check/settings.js';
import * as judged from '../support/judged.js';
import { checkable, encoded, example } from '../support/judged.js';

const digits = example('mainnet-conway.hex').toString();
const { cases, proofs } = sealedLogVectors();
const NONCE = 'ab'.repeat(32);
const certificate = {
  text: example('certificate.json').toString(),
  file: { name: 'certificate.json', bytes: new Uint8Array(example('certificate.json')) },
};

/** What the page recognises in a link. */
function recognised({ text, files }: Linked) {
  return files.length > 0 ? givenFiles(files) : given(text);
}

/** The input and the settings that a link leads to. */
async function followed(input: Checkable, fields: Partial<Settings>, linkable: Linkable = {}) {
  const link = await linkTo(input, { ...defaults, ...fields }, linkable);
  if ('reason' in link) throw new Error(link.reason);
  expect(link.fragment).toMatch(/^#[!-~]+$/);
  const found = inputOfLink(link.fragment);
  if (found === undefined || found === 'damaged') throw new Error(String(found));
  return { input: await recognised(found), ...found.settings };
}

test('a link leads to headers, files of a pool, a log and a proof, with what was proved of their settings', async () => {
  const headers = await checkable(digits.repeat(3));
  const preprod = { network: 'preprod', epochNonce: NONCE } as const;
  const withKey = { ...preprod, verifierKey: 'a key' };
  const proved = await followed(headers, withKey, { nonce: true });
  expect(proved).toEqual({ ...preprod, isKeyOfLink: false, input: headers });
  expect(JSON.stringify(await followed(headers, withKey))).not.toContain(NONCE);
  const other = { network: 'other', slotsPerKesPeriod: '86400' } as const;
  expect(await followed(headers, other)).toMatchObject({ ...other, maxKesEvolutions: '62' });

  const pool = (await givenFiles([certificate.file, certificate.file])) as Checkable;
  expect(await followed(pool, {})).toMatchObject({ input: pool });

  // Their entries are words.
  for (const { name, input } of cases) {
    if (!/^(?:ended|three rotated|a checkpoint)/.test(name)) continue;
    const { verifierKey, files, seals, hashes, checkpoints = [] } = input;
    const log: Checkable = { kind: 'log', files, seals, hashes, checkpoints };
    const settings = { verifierKey: `${verifierKey}\n`, maxAge: '1800' };
    const again = await followed(log, settings, { hashes: true });
    expect(again).toMatchObject({ verifierKey, maxAge: '1800', isKeyOfLink: true });
    expect(again.input).toEqual({ ...log, checkpoints: checkpoints.map((each) => ({ ...each })) });
  }

  const { proof, verifierKey, entry } = proofs.find(({ valid }) => valid)!;
  const ofProof = { verifierKey, entry: new TextDecoder().decode(entry) };
  for (const own of [{ entry }, {}])
    expect((await followed({ kind: 'proof', proof, ...own }, ofProof)).input).toEqual({
      ...{ kind: 'proof', proof, entry },
    });
});

/** The verdict of the page; `undefined` when a field is wrong. */
function reportOn(input: Checkable, settings: Settings): Promise<Report | undefined> {
  return judged.reportOn(input, settings).catch(() => undefined);
}

/** What a link has to repeat. The page adds sentences on where a verifier key came from. */
function verdictOf(report: Report | undefined) {
  const { tone, title, checks, groups, networks, json } = report ?? {};
  return { tone, title, checks, groups, networks, json };
}

/** Inputs of each kind, as the page recognises them. */
async function inputsOfAllKinds(): Promise<fc.Arbitrary<Checkable>> {
  const headers = examples.flatMap(({ files: [name = ''] }) =>
    name.endsWith('.hex') ? [example(name).toString().trim()] : [],
  );
  const [first, second] = [...headerItems(example('preview.chunk'))].map(({ offset, size }) =>
    example('preview.chunk')
      .subarray(offset, offset + size)
      .toString('hex'),
  );
  // [1, [[magic, hash of the block before, …], body, extra]]: of Byron.
  const byron = `82018385025820${'00'.repeat(32)}8080808081a0`;
  const one = fc.oneof(
    fc.constantFrom(...headers, first!, second!, byron),
    fc.tuple(fc.constantFrom(...headers), fc.nat(400 * 8)).map((each) => withChangedBit(...each)),
  );
  const texts = fc.oneof(
    ...[one, fc.array(one, { minLength: 2, maxLength: 3 }).map((all) => all.join(''))],
    fc.constant((JSON.parse(certificate.text) as { cborHex: string }).cborHex),
  );
  const cbor = texts.map((all): Checkable => ({ kind: 'cbor', bytes: Buffer.from(all, 'hex') }));
  const { hotVerificationKey } = parseCertificate(certificate.text).certificate;
  const hot = JSON.stringify({
    type: 'KesVerificationKey_ed25519_kes_2^6',
    cborHex: `5820${hexOf(hotVerificationKey)}`,
  });
  const files = [certificate.file, { name: 'kes.vkey', bytes: encoded(hot) }];
  const envelopes = (await givenFiles(files)) as Checkable;
  const logs = cases.map(({ input: { files, seals, hashes, checkpoints } }): Checkable => {
    return { kind: 'log', files, seals, hashes, checkpoints };
  });
  const keyBeside = fc.constantFrom(undefined, 'audit.vkey');
  const ofLog = fc.record({ input: fc.constantFrom(...logs), keyBeside });
  const endings = fc.constantFrom('', '\n', '\n\n', '\r\n');
  const ofProof = fc.record({ each: fc.constantFrom(...proofs), ending: endings });
  return fc.oneof(
    cbor,
    fc.constant(envelopes),
    ofLog.map(({ input, ...beside }) => ({ ...input, ...beside })),
    ofProof.map(({ each: { proof, entry }, ending }): Checkable => {
      return { kind: 'proof', proof, entry: Buffer.concat([entry, encoded(ending)]) };
    }),
  );
}

test('a link opens to the same verdict, or there is none', async () => {
  const nonces = examples.map(({ settings }) => settings.epochNonce ?? '');
  const fields = fc.record({
    network: fc.constantFrom('mainnet', 'preprod', 'preview', 'other'),
    slotsPerKesPeriod: fc.constantFrom('129600', ' 86400', '43200'),
    maxKesEvolutions: fc.constantFrom('62', '10 ', '120'),
    epochNonce: fc.constantFrom('', ...nonces, NONCE),
    verifierKey: fc.constantFrom(...cases.map(({ input }) => `${input.verifierKey}\n`)),
    maxAge: fc.constantFrom('', ' 1800 '),
    erased: fc.constantFrom('', '1-3, 7'),
    retention: fc.constantFrom('', '400'),
    revokedFrom: fc.constantFrom('', '2'),
    entry: fc.constantFrom('', 'a word'),
    isKeyOfLink: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(await inputsOfAllKinds(), fields, async (input, settings) => {
      const key = cases.find((each) => 'seals' in input && each.input.seals === input.seals);
      const own = { ...settings, ...(key && { verifierKey: key.input.verifierKey }) };
      const report = await reportOn(input, own);
      const link = report && (await linkTo(input, own, report.link));
      if (link === undefined || 'reason' in link) return;
      const found = inputOfLink(link.fragment) as Linked;
      const again = (await recognised(found)) as Checkable;
      const other = await reportOn(again, { ...defaults, ...found.settings });
      expect(verdictOf(other)).toEqual(verdictOf(report));
    }),
  );
});

describe('no link is made', () => {
  const { files, seals, hashes, verifierKey } = cases.find(
    ({ name }) => name === 'ended, with hashes',
  )!.input;
  const settings = { ...defaults, verifierKey };
  const log: Checkable = { kind: 'log', files, seals };
  const reasonOf = async (input: Checkable, linkable?: Linkable, fields = settings) =>
    linkTo(input, fields, linkable);

  test('of what is too large, and one sentence says so', async () => {
    const chunk = await checkable(example('preview.chunk'));
    for (const input of [chunk, { ...log, files: [encoded('a word\n'.repeat(3_000))] }])
      expect(await reasonOf(input, {})).toEqual({ reason: expect.stringContaining('larger') });
  });

  test('of what may be a signing key', async () => {
    const key = '9a'.repeat(800);
    expect(await reasonOf({ kind: 'cbor', bytes: Buffer.from(key, 'hex') })).toMatchObject({
      reason: expect.stringContaining('may be a key'),
    });
    const words = ['5a'.repeat(32), Buffer.alloc(64, 1).toString('base64'), 'kes_sk1qzwttx4g7r2'];
    for (const word of words) {
      const refused = { reason: expect.stringContaining('may be a key') };
      const entry = encoded(`ann has ${word}`);
      const entries = encoded(`one\n{"token":"${word}"}\ntwo\n`);
      expect(await reasonOf({ ...log, files: [entries] }, {})).toEqual(refused);
      expect(await reasonOf({ ...log, seals: encoded(word) }, {})).toEqual(refused);
      expect(await reasonOf({ kind: 'proof', proof: '', entry }, {})).toEqual(refused);
    }
  });

  test('of a nonce or of hashes that are not proved: they may be anything', async () => {
    const reason = (words: string) => ({ reason: expect.stringContaining(words) });
    expect(await reasonOf({ ...log, hashes }, { hashes: false })).toEqual(reason('the hashes'));
    const input = await checkable(digits);
    const fields = { ...defaults, epochNonce: NONCE };
    const report = await reportOn(input, fields);
    expect(report).toMatchObject({ tone: 'bad', link: { nonce: false } });
    expect(await reasonOf(input, report?.link, fields)).toEqual(reason('the nonce'));
  });

  test('of an entry of a proof that is read as another file', async () => {
    const { proof } = proofs[0]!;
    for (const entry of [encoded(proof), seals, encoded(`${verifierKey}\n`)])
      expect(await reasonOf({ kind: 'proof', proof, entry }, {})).toMatchObject({
        reason: expect.stringContaining('No link'),
      });
  });

  test('by a fragment of another kind, and one that was cut off is refused', async () => {
    for (const fragment of ['', '#', '#what-the-verdict-means', '#network=mainnet'])
      expect(inputOfLink(fragment)).toBeUndefined();
    const link = await reasonOf(log, {});
    const { fragment } = link as { readonly fragment: string };
    const at = fragment.indexOf('file=') + 30;
    for (let length = at; length < fragment.length; length += 97)
      expect(inputOfLink(fragment.slice(0, length))).toBe('damaged');
  });

  test('with a part that is not read, or with one twice', () => {
    const header = `check=${digits.trim()}`;
    expect(inputOfLink(`#${header}&network=preview`)).toMatchObject({ files: [] });
    for (const part of ['x=1', 'example=conway', 'check=1', 'network=x', 'end=x', 'file=a:YQ&end='])
      expect(inputOfLink(`#${header}&${part}`)).toBe('damaged');
    expect(exampleOfLink('#example=chunk')).toMatchObject({ id: 'chunk' });
    for (const fragment of ['#example=chunk&check=1', '#x=1&example=chunk', '#example=x', ''])
      expect(exampleOfLink(fragment)).toBeUndefined();
  });

  test('a key in a fragment of another form is recognised', async () => {
    const key = `590260${'5a'.repeat(608)}`;
    const base64 = Buffer.alloc(608, 0xfb).toString('base64');
    const envelope = encodeURIComponent(JSON.stringify({ cborHex: key }));
    for (const fragment of [key, `x=${key}`, `a&b=1&x=${key}`, base64, `x=${base64}`, envelope])
      expect(await suspiciousFragment(`#${fragment}`)).toBe('secret');
    expect(await suspiciousFragment(`#${NONCE}`)).toBe('unclear');
    for (const fragment of ['', '#', '#what-the-verdict-means', '#network=mainnet', '#%'])
      expect(await suspiciousFragment(fragment)).toBeUndefined();
  });

  test.each<[string, Partial<Settings>, string]>([
    ['the entry', { entry: '5a'.repeat(608) }, 'secret'],
    ['the entry', { entry: Buffer.alloc(64, 7).toString('base64') }, 'secret'],
    ['the entry', { entry: 'the signing key was replaced' }, 'secret'],
    ['the verifier key', { verifierKey: 'ed25519e_sk1qzwttx4g7r2' }, 'secret'],
    ['the verifier key', { verifierKey: NONCE }, 'unclear'],
    ['the nonce', { epochNonce: `5840${NONCE}${NONCE}` }, 'secret'],
    ['the greatest age', { maxAge: NONCE }, 'unclear'],
  ])('before its fields passed the test for signing keys: %s', async (_name, fields, kind) => {
    const found = await suspiciousField({ ...defaults, ...fields });
    expect(found).toEqual({ name: Object.keys(fields)[0], kind });
    expect(await suspiciousField({ ...defaults, epochNonce: NONCE, verifierKey })).toBeUndefined();
  });
});
