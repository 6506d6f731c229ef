/** Verdicts on public files of `cardano-cli`: what each is, and whether they belong together. */
import {
  hexOf,
  poolIdHexOf,
  poolIdOf,
  type IssuedCertificate,
  type KesParameters,
} from '@evolock/cardano-headers';
import { EnvelopeError, parseCounter } from '@evolock/cardano-headers/certificates';
import { describeCounter } from '@evolock/cardano-headers/words';
import { certificateIn, certificateReport } from './certificate-report.js';
import { bytesOfDigits } from '../input/digits.js';
import { parsedJson, typeOf, wrappedIn } from '../input/json.js';
import { code, fact, grouped, type Check, type Report } from './report.js';

/** What a file states about the keys of a pool. */
interface PublicFile {
  readonly text: string;
  readonly name: string;
  readonly kind: 'certificate' | 'counter' | 'hot' | 'cold' | 'vrf' | 'other';
  /** The verification key of a key, the cold one of a counter; in digits. */
  readonly key: string;
  /** The next number of a counter. */
  readonly next: bigint;
}

const kinds: readonly (readonly [RegExp, PublicFile['kind'], string])[] = [
  [/^NodeOperationalCertificateIssueCounter/, 'counter', 'The counter of certificates'],
  [/^NodeOperationalCertificate/, 'certificate', 'The certificate'],
  [/^KesVerificationKey/, 'hot', 'The KES verification key'],
  [/^StakePool\w*VerificationKey/, 'cold', 'The cold verification key'],
  [/^VrfVerificationKey/, 'vrf', 'The VRF verification key'],
];

/** The verdict on one file or on several. */
export function filesReport(
  texts: readonly string[],
  parameters: KesParameters,
  now: Date,
): Report {
  const files = texts.map(publicFile);
  const [one, ...others] = files;
  if (one !== undefined && others.length === 0) return reportOnOne(one, parameters, now);
  const certificates = files.filter(({ kind }) => kind === 'certificate');
  const [certificate] = certificates;
  const rest = files.filter(({ kind }) => kind !== 'certificate');
  if (certificate === undefined || certificates.length > 1)
    return { ...nothing, title: 'Give one certificate, with its keys or its counter' };
  const issued = certificateIn(certificate.text);
  if (issued === undefined) return certificateReport(certificate.text, parameters, now);
  const matches = rest.filter(isCompared).map((file) => matchOf(file, issued));
  const wrong = matches.filter(({ tone }) => tone === 'bad').map(({ sentence }) => sentence);
  const report = certificateReport(certificate.text, parameters, now, wrong);
  const notJudged = [
    ...rest.filter((file) => !isCompared(file)).map(notCompared),
    ...report.notJudged,
  ];
  // A file that is not what its type says may be anything.
  const link = files.every(isKnown) ? report.link : undefined;
  if (wrong.length > 0) {
    const title = 'These do not belong together';
    return { ...report, tone: 'bad', title, checks: matches, notJudged, link };
  }
  return {
    ...report,
    title: `${togetherOf(matches.length, rest.length)}${report.title}`,
    checks: [...matches, ...report.checks],
    notJudged,
    link,
  };
}

/** Whether a certificate names the key of a file. */
function isCompared({ kind }: PublicFile): boolean {
  return kind !== 'other' && kind !== 'vrf';
}

function notCompared({ name }: PublicFile): string {
  return `whether this belongs to the certificate: ${name}. No certificate names such a key`;
}

function isKnown({ kind, key }: PublicFile): boolean {
  return kind === 'certificate' || key !== '';
}

function togetherOf(compared: number, all: number): string {
  if (compared === 0) return '';
  return compared < all
    ? 'Those that can be compared belong together. '
    : 'These belong together. ';
}

const nothing = {
  tone: 'note',
  title: '',
  sentences: [],
  checks: [],
  groups: [],
  notJudged: [],
} as const satisfies Report;

function publicFile(text: string): PublicFile {
  const value = parsedJson(text);
  const type = typeOf(value);
  const [, kind = 'other', name = 'A verification key'] =
    kinds.find(([form]) => form.test(type)) ?? [];
  const bytes = bytesOfDigits(wrappedIn(value)[0] ?? '') ?? new Uint8Array();
  if (kind === 'counter') return { text, name, kind, ...counterOf(text) };
  // A byte string: 32 bytes, and of an extended key the code of its chain after them.
  const isKey = bytes[0] === 0x58 && [34, 66].includes(bytes.byteLength);
  return { text, name, kind, key: isKey ? hexOf(bytes.subarray(2, 34)) : '', next: 0n };
}

/** The next number and the cold key of a counter; no key in other bytes. */
function counterOf(text: string): Pick<PublicFile, 'key' | 'next'> {
  try {
    const { next, coldVerificationKey } = parseCounter(text);
    return { key: hexOf(coldVerificationKey), next };
  } catch (error) {
    if (error instanceof EnvelopeError) return { key: '', next: 0n };
    throw error;
  }
}

function reportOnOne(file: PublicFile, parameters: KesParameters, now: Date): Report {
  const { kind, key, next, name } = file;
  if (kind === 'certificate') return certificateReport(file.text, parameters, now);
  if (key.length !== 64)
    return { ...nothing, tone: 'bad', title: 'This file contains other bytes than its type says' };
  const pool = kind === 'cold' || kind === 'counter' ? [poolOf(key)] : [];
  const number = kind === 'counter' ? [fact('Next number', grouped(next))] : [];
  return {
    ...nothing,
    title: name,
    sentences: isCompared(file) ? ['Give it together with a certificate to compare them.'] : [],
    groups: [
      {
        name: 'Content',
        facts: [
          ...number,
          ...pool,
          code(kind === 'counter' ? 'Cold verification key' : 'Verification key', key),
        ],
      },
    ],
    link: {},
    notJudged: ['who has the signing key'],
    json: contentJson(file),
  };
}

/** The kind of a file and the name of its key, as the command names them. */
const contents = {
  certificate: ['operational-certificate', 'kesVerificationKey'],
  counter: ['certificate-counter', 'coldVerificationKey'],
  hot: ['kes-verification-key', 'kesVerificationKey'],
  cold: ['cold-verification-key', 'coldVerificationKey'],
  vrf: ['vrf-verification-key', 'vrfVerificationKey'],
  other: ['verification-key', 'verificationKey'],
} as const satisfies Readonly<Record<PublicFile['kind'], readonly [string, string]>>;

function contentJson({ kind, key, next }: PublicFile) {
  const [name, member] = contents[kind];
  return {
    kind: name,
    ...(kind === 'counter' ? { next: String(next) } : {}),
    [member]: key,
    ...(member === 'coldVerificationKey'
      ? { poolId: poolIdOf(keyBytes(key)), poolIdHex: poolIdHexOf(keyBytes(key)) }
      : {}),
  };
}

function poolOf(key: string) {
  return code('Pool', poolIdOf(keyBytes(key)));
}

function keyBytes(digits: string): Uint8Array {
  return bytesOfDigits(digits) ?? new Uint8Array(32);
}

function matchOf({ kind, key, next, name }: PublicFile, issued: IssuedCertificate): Check {
  const { certificate, coldVerificationKey } = issued;
  const isHot = kind === 'hot';
  const same = hexOf(isHot ? certificate.hotVerificationKey : coldVerificationKey) === key;
  if (!same) {
    const sentence = `${name} is of another ${isHot ? 'KES key' : 'pool'} than the certificate.`;
    return { name, tone: 'bad', sentence };
  }
  if (kind !== 'counter')
    return { name, tone: 'good', sentence: `${name} is that of the certificate.` };
  const { tone, words } = describeCounter(next, certificate.sequenceNumber);
  return { name, tone, sentence: `${name} ${words}.` };
}
