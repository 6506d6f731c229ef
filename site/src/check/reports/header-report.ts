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
import { describeVerdict, eraName, type VerdictDescription } from '@evolock/cardano-headers/words';
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
import type { Surroundings } from '../settings.js';

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
  const described = describeVerdict(verdict);
  if (header === undefined) {
    return {
      tone: described.tone,
      title: sentenceOf(described.title, ''),
      sentences: described.reasons.map((each) => sentenceOf(each)),
      checks: [],
      groups: [],
      notJudged: [],
      json: verdictJson(verdict),
    };
  }
  const doubt = doubtOf(verdict);
  const isElsewhere = doubt !== undefined || isSignedElsewhere(verdict, header);
  const fits = isElsewhere ? networksOf(header, now) : [];
  const bad = failures.filter(({ code }) => code !== 'other-network');
  return {
    ...headlineOf(verdict, described, doubt),
    sentences: [
      ...(doubt === undefined ? [] : [doubt]),
      ...(isElsewhere ? [fitsInWords(fits)] : []),
      ...verdict.reasons.filter(isOfEra).map(({ message }) => sentenceOf(message)),
      ...bad.map(({ message }) => sentenceOf(message)),
    ],
    networks: fits,
    checks: checksOf(verdict, described, header),
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
      ...described.notJudged,
    ],
  };
}

const versionNotCompared =
  'whether the network had its protocol version at its slot: that is known here for mainnet only, up to epoch 640';

const isOfEra = ({ code }: HeaderVerdict['reasons'][number]) => code === 'later-era';

/** A protocol version of another network is no failure of a header. */
function headlineOf(
  { result, failures, parameters }: HeaderVerdict,
  { tone, title }: VerdictDescription,
  doubt: string | undefined,
): Pick<Report, 'tone' | 'title'> {
  const isKnown =
    failures.some(({ code }) => code === 'other-network') ||
    result === 'incomplete' ||
    result === 'later-era';
  if (doubt === undefined || isKnown) return { tone, title: sentenceOf(title, '') };
  const isSigned = result === 'valid';
  return {
    tone: isSigned ? 'note' : 'bad',
    title: `Not a header of ${parameters.name}${isSigned ? '' : ', and not valid'}`,
  };
}

function checksOf(
  verdict: HeaderVerdict,
  { checks }: VerdictDescription,
  header: BlockHeader,
): Check[] {
  const more: Readonly<Record<string, string>> = {
    'KES signature': otherEvolution(verdict, header),
    'VRF proof': verdict.vrf === 'not-checked' ? ' More options has a field.' : '',
  };
  return checks.map(({ name, tone, words }) => ({
    name: sentenceOf(name, ''),
    tone,
    sentence: `${sentenceOf(words)}${more[name] ?? ''}`,
  }));
}

/** At which evolution the key of a good certificate did sign, when it is not the one of the slot. */
function otherEvolution(verdict: HeaderVerdict, header: BlockHeader): string {
  if (verdict.certificate !== 'good' || verdict.kesSignature === 'good') return '';
  const evolution = signedAt(header);
  if (evolution === undefined) {
    const limit = verdict.evolution?.limit;
    const used =
      limit?.setBy === 'network' ? `, of which the network uses ${limit.evolutions}` : '';
    return ` It signed the header at none of its ${String(sum6Kes.totalPeriods)} evolutions${used}.`;
  }
  const period = absolutePeriod(header.certificate.startPeriod + evolution);
  return ` It signed the header at KES period ${grouped(period)}, evolution ${String(evolution)}.`;
}

/** Whether the key signed at an evolution that the slot has on another network only. */
function isSignedElsewhere({ kesSignature, certificate }: HeaderVerdict, header: BlockHeader) {
  return kesSignature !== 'good' && certificate === 'good' && signedAt(header) !== undefined;
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

function poolFacts({
  poolId,
  poolIdHex,
  issuerVerificationKey,
  vrfVerificationKey,
}: BlockHeader): Fact[] {
  return [
    code('Pool', poolId),
    code('Hash of the cold key', poolIdHex),
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
