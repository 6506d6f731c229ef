/** A verdict in words: each check says how it ended, and no reason is lost. */
import { errorOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  absolutePeriod,
  kesParameters,
  mainnet,
  slot,
  verdictJson,
  type HeaderVerdict,
} from '../../src/index.js';
import { certificateLife, certificateVerdictJson } from '../../src/certificates.js';
import {
  describeCertificate,
  describeCounter,
  describeVerdict,
  eraName,
} from '../../src/words/index.js';
import { goodHeader } from '../support/headers.js';
import { coldKey, kesKey } from '../support/keys.js';
import { native } from '../support/native.js';

const { verifyHeader } = native;

/** A slot of mainnet in 2024, in KES period 1037. */
const SLOT = 134_402_628n;
const FIRST = 1_001;
const NO_DATES = kesParameters({ slotsPerKesPeriod: 129_600, maxKesEvolutions: 62 });
const now = new Date('2026-01-01');

function headerFrom(startPeriod: number, at = SLOT): Uint8Array {
  const evolution = Number(at / 129_600n) - startPeriod;
  return goodHeader({
    shape: 'Praos',
    slot: at,
    cold: coldKey(),
    hot: kesKey({ period: Math.min(Math.max(evolution, 0), 63) }),
    startPeriod: absolutePeriod(startPeriod),
  });
}

/** The same header with a byte of its KES signature changed. */
function forged(header: Uint8Array): Uint8Array {
  return header.map((byte, at) => (at === header.length - 1 ? byte ^ 1 : byte));
}

const epochNonce = new Uint8Array(32);
const before = new Date('2024-01-01');

/** Verdicts, each with the tones of the checks that are not as in a valid one without a nonce. */
const cases: Readonly<Record<string, readonly [() => HeaderVerdict, Record<string, string>]>> = {
  valid: [() => verifyHeader(headerFrom(FIRST), mainnet, { now }), {}],
  undated: [() => verifyHeader(headerFrom(FIRST), NO_DATES, { now }), { slot: 'note' }],
  ahead: [() => verifyHeader(headerFrom(FIRST), mainnet, { now: before }), { slot: 'note' }],
  forged: [
    () => verifyHeader(forged(headerFrom(FIRST)), mainnet, { now }),
    { 'KES signature': 'bad' },
  ],
  early: [
    () => verifyHeader(headerFrom(1_040), mainnet, { now }),
    { period: 'bad', 'KES signature': 'note' },
  ],
  expired: [() => verifyHeader(headerFrom(975), mainnet, { now }), { period: 'bad' }],
  nonce: [
    () => verifyHeader(headerFrom(FIRST), mainnet, { now, epochNonce }),
    { 'VRF proof': 'bad' },
  ],
};

test.each(Object.entries(cases))('each check of a header: %s', (_name, [judge, tones]) => {
  const verdict = judge();
  const { checks, reasons, notJudged } = describeVerdict(verdict);
  const all = {
    certificate: 'good',
    period: 'good',
    'KES signature': 'good',
    'VRF proof': 'note',
    slot: 'good',
    ...tones,
  };
  expect(Object.fromEntries(checks.map(({ name, tone }) => [name, tone]))).toEqual(all);
  const messages = [...verdict.failures, ...verdict.reasons].map(({ message }) => message);
  expect(reasons).toEqual(messages);
  // Each reason stands in the check that it is about.
  for (const message of messages)
    expect(checks.filter(({ words }) => words.includes(message)).length).toBe(1);
  expect(notJudged).toEqual(verdict.notJudged.map(({ message }) => message));
});

test('the tone of a verdict is good for a valid header only', () => {
  const tones = Object.entries(cases).map(([name, [judge]]) => [
    name,
    describeVerdict(judge()).tone,
  ]);
  expect(Object.fromEntries(tones)).toEqual({
    valid: 'good',
    undated: 'good',
    ahead: 'note',
    forged: 'bad',
    early: 'bad',
    expired: 'bad',
    nonce: 'bad',
  });
  expect(describeVerdict(verifyHeader('zz', mainnet))).toMatchObject({ tone: 'bad', checks: [] });
});

test('a good header of another network is a note, and a forged one is bad', () => {
  const old = headerFrom(1, 200_000n);
  expect(describeVerdict(verifyHeader(old, mainnet))).toMatchObject({
    tone: 'note',
    title: 'not a header of mainnet',
  });
  expect(describeVerdict(verifyHeader(forged(old), mainnet))).toMatchObject({
    tone: 'bad',
    title: 'not a header of mainnet, and not valid',
  });
});

test('a verdict and its JSON have the same words', () => {
  for (const [judge] of Object.values(cases)) {
    const verdict = judge();
    expect(describeVerdict(verdictJson(verdict))).toEqual(describeVerdict(verdict));
  }
});

test('eras have names', () => {
  expect([2, 8, 9].map(eraName)).toEqual(['Shelley', 'Dijkstra', '9']);
});

test('a certificate has the same reasons in words and in JSON, and names the network of its life', () => {
  const { certificate, issuerVerificationKey } = native.parseHeader(headerFrom(FIRST));
  const issued = { certificate, coldVerificationKey: issuerVerificationKey };
  const verdict = native.certificateVerdict(certificate, issuerVerificationKey);
  const at = (slotNumber: bigint) =>
    certificateLife(mainnet, certificate.startPeriod, slot(slotNumber));
  const results = [undefined, at(SLOT), at(0n), at(2n * SLOT)].map((life) => {
    const { tone, title, reasons } = describeCertificate(verdict, life);
    const json = certificateVerdictJson({ ...issued, verdict, life });
    expect(json.reasons.map(({ message }) => message)).toEqual(reasons);
    return [json.result, tone, title.replace('signed by its cold key', '')];
  });
  const ended = (2n * SLOT) / 129_600n - BigInt(FIRST) - 62n;
  expect(results).toEqual([
    ['valid', 'note', ''],
    ['valid', 'good', '; valid at this KES period, if it is for mainnet'],
    ['incomplete', 'note', `; starts in ${FIRST} KES periods, if it is for mainnet`],
    ['incomplete', 'note', `; ended ${ended} KES periods ago, if it is for mainnet`],
  ]);
  const others = ['the key is another one'];
  expect(certificateVerdictJson({ ...issued, verdict, others }).result).toBe('invalid');
  const life = certificateLife(mainnet, absolutePeriod(FIRST + 1), slot(SLOT));
  expect(errorOf(() => certificateVerdictJson({ ...issued, verdict, life }))).toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
    argument: 'life',
  });
  const forged = native.certificateVerdict(certificate, new Uint8Array(32));
  expect(describeCertificate(forged, at(SLOT))).toMatchObject({ tone: 'bad', title: 'not valid' });
});

test.each([
  [8n, 'good', 'gives 8 next, the number after this certificate'],
  [10n, 'note', 'gives 10 next: 2 later numbers were given'],
  [7n, 'bad', 'gives 7 next, and this certificate has 7: it is an old copy'],
])('a counter that gives %s next beside number 7 is %s', (next, tone, words) => {
  expect(describeCounter(next, 7n)).toMatchObject({ tone, words: expect.stringContaining(words) });
});
