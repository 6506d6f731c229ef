import { readFileSync } from 'node:fs';
import { sealedLogVectors } from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import type { Checkable } from '../../src/check/check.js';
import { given, givenFiles, suspiciousField } from '../../src/check/input.js';
import { inputOfLink, linkTo, suspiciousFragment, type Linked } from '../../src/check/link.js';
import type { Linkable } from '../../src/check/report.js';
import { defaults, type Settings } from '../../src/check/settings.js';

const example = (name: string) =>
  readFileSync(new URL(`../../pages/public/examples/${name}`, import.meta.url));
const digits = example('mainnet-conway.hex').toString();
const { cases, proofs } = sealedLogVectors();
const NONCE = 'ab'.repeat(32);
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
    ['a certificate', example('certificate.json').toString()],
  ];
  test.each(texts)('%s, with the network and a nonce that was proved', async (_name, text) => {
    const input = (await given(text)) as Checkable;
    const fields = { network: 'preprod', epochNonce: NONCE } as const;
    const settings = { ...defaults, ...fields, verifierKey: 'a key' };
    const found = await followed(input, settings, { nonce: true });
    expect(found.settings).toEqual({ ...fields, isKeyOfLink: false });
    expect(await recognised(found)).toEqual(input);
    // A nonce that fits no proof may be a seed.
    expect(JSON.stringify(await followed(input, settings))).not.toContain(NONCE);
    const other = { ...defaults, network: 'other', slotsPerKesPeriod: '86400' } as const;
    expect((await followed(input, other)).settings).toMatchObject({
      ...{ network: 'other', slotsPerKesPeriod: '86400', maxKesEvolutions: '62' },
    });
  });

  test('files of a pool', async () => {
    const file = { name: 'certificate.json', bytes: new Uint8Array(example('certificate.json')) };
    const input = (await givenFiles([file, file])) as Checkable;
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
    // Hashes that fit no root may be anything.
    const found = await followed({ ...log, hashes }, settings, {});
    expect(found.files.map(({ name }) => name)).toEqual(['log', 'log.seals']);
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
