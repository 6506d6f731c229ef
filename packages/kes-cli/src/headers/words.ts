/** Verdicts on headers, for a person. */
import {
  type KesParameters,
  periodOfSlot,
  slot,
  type VerdictJson,
  poolIdHexOf,
  poolIdOf,
} from '@evolock/cardano-headers';
import type {
  Chain,
  DatabaseResult,
  Passed,
  PoolBlocks,
  ReadOptions,
} from '@evolock/cardano-headers/parts';
import { describeVerdict, eraName } from '@evolock/cardano-headers/words';
import { periodsInWords, rangesInWords } from '../certificates/certificate.js';
import type { Answer, Fact, Json, JsonMembers, MarkedLine } from '@evolock/command-line/answer';
import { ExitCode } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { counted, printable, type Style, wrapped } from '@evolock/command-line/text';
import { publicParts } from '../files/read.js';

/** The exit codes of the results of a whole. */
export const EXIT_CODES: Readonly<Record<DatabaseResult, ExitCode>> = {
  valid: ExitCode.valid,
  invalid: ExitCode.invalid,
  incomplete: ExitCode.incomplete,
  unreadable: ExitCode.environment,
};

/** Reads what is no chunk as other commands read public files. */
export function publicReader(session: Session): ReadOptions['parts'] {
  return (path) => publicParts(session, path);
}

export function headerAnswer(source: string, verdict: VerdictJson): Answer {
  const { header, result, reasons, canonical, kesPeriod, evolution } = verdict;
  const why = reasons.map(({ message }) => message).join('; ');
  // The verdict is JSON. Its interfaces have no index signature.
  const json = { source, ...(verdict as unknown as JsonMembers) };
  if (header === null)
    return { result: [{ mark: 'unknown', words: `${source}  not a header: ${why}` }], json };
  if (result === 'incomplete')
    return { result: [{ mark: 'unknown', words: `${source}  incomplete: ${why}` }], json };
  if (result === 'later-era')
    return {
      result: [{ mark: 'unknown', words: `${source}  not judged to the end: ${why}` }],
      json,
    };
  const valid = result === 'valid';
  const form = canonical === true ? '' : ', not canonical';
  const place = `slot ${header.slot}, ${periodsInWords(kesPeriod, evolution?.value ?? '')}`;
  const words = valid ? `${place}, ${header.poolId}${form}` : `NOT valid: ${why}`;
  return { result: [{ valid, words: `${source}  ${words}` }], json };
}

export function passedAnswer({ source: path, result, reason }: Passed): Answer {
  const source = printable(path);
  return {
    result: [{ mark: 'skipped', words: `${source}  ${result.replace('-', ' ')}: ${reason}` }],
    json: { source, kind: 'file', result, reasons: [{ code: result, message: reason }] },
  };
}

const MARKS = { good: 'good', bad: 'bad', note: 'skipped' } as const;

export function headerChecks(verdict: VerdictJson): MarkedLine[] {
  return describeVerdict(verdict).checks.map(({ name, tone, words }) => {
    return { mark: MARKS[tone], words: `${name}: ${words}` };
  });
}

type HeaderJson = Omit<NonNullable<VerdictJson['header']>, 'previousHash' | 'coldVerificationKey'>;

export function headerFacts(
  header: HeaderJson,
  canonical: boolean | null,
  place: readonly Fact[],
  keys: readonly Fact[] = [],
): Fact[] {
  const { certificate, era, leios, shape } = header;
  const other = ': the signature is over another encoding, and this hash is not signed';
  return [
    ['header', header.hash],
    ['encoding', canonical === true ? 'canonical' : `NOT canonical${other}`],
    ['shape', era === null ? shape : `${shape}, era ${eraName(era)}`],
    ['block', header.blockNumber],
    ['slot', header.slot],
    ...place,
    ['pool', header.poolId],
    ...keys,
    ['KES key', certificate.kesVerificationKey],
    [
      'certificate',
      `number ${certificate.sequenceNumber}, from KES period ${certificate.startPeriod}`,
    ],
    ['protocol', header.protocolVersion.join('.')],
    ...(leios === null ? [] : leiosFacts(leios)),
  ];
}

function leiosFacts({ certified, announcement }: NonNullable<HeaderJson['leios']>): Fact[] {
  const announced =
    announcement === null ? 'none' : `${announcement.hash}, ${counted(announcement.size, 'byte')}`;
  return [
    ['leios certified', certified ? 'yes' : 'no'],
    ['leios announcement', announced],
  ];
}

export function verdictFacts({ header, kesPeriod, canonical }: VerdictJson): Fact[] {
  if (header === null) return [];
  return headerFacts(header, canonical, [['KES period', String(kesPeriod)]]);
}

/** A list below its title. */
export function listed(title: string, all: readonly string[], style: Style): string[] {
  if (all.length === 0) return [];
  const lines = all.flatMap((each) =>
    wrapped(each, 76).map((line, at) => (at === 0 ? `  ${line}` : `    ${line}`)),
  );
  return [title, ...lines].map((line) => style.faint(line));
}

/** What a verdict did not judge. */
export function notJudgedLines(
  all: readonly { readonly message: string }[],
  style: Style,
): string[] {
  return listed(
    'NOT judged:',
    all.map(({ message }) => message),
    style,
  );
}

const SHOWN_POOLS = 10;

/** The chain in JSON; `null` when no header of a chunk was valid. */
export function chainJson(chain: Chain, parameters: KesParameters): Json {
  const ends = endsOf(chain, parameters);
  if (ends === undefined) return null;
  const { slots, periods } = ends;
  return {
    firstSlot: slots[0],
    lastSlot: slots[1],
    firstKesPeriod: periods[0],
    lastKesPeriod: periods[1],
    eras: [...chain.eras].map(([era, blocks]) => ({ era, name: eraName(era), blocks })),
    pools: byBlocks(chain).map(([key, pool]) => ({
      poolId: poolIdOf(keyOf(key)),
      poolIdHex: poolIdHexOf(keyOf(key)),
      blocks: pool.blocks,
      firstKesPeriod: periodAt(pool.firstSlot, parameters),
      lastKesPeriod: periodAt(pool.lastSlot, parameters),
      firstEvolution: pool.firstEvolution,
      lastEvolution: pool.lastEvolution,
      sequenceNumber: String(pool.number),
    })),
  };
}

export function chainFacts(chain: Chain, parameters: KesParameters): Fact[] {
  const ends = endsOf(chain, parameters);
  if (ends === undefined) return [];
  const eras = [...chain.eras].map(([era, blocks]) => `${eraName(era)} ${blocks}`);
  return [
    ['slots', ends.slots.join('–')],
    ['KES periods', ends.periods.join('–')],
    ['blocks', eras.join(', ')],
    ['pools', String(chain.pools.size)],
  ];
}

/** The first and the last slot of a chain, and their KES periods. */
function endsOf({ firstSlot, lastSlot }: Chain, parameters: KesParameters) {
  if (firstSlot === undefined || lastSlot === undefined) return undefined;
  const slots = [firstSlot, lastSlot];
  return {
    slots: slots.map(String),
    periods: slots.map((each) => periodAt(each, parameters)),
  };
}

function periodAt(at: bigint, parameters: KesParameters): string {
  return String(periodOfSlot(parameters, slot(at)));
}

export function poolLines(chain: Chain, parameters: KesParameters): string[] {
  const pools = byBlocks(chain);
  const rest = pools.length - SHOWN_POOLS;
  return [
    ...pools
      .slice(0, SHOWN_POOLS)
      .flatMap(([key, pool]) => [
        `    ${poolIdOf(keyOf(key))}`,
        `      ${counted(pool.blocks, 'block')}, ${placesOf(pool, parameters)}, certificate ${pool.number}`,
      ]),
    ...(rest > 0 ? [`    ${counted(rest, 'more pool')}: --json names all`] : []),
  ];
}

/** The KES periods and the evolutions of the blocks of a pool. */
function placesOf(pool: PoolBlocks, parameters: KesParameters): string {
  const { firstSlot, lastSlot, firstEvolution, lastEvolution } = pool;
  return rangesInWords(
    [periodAt(firstSlot, parameters), periodAt(lastSlot, parameters)],
    [firstEvolution, lastEvolution],
  );
}

function byBlocks({ pools }: Chain): [string, PoolBlocks][] {
  return [...pools].sort(([, one], [, other]) => other.blocks - one.blocks);
}

function keyOf(key: string): Uint8Array {
  return new Uint8Array(Buffer.from(key, 'latin1'));
}
