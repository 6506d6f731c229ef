/** The verdict on an operational certificate, for a person. */
import {
  expiryOf,
  hexOf,
  poolIdHexOf,
  poolIdOf,
  certificateVerdict,
  type IssuedCertificate,
  type KesParameters,
} from '@evolock/cardano-headers';
import {
  certificateVerdictJson,
  EnvelopeError,
  parseCertificate,
  type CertificateLife,
} from '@evolock/cardano-headers/certificates';
import { describeCertificate, describeLife } from '@evolock/cardano-headers/words';
import { periodInWords } from './dates.js';
import { lifeAt, networksOfPeriod } from './network.js';
import {
  code,
  fact,
  grouped,
  sentenceOf,
  type Fact,
  type NetworkName,
  type Report,
} from './report.js';

/**
 * The verdict on the certificate in an envelope.
 *
 * @param text - The JSON of the envelope.
 * @param parameters - The network that the certificate is for.
 * @param now - The moment for which its life is judged.
 * @param others - What was given with it and does not belong to it, in words.
 */
export function certificateReport(
  text: string,
  parameters: KesParameters,
  now: Date,
  others: readonly string[] = [],
): Report {
  try {
    return reportOn(parseCertificate(text), parameters, now, others);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    return {
      tone: 'bad',
      title: 'Not a certificate',
      sentences: [sentenceOf(error.message.replace(/^the text: /, ''))],
      checks: [],
      groups: [],
      notJudged: [],
      json: unreadableJson(error),
    };
  }
}

/** The same form as that of the command for what it cannot judge. */
function unreadableJson({ problem, message }: EnvelopeError) {
  return { kind: 'file', result: 'unreadable', reasons: [{ code: problem, message }] };
}

/** The certificate in an envelope; `undefined` in another text. */
export function certificateIn(text: string): IssuedCertificate | undefined {
  try {
    return parseCertificate(text);
  } catch (error) {
    if (error instanceof EnvelopeError) return undefined;
    throw error;
  }
}

/** Whether bytes begin like a certificate and its issuer: an array of an array of four, and a key. A header's has 10 or 15. */
export function isCertificate(bytes: Uint8Array): boolean {
  return bytes[0] === 0x82 && bytes[1] === 0x84;
}

/** The envelope of a certificate in CBOR. */
export function envelopeOf(cbor: Uint8Array): string {
  return JSON.stringify({
    type: 'NodeOperationalCertificate',
    description: '',
    cborHex: hexOf(cbor),
  });
}

function reportOn(
  issued: IssuedCertificate,
  parameters: KesParameters,
  now: Date,
  others: readonly string[],
): Report {
  const { certificate, coldVerificationKey } = issued;
  const verdict = certificateVerdict(certificate, coldVerificationKey);
  const life = lifeAt(parameters, certificate.startPeriod, now);
  const { tone, title, checks, notJudged } = describeCertificate(verdict, life);
  const isElsewhere = verdict.valid && life !== undefined && life.evolution.state !== 'valid';
  const fits = isElsewhere ? networksOfPeriod(certificate.startPeriod, now) : [];
  return {
    tone,
    title: sentenceOf(title, ''),
    sentences: verdict.valid
      ? elsewhereInWords(fits)
      : checks.slice(0, 1).map(({ words }) => sentenceOf(words)),
    networks: fits,
    checks: checks.map(({ name, tone: own, words }) => ({
      name: sentenceOf(name, ''),
      tone: own,
      sentence: sentenceOf(words),
    })),
    groups: [
      { name: 'Pool', facts: poolFacts(coldVerificationKey) },
      { name: 'Certificate', facts: certificateFacts(issued, parameters, life) },
    ],
    json: certificateVerdictJson({ ...issued, verdict, life, others }),
    link: {},
    notJudged,
  };
}

/** A certificate names no network, so that one of another network can seem to be past or to come. */
function elsewhereInWords(names: readonly NetworkName[]): string[] {
  return names.length === 0
    ? []
    : [`If it is for ${names.join(' or ')}, it is valid now: choose the network that it is for.`];
}

function poolFacts(coldVerificationKey: Uint8Array): Fact[] {
  return [
    code('Pool', poolIdOf(coldVerificationKey)),
    code('Hash of the cold key', poolIdHexOf(coldVerificationKey)),
    code('Cold verification key', hexOf(coldVerificationKey)),
  ];
}

function certificateFacts(
  { certificate }: IssuedCertificate,
  parameters: KesParameters,
  life: CertificateLife | undefined,
): Fact[] {
  const { period } = expiryOf(parameters, certificate.startPeriod);
  return [
    fact('Counter', grouped(certificate.sequenceNumber)),
    fact('Start period', periodInWords(parameters, certificate.startPeriod)),
    ...(period === undefined
      ? []
      : [fact('First period without it', periodInWords(parameters, period))]),
    ...(life === undefined
      ? []
      : [
          fact('KES period now', periodInWords(parameters, life.period)),
          fact('Remaining', describeLife(life).left),
        ]),
    code('Hot verification key', hexOf(certificate.hotVerificationKey)),
    code('Signature', hexOf(certificate.signature)),
  ];
}
