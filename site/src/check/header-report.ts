/** The verdict on a header, for a person. */
import {
  absolutePeriod,
  hexOf,
  verdictJson,
  verifyHeader,
  type BlockHeader,
  type HeaderVerdict,
  type KesParameters,
} from '@evolock/cardano-headers';
import { eraName } from '@evolock/cardano-headers/words';
import { sum6Kes } from '@evolock/kes-verify';
import { periodInWords, slotInWords } from './dates.js';
import { doubtOf, networksOf, signedAt, versionAt } from './network.js';
import {
  code,
  counted,
  fact,
  fitsInWords,
  grouped,
  sentenceOf,
  type Check,
  type Fact,
  type FactGroup,
  type Report,
} from './report.js';
import type { Surroundings } from './settings.js';

/** Judges the bytes of a header or a block at a moment. */
export function headerVerdict(
  bytes: Uint8Array,
  { parameters, epochNonce }: Surroundings,
  now: Date,
): HeaderVerdict {
  return verifyHeader(bytes, parameters, { epochNonce, now });
}

/** The verdict with every fact. */
export function headerReport(verdict: HeaderVerdict, now: Date): Report {
  const { header, failures } = verdict;
  if (header === undefined) {
    return {
      tone: 'bad',
      title: 'Not a header',
      sentences: failures.map(({ message }) => sentenceOf(message)),
      checks: [],
      groups: [],
      notJudged: [],
    };
  }
  const doubt = doubtOf(verdict);
  const isElsewhere = doubt !== undefined || isSignedElsewhere(verdict, header);
  const fits = isElsewhere ? networksOf(header, now) : [];
  const bad = failures.filter(({ code }) => code !== 'other-network');
  return {
    ...headlineOf(verdict, bad.length === 0, doubt !== undefined && isOtherNetwork(verdict)),
    sentences: [
      ...(doubt === undefined ? [] : [doubt]),
      ...(isElsewhere ? [fitsInWords(fits)] : []),
      ...verdict.reasons.filter(isOfEra).map(({ message }) => sentenceOf(message)),
      ...bad.map(({ message }) => sentenceOf(message)),
    ],
    networks: fits,
    checks: checksOf(verdict, header),
    // Of another network, slots have other dates.
    groups: groupsOf(
      doubt === undefined ? verdict.parameters : { ...verdict.parameters, anchor: undefined },
      verdict,
      header,
    ),
    json: verdictJson(verdict),
    link: { nonce: verdict.vrf === 'not-checked' ? undefined : verdict.vrf === 'good' },
    notJudged: [
      ...(versionAt(header, verdict.parameters) === undefined ? [versionNotCompared] : []),
      ...verdict.notJudged.map(({ message }) => message),
    ],
  };
}

const versionNotCompared =
  'whether the network had its protocol version at its slot: that is known here for mainnet only, up to epoch 640';

function headlineOf(
  { result, parameters }: HeaderVerdict,
  isSigned: boolean,
  isOther: boolean,
): Pick<Report, 'tone' | 'title'> {
  if (result === 'later-era') return { tone: 'note', title: 'A header of a later era' };
  if (result === 'incomplete')
    return { tone: 'note', title: 'Incomplete: by the clock of this computer, its slot is ahead' };
  if (!isOther)
    return isSigned
      ? { tone: 'good', title: 'Valid: the pool signed this header' }
      : { tone: 'bad', title: 'Not valid' };
  const title = `Not a header of ${parameters.name}`;
  return isSigned ? { tone: 'note', title } : { tone: 'bad', title: `${title}, and not valid` };
}

/** Whether more than the clock speaks against the network. The clock can be wrong. */
function isOtherNetwork({ reasons, failures }: HeaderVerdict): boolean {
  return !reasons.some(isOfClock) || failures.some(({ code }) => code === 'other-network');
}

const isOfClock = ({ code }: HeaderVerdict['reasons'][number]) => code === 'slot-ahead';
const isOfEra = ({ code }: HeaderVerdict['reasons'][number]) => code === 'later-era';

const timeTones = { come: 'good', ahead: 'note', unknown: 'note' } as const;

function timeCheck({ reasons, notJudged }: HeaderVerdict): Check {
  const isUnknown = notJudged.some(({ code }) => code === 'slot-time');
  const state = isUnknown ? 'unknown' : reasons.some(isOfClock) ? 'ahead' : 'come';
  return {
    name: 'Slot',
    tone: timeTones[state],
    sentence: {
      come: 'By the clock of this computer, the slot has come.',
      ahead: 'By the clock of this computer, the slot is more than 300 seconds ahead.',
      unknown: 'Whether it has come is not checked: the slots of this network have no dates.',
    }[state],
  };
}

const tones = { good: 'good', bad: 'bad', 'not-checked': 'note' } as const;

function checksOf(verdict: HeaderVerdict, header: BlockHeader): Check[] {
  const { evolution, vrf } = verdict;
  const period = `KES period ${grouped(verdict.period ?? 0)}`;
  const at = `${period}, evolution ${String(evolution?.difference)}`;
  return [
    {
      name: 'Certificate',
      tone: tones[verdict.certificate],
      sentence: certificateSentence(verdict),
    },
    {
      name: 'Period',
      tone: evolution?.state === 'valid' ? 'good' : 'bad',
      sentence: evolutionSentence(verdict),
    },
    {
      name: 'KES signature',
      tone: tones[verdict.kesSignature],
      sentence: {
        good: `The hot key signed the header at ${at}.`,
        bad: `The hot key did not sign these bytes at ${at}.`,
        'not-checked': `Not checked: the key has no evolution ${String(evolution?.difference)}, of ${period}.`,
      }[verdict.kesSignature].concat(otherEvolution(verdict, header)),
    },
    {
      name: 'VRF proof',
      tone: tones[vrf],
      sentence: {
        good: 'The proof belongs to this slot, to the nonce of the epoch and to the VRF key.',
        bad: 'The proof does not belong to this slot and this nonce of the epoch.',
        'not-checked': 'Not checked: it needs the nonce of the epoch. More options has a field.',
      }[vrf],
    },
    timeCheck(verdict),
    ...(verdict.canonical === true ? [] : [otherEncoding]),
  ];
}

/** At which evolution the key of a good certificate did sign, when it is not the one of the slot. */
function otherEvolution(verdict: HeaderVerdict, header: BlockHeader): string {
  if (verdict.certificate !== 'good' || verdict.kesSignature === 'good') return '';
  const evolution = signedAt(header);
  if (evolution === undefined) {
    const limit = verdict.evolution?.limit;
    const used =
      limit?.setBy === 'network' ? `, of which the network uses ${limit.evolutions}` : '';
    return ` It signed them at none of its ${String(sum6Kes.totalPeriods)} evolutions${used}.`;
  }
  const period = absolutePeriod(header.certificate.startPeriod + evolution);
  return ` It signed them at KES period ${grouped(period)}, evolution ${String(evolution)}.`;
}

/** Whether the key signed at an evolution that the slot has on another network only. */
function isSignedElsewhere({ kesSignature, certificate }: HeaderVerdict, header: BlockHeader) {
  return kesSignature !== 'good' && certificate === 'good' && signedAt(header) !== undefined;
}

function certificateSentence({ certificate, failures }: HeaderVerdict): string {
  if (certificate === 'good')
    return 'The cold key of the pool signed the certificate of the hot key.';
  return failures.some(({ code }) => code === 'certificate-pre-launch-form')
    ? 'The cold key of the pool signed a form of this certificate that no node accepts.'
    : 'The cold key of the pool did not sign this certificate.';
}

const otherEncoding: Check = {
  name: 'Encoding',
  tone: 'note',
  sentence:
    'A node writes this header in other bytes, and the signature is over those. No signature covers the hash of these bytes.',
};

function evolutionSentence({ period, evolution }: HeaderVerdict): string {
  if (evolution === undefined) return '';
  const { state, difference, limit } = evolution;
  const slot = `The slot lies in KES period ${grouped(period ?? 0)}`;
  if (state === 'not-yet') return `${slot}, ${counted(-difference, 'period')} too early.`;
  const owner = limit.setBy === 'network' ? 'The network accepts' : 'The key has';
  return `${slot}: evolution ${String(difference)} of the key. ${owner} 0 to ${limit.evolutions - 1}.`;
}

function groupsOf(
  parameters: KesParameters,
  verdict: HeaderVerdict,
  header: BlockHeader,
): FactGroup[] {
  return [
    { name: 'Block', facts: blockFacts(parameters, header) },
    { name: 'Pool', facts: poolFacts(header) },
    { name: 'Certificate and KES', facts: kesFacts(parameters, verdict, header) },
    { name: 'Signatures and proofs', facts: proofs(header), isFolded: true },
  ];
}

function blockFacts(parameters: KesParameters, header: BlockHeader): Fact[] {
  const { era, leios, shape, previousHash, protocolVersion } = header;
  return [
    fact('Slot', slotInWords(parameters, header.slot)),
    fact('Block number', grouped(header.blockNumber)),
    code('Hash of the header', header.hash),
    previousHash === undefined
      ? fact('Previous block', 'none: this is the first block of the chain')
      : code('Previous block', hexOf(previousHash)),
    fact('Form', era === undefined ? shape : `${shape}, era ${eraName(era)}`),
    fact('Protocol version', `${String(protocolVersion.major)}.${String(protocolVersion.minor)}`),
    fact('Size of the body', counted(header.bodySize, 'byte')),
    code('Hash of the body', hexOf(header.bodyHash)),
    ...(leios === undefined ? [] : leiosFacts(leios)),
  ];
}

function leiosFacts({ certified, announcement }: NonNullable<BlockHeader['leios']>): Fact[] {
  return [
    fact('leios_certified', certified ? 'yes' : 'no'),
    announcement === undefined
      ? fact('leios_announcement', 'none')
      : code('leios_announcement', hexOf(announcement.hash)),
    ...(announcement === undefined
      ? []
      : [fact('Size of what it announces', counted(announcement.size, 'byte'))]),
  ];
}

function poolFacts({ poolId, issuerVerificationKey, vrfVerificationKey }: BlockHeader): Fact[] {
  return [
    code('Pool', poolId.bech32),
    code('Hash of the cold key', poolId.hex),
    code('Cold verification key', hexOf(issuerVerificationKey)),
    code('VRF verification key', hexOf(vrfVerificationKey)),
  ];
}

function kesFacts(
  parameters: KesParameters,
  { evolution, period }: HeaderVerdict,
  { certificate }: BlockHeader,
): Fact[] {
  const left = evolution?.state === 'valid' ? evolution.remainingPeriods : undefined;
  return [
    fact('KES period', period === undefined ? '' : periodInWords(parameters, period)),
    fact('Evolution', String(evolution?.difference)),
    ...(left === undefined ? [] : [fact('Left after it', counted(left, 'KES period'))]),
    fact('Start period', periodInWords(parameters, certificate.startPeriod)),
    fact('Counter', grouped(certificate.sequenceNumber)),
    code('Hot verification key', hexOf(certificate.hotVerificationKey)),
  ];
}

function proofs({ certificate, kesSignature, shape, vrf }: BlockHeader): Fact[] {
  return [
    code('Signature of the certificate', hexOf(certificate.signature)),
    code('KES signature', hexOf(kesSignature)),
    ...vrfFacts(shape, vrf),
  ];
}

function vrfFacts(shape: BlockHeader['shape'], vrf: BlockHeader['vrf']): Fact[] {
  if (shape !== 'TPraos')
    return [
      code('VRF output', hexOf(vrf.leader.output)),
      code('VRF proof', hexOf(vrf.leader.proof)),
    ];
  return [
    code('VRF output, nonce', hexOf(vrf.nonce.output)),
    code('VRF proof, nonce', hexOf(vrf.nonce.proof)),
    code('VRF output, leader', hexOf(vrf.leader.output)),
    code('VRF proof, leader', hexOf(vrf.leader.proof)),
  ];
}
