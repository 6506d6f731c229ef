/** The verdict on an operational certificate, for a person. */
import {
  evolutionOf,
  expiryOf,
  hexOf,
  periodOfDate,
  poolIdOf,
  verifyCertificate,
  type AbsolutePeriod,
  type IssuedCertificate,
  type KesParameters,
} from '@evolock/cardano-headers';
import { EnvelopeError, parseCertificate } from '@evolock/cardano-headers/certificates';
import { periodInWords } from './dates.js';
import {
  code,
  counted,
  fact,
  grouped,
  sentenceOf,
  type Check,
  type Fact,
  type Report,
} from './report.js';

/**
 * The verdict on the certificate in an envelope.
 *
 * @param text - The JSON of the envelope.
 * @param parameters - The network that the certificate is for.
 * @param now - The moment for which its life is judged.
 */
export function certificateReport(text: string, parameters: KesParameters, now: Date): Report {
  try {
    return reportOn(parseCertificate(text), parameters, now);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    return {
      tone: 'bad',
      title: 'Not a certificate',
      sentences: [sentenceOf(error.message.replace(/^the text: /, ''))],
      checks: [],
      groups: [],
      notJudged: [],
    };
  }
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

function reportOn(issued: IssuedCertificate, parameters: KesParameters, now: Date): Report {
  const { certificate, coldVerificationKey } = issued;
  const verdict = verifyCertificate(certificate, coldVerificationKey);
  const life = lifeOf(certificate.startPeriod, parameters, now);
  const signature: Check = {
    name: 'Signature',
    tone: verdict.valid ? 'good' : 'bad',
    sentence: verdict.valid ? 'The cold key signed this certificate.' : refusals[verdict.reason],
  };
  return {
    tone: verdict.valid ? life.tone : 'bad',
    title: verdict.valid ? titleOf(life.word) : 'Not valid',
    sentences: verdict.valid ? [] : [refusals[verdict.reason]],
    checks: [signature, life],
    groups: [
      { name: 'Pool', facts: poolFacts(coldVerificationKey) },
      { name: 'Certificate', facts: certificateFacts(issued, parameters) },
    ],
    link: {},
    notJudged: [
      'for which network it is: no certificate says it',
      'whether the pool is registered',
      'whether its counter is the last that the chain knows, or the next one',
      'whether a node has the hot key',
    ],
  };
}

const refusals = {
  'wrong-signature': 'The cold key in this file did not sign this certificate.',
  'pre-launch-form':
    'The cold key signed the form that was in use before the launch of mainnet. No node accepts it.',
} as const;

function titleOf(life: string | undefined): string {
  return life === undefined ? 'Signed by its cold key' : `Signed by its cold key; ${life}`;
}

/** The life of a certificate on a network, as a check with a word for the title; none when the present period is not known. */
function lifeOf(
  start: AbsolutePeriod,
  parameters: KesParameters,
  now: Date,
): Check & { readonly word: string | undefined } {
  const name = 'Life';
  const range = `periods ${rangeOf(start, parameters)} of ${parameters.name}`;
  const period = periodOfDate(parameters, now);
  if (period === undefined) {
    const sentence = `It is valid in ${range}. Which period is now is not known.`;
    return { name, tone: 'note', word: undefined, sentence };
  }
  const status = evolutionOf(parameters, start, period);
  if (status.state === 'valid') {
    const left = counted(status.remainingPeriods, 'period');
    const sentence = `It is valid in ${range}. Now is period ${grouped(period)}, with ${left} left after it.`;
    return { name, tone: 'good', word: `valid now${onNetwork(parameters)}`, sentence };
  }
  const sentence = `It is valid in ${range}. Now is period ${grouped(period)}.`;
  const word = status.state === 'expired' ? 'expired' : 'not valid yet';
  return { name, tone: 'note', word: `${word}${onNetwork(parameters)}`, sentence };
}

/** A certificate does not name its network. */
function onNetwork({ name }: KesParameters): string {
  return `, if it is for ${name}`;
}

function rangeOf(start: AbsolutePeriod, parameters: KesParameters): string {
  const { period } = expiryOf(parameters, start);
  return period === undefined
    ? `from ${grouped(start)} on`
    : `${grouped(start)} to ${grouped(period - 1n)}`;
}

function poolFacts(coldVerificationKey: Uint8Array): Fact[] {
  const { bech32, hex } = poolIdOf(coldVerificationKey);
  return [
    code('Pool', bech32),
    code('Hash of the cold key', hex),
    code('Cold verification key', hexOf(coldVerificationKey)),
  ];
}

function certificateFacts({ certificate }: IssuedCertificate, parameters: KesParameters): Fact[] {
  const { period } = expiryOf(parameters, certificate.startPeriod);
  return [
    fact('Counter', grouped(certificate.sequenceNumber)),
    fact('Start period', periodInWords(parameters, certificate.startPeriod)),
    ...(period === undefined
      ? []
      : [fact('First period without it', periodInWords(parameters, period))]),
    code('Hot verification key', hexOf(certificate.hotVerificationKey)),
    code('Signature', hexOf(certificate.signature)),
  ];
}
