import { readFileSync } from 'node:fs';
import { headerItems, hexOf, parseCertificate } from '@evolock/kes-verify';
import { sealedLogVectors } from '@evolock/test-vectors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, type Checkable, type Step } from '../../src/check/check.js';
import { exampleOfLink, examples, withChangedBit } from '../../src/check/examples.js';
import { given, givenFiles, suspiciousField } from '../../src/check/input.js';
import { inputOfLink, linkTo, suspiciousFragment, type Linked } from '../../src/check/link.js';
import { linesReport } from '../../src/check/lines-report.js';
import type { Linkable, Report } from '../../src/check/report.js';
import { defaults, type Settings } from '../../src/check/settings.js';

const example = (name: string) =>
  readFileSync(new URL(`../../pages/public/examples/${name}`, import.meta.url));
const digits = example('mainnet-conway.hex').toString();
const { cases, proofs } = sealedLogVectors();
const NONCE = 'ab'.repeat(32);
const certificate = {
  text: example('certificate.json').toString(),
  file: { name: 'certificate.json', bytes: new Uint8Array(example('certificate.json')) },
};
const encoded = (text: string) => new TextEncoder().encode(text);

/** What a link to an input leads to. */
async function followed(
  input: Checkable,
  settings: Settings,
  linkable: Linkable = {},
): Promise<Linked> {
  const link = await linkTo(input, settings, linkable);
  if ('reason' in link) throw new Error(link.reason);
  expect(link.fragment).toMatch(/^#[!-~]+$/);
  const found = inputOfLink(link.fragment);
  if (found === undefined || found === 'damaged') throw new Error(String(found));
  return found;
}

/** What the page recognises in a link. */
function recognised({ text, files }: Linked) {
  return files.length > 0 ? givenFiles(files) : given(text);
}

describe('a link leads to its input', () => {
  const texts: [string, string][] = [
    ['a header', digits],
    ['several headers', digits.repeat(3)],
    ['a certificate', certificate.text],
  ];
  test.each(texts)('%s, with the network and a nonce that was proved', async (_name, text) => {
    const input = (await given(text)) as Checkable;
    const fields = { network: 'preprod', epochNonce: NONCE } as const;
    const settings = { ...defaults, ...fields, verifierKey: 'a key' };
    const found = await followed(input, settings, { nonce: true });
    expect(found.settings).toEqual({ ...fields, isKeyOfLink: false });
    expect(await recognised(found)).toEqual(input);
    expect(JSON.stringify(await followed(input, settings))).not.toContain(NONCE);
    const other = { ...defaults, network: 'other', slotsPerKesPeriod: '86400' } as const;
    expect((await followed(input, other)).settings).toMatchObject({
      ...{ network: 'other', slotsPerKesPeriod: '86400', maxKesEvolutions: '62' },
    });
  });

  test('files of a pool', async () => {
    const input = (await givenFiles([certificate.file, certificate.file])) as Checkable;
    expect(input).toMatchObject({ kind: 'envelopes', texts: { length: 2 } });
    expect(await recognised(await followed(input, defaults))).toEqual(input);
  });

  // Their entries are words.
  const whole = cases.filter(({ name }) => /^(?:ended|three rotated|a checkpoint)/.test(name));
  test.each(whole.map((each) => [each.name, each.input] as const))(
    'a log: %s',
    async (_name, { verifierKey, files, seals, hashes, checkpoints = [] }) => {
      const input: Checkable = { kind: 'log', files, seals, hashes, checkpoints };
      const settings = { ...defaults, verifierKey: `${verifierKey}\n`, maxAge: '1800' };
      const found = await followed(input, settings, { hashes: true });
      expect(found.settings).toMatchObject({ verifierKey, maxAge: '1800', isKeyOfLink: true });
      expect(await recognised(found)).toEqual({
        ...input,
        hashes: hashes ?? undefined,
        checkpoints: checkpoints.map(({ note, chain }) => ({ note, chain })),
      });
    },
  );

  test('a proof and its entry', async () => {
    const { proof, verifierKey, entry } = proofs.find(({ valid }) => valid)!;
    const field = new TextDecoder().decode(entry);
    for (const input of [{ entry }, {}]) {
      const settings = { ...defaults, verifierKey, entry: field };
      const found = await followed({ kind: 'proof', proof, ...input }, settings);
      expect(await recognised(found)).toEqual({ kind: 'proof', proof, entry });
    }
  });
});

/** The verdict of the page; `undefined` when a field is wrong. */
async function reportOn(input: Checkable, settings: Settings): Promise<Report | undefined> {
  const steps: Step[] = [];
  for await (const step of check(input, settings, new Date('2026-01-01'), () => Promise.resolve()))
    steps.push(step);
  const [first] = steps;
  if (first?.kind === 'report') return first.report;
  if (first?.kind !== 'lines') return undefined;
  const all = steps.flatMap((step) => (step.kind === 'lines' ? [step] : []));
  return linesReport({
    lines: all.flatMap(({ lines }) => lines),
    byron: all.reduce((sum, { byron }) => sum + byron, 0),
    doubt: first.doubt,
    hasNonce: settings.epochNonce !== '',
    isDone: true,
  });
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
    const chunk = (await given(example('preview.chunk'))) as Checkable;
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
    const input = (await given(digits)) as Checkable;
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
