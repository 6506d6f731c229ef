import { hexOf } from '@evolock/cardano-headers';
import { parseCertificate } from '@evolock/cardano-headers/certificates';
import { describe, expect, test } from 'vitest';
import type { Checkable } from '../../src/check/check.js';
import { givenFiles } from '../../src/check/input/input.js';
import { rolesInWords } from '../../src/check/input/log-files.js';
import { jsonOf, textOf, type Report } from '../../src/check/reports/report.js';
import * as judged from '../support/judged.js';
import { encoded } from '../support/judged.js';

const example = (name: string) => judged.example(name).toString();

const certificateText = example('certificate.json');
const { certificate, coldVerificationKey } = parseCertificate(certificateText);
const envelope = (type: string, cborHex: string) =>
  JSON.stringify({ type, description: '', cborHex });
const key = (type: string, bytes: Uint8Array) => envelope(type, `5820${hexOf(bytes)}`);
const hot = key('KesVerificationKey_ed25519_kes_2^6', certificate.hotVerificationKey);
const cold = key('StakePoolVerificationKey_ed25519', coldVerificationKey);
const counter = (next: number) =>
  envelope(
    'NodeOperationalCertificateIssueCounter',
    `8218${next.toString(16).padStart(2, '0')}5820${hexOf(coldVerificationKey)}`,
  );

async function reportOn(...texts: string[]): Promise<Report> {
  const files = texts.map((text, at) => ({ name: `file ${String(at)}`, bytes: encoded(text) }));
  return judged.reportOn((await givenFiles(files)) as Checkable);
}

describe('files of cardano-cli', () => {
  test.each([
    ['KES verification key', hot],
    ['cold verification key', cold],
    ['counter of certificates', counter(24)],
  ])('are named: a %s', async (name, text) => {
    const report = await reportOn(text);
    expect(report).toMatchObject({ tone: 'note', title: expect.stringContaining(name) });
    expect(textOf(report)).toContain(
      hexOf(text === hot ? certificate.hotVerificationKey : coldVerificationKey),
    );
  });

  test('belong together when their keys are those of the certificate', async () => {
    const report = await reportOn(certificateText, hot, cold, counter(24));
    expect(report.title).toMatch(/^These belong together\. Signed by its cold key; ended /);
    expect(report.checks.slice(0, 3).map(({ tone }) => tone)).toEqual(['good', 'good', 'good']);
    expect((await reportOn(counter(30), certificateText)).checks[0]?.tone).toBe('note');
  });

  test.each([
    ['another KES key', key('KesVerificationKey_ed25519_kes_2^6', coldVerificationKey)],
    ['another pool', key('StakePoolVerificationKey_ed25519', certificate.hotVerificationKey)],
    ['an older counter', counter(23)],
  ])('do not belong together with %s', async (_name, other) => {
    expect(await reportOn(hot, certificateText, other)).toMatchObject({
      tone: 'bad',
      title: 'These do not belong together',
    });
  });

  test('that no certificate names are not said to belong to it', async () => {
    const vrf = key('VrfVerificationKey_PraosVRF', new Uint8Array(32));
    const alone = await reportOn(certificateText, vrf);
    expect(alone.title).toMatch(/^Signed by its cold key/);
    expect(alone.notJudged[0]).toContain('The VRF verification key');
    const some = await reportOn(certificateText, vrf, hot);
    expect(some.title).toMatch(/^Those that can be compared belong together\./);
  });

  test('are compared with one certificate', async () => {
    expect((await reportOn(hot, cold)).title).toBe(
      'Give one certificate, with its keys or its counter',
    );
  });

  test('that contain other bytes than their type says are refused', async () => {
    const wrong = envelope('KesVerificationKey_ed25519_kes_2^6', '5803010203');
    expect(await reportOn(wrong)).toMatchObject({ tone: 'bad' });
  });
});

test('several files of headers are one sequence, in the order of their names', async () => {
  const bytes = (name: string) => new Uint8Array(Buffer.from(example(name).trim(), 'hex'));
  const [one, two] = [bytes('mainnet-babbage.hex'), bytes('mainnet-conway.hex')];
  const files = [
    { name: '00002.chunk', bytes: two },
    { name: '00001.chunk', bytes: one },
  ];
  expect(await givenFiles(files)).toEqual({ kind: 'cbor', bytes: Uint8Array.of(...one, ...two) });
  const mixed = [...files, { name: 'kes.vkey', bytes: encoded(hot) }];
  expect(await givenFiles(mixed)).toMatchObject({ kind: 'unreadable' });
  const secret = { name: 'x', bytes: new Uint8Array(608) };
  expect(await givenFiles([...files, secret])).toEqual({ kind: 'secret' });
});

test('a verdict is copied as text and as JSON', async () => {
  const report = await reportOn(certificateText);
  expect(textOf(report)).toContain('Counter: 23\n');
  expect(JSON.parse(jsonOf(report))).toEqual(report.json);
});

test.each(['00000.primary', '00000.secondary'])(
  'an index of a chunk is not used, and alone asks for the chunk: %s',
  async (name) => {
    const file = { name, bytes: Uint8Array.from({ length: 112 }, (_, at) => at & 1) };
    const chunk = { name: '00000.chunk', bytes: Uint8Array.of(0x80) };
    expect(await givenFiles([file, chunk])).toEqual({ kind: 'cbor', bytes: chunk.bytes });
    expect(rolesInWords([file, chunk])).toEqual(['index, not used', '']);
    expect(await givenFiles([file])).toMatchObject({
      sentence: expect.stringContaining('Drop the .chunk'),
    });
    const key = { name, bytes: new Uint8Array(608) };
    expect(await givenFiles([chunk, key])).toEqual({ kind: 'secret' });
  },
);

test.each([
  ['an empty file', '', 'audit.log is empty'],
  ['a PDF', '%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n', 'a PDF document'],
  ['a zip archive', 'PK\u0003\u0004\u0014\u0000', 'a zip archive: unpack it'],
  ['a log of xz', '\u00fd7zXZ\u0000', 'compressed by xz'],
])('is named as what it is: %s', async (_name, text, words) => {
  const file = { name: 'audit.log', bytes: new Uint8Array(Buffer.from(text, 'latin1')) };
  expect(await givenFiles([file])).toEqual({
    kind: 'unreadable',
    sentence: expect.stringContaining(words),
  });
});

test.each(['ann signs in\nbob signs in\n', '{"user":"ann"}\n{"user":"bob"}\n'])(
  'a log without its seals asks for them, and waits: %j',
  async (text) => {
    const file = { name: 'audit.log', bytes: encoded(text) };
    const older = { name: 'audit.log.1', bytes: encoded(text) };
    for (const files of [[file], [older, file]])
      expect(await givenFiles(files)).toMatchObject({
        kind: 'part',
        sentence: expect.stringMatching(/^audit\.log.* Drop its seals too/),
      });
  },
);
