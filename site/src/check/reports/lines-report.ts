/** The verdict on several headers: what their lines add up to. */
import type { Line } from '../check.js';
import {
  counted,
  fitsInWords,
  grouped,
  sentenceOf,
  textOf,
  type NetworkName,
  type Report,
  type Tone,
} from './report.js';

/** Why the first header cannot be of the chosen network. */
export interface Doubt {
  readonly network: string;
  readonly sentence: string;
  /** The networks that it fits. */
  readonly fits: readonly NetworkName[];
}

/** Lines, and what is known of all of them. */
export interface Lines {
  readonly lines: readonly Line[];
  /** Blocks of the Byron era. */
  readonly byron: number;
  readonly doubt: Doubt | undefined;
  /** Whether the nonce of the epoch was given. */
  readonly hasNonce: boolean;
  /** Whether the slots of the network have dates. */
  readonly hasDates: boolean;
  readonly isDone: boolean;
}

/** The verdict, which says what of the lines was not judged. */
export function linesReport({ lines, byron, doubt, hasNonce, hasDates, isDone }: Lines): Report {
  const of = (result: Line['result']) => lines.filter((line) => line.result === result).length;
  const valid = of('valid');
  const invalid = of('invalid');
  const incomplete = of('incomplete');
  const later = of('later-era');
  const notHeaders = of('not-a-header');
  const unfinished = of('unfinished');
  const breaks = lines.filter(({ follows }) => follows === false).length;
  const others = of('other-network');
  const headers = valid + invalid + incomplete + later;
  const isOther = doubt !== undefined && others > 0 && headers === 0;
  const count = `${counted(isOther ? others : headers, 'header')}${isDone ? '' : ' so far'}`;
  const rest = [
    incomplete === 0 ? '' : `, ${grouped(incomplete)} incomplete`,
    later === 0 ? '' : `, ${grouped(later)} of a later era`,
  ].join('');
  const title = isOther
    ? `${count}, not of ${doubt.network}`
    : `${count}: ${grouped(valid)} valid, ${grouped(invalid)} not valid${rest}`;
  const remarks: readonly Remark[] = [
    ...(doubt === undefined
      ? []
      : [{ code: 'other-network', sentence: `${doubt.sentence} ${fitsInWords(doubt.fits)}` }]),
    ...said(
      incomplete,
      'slot-ahead',
      `Incomplete: the slot of ${counted(incomplete, 'header')} is ahead of the clock of this computer. Check the network first, then the clock.`,
    ),
    ...said(
      later,
      'later-era',
      `Of ${counted(later, 'header')} of a later era only the certificate and the KES signature were judged.`,
    ),
    ...said(
      isOther ? 0 : others,
      'other-network',
      `Not counted: ${counted(others, 'header')} of another network.`,
    ),
    ...said(
      notHeaders,
      'not-a-header',
      `Not counted: ${counted(notHeaders, 'part')} that cannot be a header.`,
    ),
    ...said(
      unfinished,
      'unfinished',
      'The last block ends too early: it is cut off, or a node has not finished it.',
    ),
    ...said(
      byron,
      undefined,
      `Not checked: ${counted(byron, 'block')} of the Byron era, which has no KES.`,
    ),
    ...(isDone ? linksOf(lines, breaks) : []),
  ];
  const isWhole =
    incomplete + later + others + notHeaders + unfinished + breaks === 0 && doubt === undefined;
  const notJudged = notJudgedOf({ hasNonce, hasDates });
  return {
    tone: toneOf(isDone && headers > 0, invalid, isWhole),
    title,
    sentences: remarks.map(({ sentence }) => sentence),
    networks: doubt?.fits ?? [],
    checks: [],
    groups: [],
    notJudged,
    json: {
      kind: 'headers',
      result: invalid > 0 ? 'invalid' : isWhole && headers > 0 ? 'valid' : 'incomplete',
      reasons: [
        ...(invalid === 0 ? [] : [{ code: 'invalid', message: title }]),
        ...remarks.flatMap(({ code, sentence }) =>
          code === undefined ? [] : [{ code, message: sentence }],
        ),
      ],
      valid,
      invalid,
      incomplete,
      laterEra: later,
      otherNetwork: others,
      notHeaders,
      unfinished,
      byron,
      breaks,
      notJudged,
      headers: lines.map(jsonOfLine),
    },
    link:
      notHeaders + unfinished > 0
        ? undefined
        : {
            nonce:
              hasNonce && lines.length > 0 ? valid + incomplete + later + others > 0 : undefined,
          },
  };
}

/** A sentence on the lines, with a code when it says why not all of them are valid. */
interface Remark {
  readonly code: string | undefined;
  readonly sentence: string;
}

/** The remark, where it is about something. */
function said(count: number, code: string | undefined, sentence: string): Remark[] {
  return count === 0 ? [] : [{ code, sentence }];
}

/** A line as the command has it, of whose members it has the most important. */
function jsonOfLine({ place, result, reasons, slot, block, period, evolution, pool }: Line) {
  const isHeader = slot !== '';
  const results: Partial<Record<Line['result'], string>> = {
    'other-network': 'invalid',
    unfinished: 'not-a-header',
  };
  return {
    kind: 'header',
    offset: place.start,
    result: results[result] ?? result,
    reasons,
    kesPeriod: isHeader ? ungrouped(period) : null,
    evolution: isHeader ? { value: evolution } : null,
    header: isHeader
      ? { slot: ungrouped(slot), blockNumber: ungrouped(block), poolId: pool }
      : null,
  };
}

function ungrouped(digits: string): string {
  return digits.replaceAll(',', '');
}

function notJudgedOf({ hasNonce, hasDates }: Pick<Lines, 'hasNonce' | 'hasDates'>): string[] {
  return [
    'of which network the headers are: no header states it',
    ...(hasDates ? [] : ['whether their slots have come: the slots of this network have no dates']),
    ...(hasNonce
      ? []
      : ['the VRF proofs: they need the nonce of the epoch, for which More options has a field']),
    'whether each pool had the stake to lead its slot',
    'the numbers of the certificates along the chain, and the bodies of blocks: the command kes header verify --bodies checks them',
  ];
}

function toneOf(isJudged: boolean, invalid: number, isWhole: boolean): Tone {
  if (!isJudged) return 'note';
  if (invalid > 0) return 'bad';
  return isWhole ? 'good' : 'note';
}

/** Whether headers name those before them. After a Byron block it is not known. */
function linksOf(lines: readonly Line[], breaks: number): Remark[] {
  const isHeader = ({ result }: Line) =>
    /^(?:valid|invalid|incomplete|later-era|other-network)$/.test(result);
  const links = lines.filter(({ follows }) => follows === true).length;
  const unknown = lines.slice(1).filter(isHeader).length - links - breaks;
  return [
    ...said(
      breaks,
      'missing',
      `Headers that do not name the one before: ${grouped(breaks)}. Some are missing, or the order is another.`,
    ),
    ...said(
      breaks + unknown === 0 ? links : 0,
      undefined,
      'Each header names the one before it: none is missing between them.',
    ),
    ...said(
      Math.max(0, unknown),
      undefined,
      `Whether they name the one before is not known of ${counted(unknown, 'header')}.`,
    ),
  ];
}

/** Why a header of several is not valid; that it is of another network is said of all. */
export function failuresOf({ reasons }: Line): string {
  return reasons
    .filter(({ code }) => code !== 'other-network')
    .map(({ message }) => sentenceOf(message))
    .join(' ');
}

/** The verdict as text, a line for each header. */
export function textOfLines(report: Report, lines: readonly Line[]): string {
  return [
    textOf(report),
    ...lines.map((line) => {
      const { slot, place, result } = line;
      const failures = failuresOf(line);
      return `${slot === '' ? `byte ${place.start}` : `slot ${slot}`}: ${result}${failures === '' ? '' : `. ${failures}`}`;
    }),
    '',
  ].join('\n');
}
