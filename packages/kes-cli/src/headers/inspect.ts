/** The content of headers, which are not verified. */
import { HeaderError, hexOf, parseHeader, type BlockHeader } from '@evolock/cardano-kes';
import { nameOfCut, readHeaders, type CutGroup, type Passed } from '@evolock/cardano-kes/database';
import { ExitCode } from '../cli/errors.js';
import type { Answer, Fact, JsonMembers } from '../cli/answer.js';
import type { Session } from '../cli/session.js';
import { counted, printable } from '../cli/text.js';
import { passedAnswer, publicReader } from './words.js';

/** The headers of paths, as `kes header verify` finds them. The last answer is the summary. */
export async function* inspectHeaders(
  session: Session,
  paths: readonly string[],
): AsyncGenerator<Answer, void, void> {
  const counts: Found = {
    headers: 0,
    notHeaders: 0,
    notJudged: 0,
    notRead: 0,
    skipped: 0,
    byron: 0,
  };
  for await (const group of readHeaders(paths, { parts: publicReader(session) })) {
    if ('passed' in group) {
      const { passed } = group;
      const name = COUNTED[passed.result];
      if (name !== undefined) counts[name] += passed.count ?? 1;
      yield passedAnswer(passed);
    } else
      for (const answer of inspected(group)) {
        counts['facts' in answer ? 'headers' : 'notHeaders'] += 1;
        yield answer;
      }
  }
  yield summaryOf(counts);
}

function* inspected({ source, cuts }: CutGroup): Generator<Answer, void, void> {
  for (const cut of cuts) {
    const name = printable(nameOfCut(source, cut));
    try {
      const header = parseHeader(cut.bytes);
      yield {
        result: `${name}: header, not verified`,
        facts: contentFacts(header),
        json: { source: name, result: 'header', ...contentJson(header) },
      };
    } catch (error) {
      if (!(error instanceof HeaderError)) throw error;
      const message = cut.problem ?? error.message;
      yield {
        result: [{ mark: 'unknown', words: `${name}  not a header: ${message}` }],
        json: { source: name, result: 'not-a-header', failures: [{ code: 'malformed', message }] },
      };
    }
  }
}

/** The names are those of a verdict. */
function contentJson(header: BlockHeader): JsonMembers {
  const { certificate, previousHash, protocolVersion, poolId } = header;
  return {
    canonical: header.canonical,
    header: {
      shape: header.shape,
      era: header.era ?? null,
      hash: header.hash,
      blockNumber: String(header.blockNumber),
      slot: String(header.slot),
      previousHash: previousHash === undefined ? null : hexOf(previousHash),
      coldVerificationKey: hexOf(header.issuerVerificationKey),
      poolId: { hex: poolId.hex, bech32: poolId.bech32 },
      vrfVerificationKey: hexOf(header.vrfVerificationKey),
      bodySize: Number(header.bodySize),
      bodyHash: hexOf(header.bodyHash),
      protocolVersion: [String(protocolVersion.major), String(protocolVersion.minor)],
      certificate: {
        kesVerificationKey: hexOf(certificate.hotVerificationKey),
        sequenceNumber: String(certificate.sequenceNumber),
        startPeriod: String(certificate.startPeriod),
        signature: hexOf(certificate.signature),
      },
      kesSignature: hexOf(header.kesSignature),
    },
  };
}

function contentFacts(header: BlockHeader): Fact[] {
  const { certificate, era, shape, previousHash, protocolVersion } = header;
  const { major, minor } = protocolVersion;
  return [
    ['header', header.hash],
    ['encoding', header.canonical ? 'canonical' : 'NOT canonical'],
    ['shape', era === undefined ? shape : `${shape}, era ${era}`],
    ['block', String(header.blockNumber)],
    ['slot', String(header.slot)],
    ['previous', previousHash === undefined ? 'none: the first block' : hexOf(previousHash)],
    ['pool', header.poolId.bech32],
    ['cold key', hexOf(header.issuerVerificationKey)],
    ['VRF key', hexOf(header.vrfVerificationKey)],
    ['body', `${counted(header.bodySize, 'byte')}, hash ${hexOf(header.bodyHash)}`],
    ['KES key', hexOf(certificate.hotVerificationKey)],
    [
      'certificate',
      `number ${certificate.sequenceNumber}, from KES period ${certificate.startPeriod}`,
    ],
    ['protocol', `${major}.${minor}`],
  ];
}

/** What was found. */
interface Found {
  headers: number;
  notHeaders: number;
  notJudged: number;
  notRead: number;
  skipped: number;
  byron: number;
}

function summaryOf(found: Found): Answer {
  const exitCode = exitCodeOf(found);
  return {
    exitCode,
    json: { summary: { exitCode, ...found } },
    after: (style) => [style.faint(`${counted(found.headers, 'header')}, not verified`)],
  };
}

/** Nothing is verified here, so a missing chunk is only said. */
const COUNTED: Readonly<Partial<Record<Passed['result'], keyof Found>>> = {
  byron: 'byron',
  skipped: 'skipped',
  'not-judged': 'notJudged',
  'not-read': 'notRead',
};

function exitCodeOf({ headers, notHeaders, notJudged, notRead }: Found): ExitCode {
  if (notHeaders + notJudged > 0) return ExitCode.unrecognised;
  if (notRead > 0) return ExitCode.environment;
  return headers > 0 ? ExitCode.valid : ExitCode.unrecognised;
}
