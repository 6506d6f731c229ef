/** Checks an input, and tells what it found, step by step. */
import {
  hexOf,
  headerItems,
  HeaderItems,
  headerVerifier,
  type BlockHeader,
  type HeaderItem,
  type HeaderResult,
  type HeaderVerdict,
} from '@evolock/cardano-headers';
import { certificateReport, envelopeOf, isCertificate } from './reports/certificate-report.js';
import { filesReport } from './reports/files-report.js';
import { headerReport, headerVerdict } from './reports/header-report.js';
import type { Given } from './input/input.js';
import type { Doubt } from './reports/lines-report.js';
import { logReport, proofReport, type Turn } from './reports/log-report.js';
import { doubtOf, networksOf } from './reports/network.js';
import { grouped, type Report } from './reports/report.js';
import {
  acceptedOf,
  revokedFromOf,
  SettingsError,
  surroundings,
  type Settings,
  type Surroundings,
} from './settings.js';

/** What can be checked. */
export type Checkable = Extract<Given, { kind: 'envelopes' | 'cbor' | 'log' | 'proof' }>;

/** One header of several. */
export interface Line {
  readonly place: { readonly start: number; readonly end: number };
  /** `other-network`: of another network, and nothing else is wrong; `incomplete`: its slot is ahead of the clock. `unfinished`: a block that ends too early, at the end. */
  readonly result: HeaderResult | 'other-network' | 'unfinished';
  /** Whether it names the header before it, and has a later slot; `undefined` when that is not known. */
  readonly follows: boolean | undefined;
  readonly slot: string;
  readonly block: string;
  /** The KES period. */
  readonly period: string;
  readonly evolution: string;
  readonly pool: string;
  /** All failures, and then why it is not judged to the end. */
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
}

/** A step of a check. */
export type Step =
  /** Of a `request`, nothing is wrong: the verifier key, or the entry of a proof, is still missing. */
  | { readonly kind: 'problem' | 'request'; readonly sentence: string }
  | { readonly kind: 'report'; readonly report: Report }
  | {
      readonly kind: 'lines';
      readonly lines: readonly Line[];
      /** Blocks of the Byron era, which have no KES, among the items of this step. */
      readonly byron: number;
      /** Why the first header cannot be of the network. */
      readonly doubt: Doubt | undefined;
      /** Bytes done, of `total`. */
      readonly done: number;
      readonly total: number;
    };

/**
 * Headers of a step, some 1.5 ms each: one KES signature, since a certificate is verified once. The Ed25519 of a browser takes
 * a tenth. It is not used: it answers later, while KES is verified in one call, and each engine has rules of its own for
 * points of small order and for encodings that are not canonical.
 */
const STEP = 16;

const NO_KEY =
  'Paste the verifier key of the log into its field. It comes from elsewhere, and never from beside the log.';

const NO_ENTRY =
  'Paste the entry that the proof is about into its field, as it stands in the log, or drop it as a file. An empty line is an empty file.';

/**
 * Checks an input. Several headers give lines, anything else gives a report.
 *
 * @param now - The moment at which a header and the life of a certificate are judged.
 * @param turn - Called between parts of a log.
 */
export async function* check(
  input: Checkable,
  settings: Settings,
  now: Date,
  turn: Turn,
): AsyncGenerator<Step, void, void> {
  try {
    if (input.kind === 'cbor') yield* checkBytes(input.bytes, surroundings(settings), now);
    else if (input.kind !== 'envelopes' && settings.verifierKey.trim() === '')
      yield { kind: 'request', sentence: requestOf(input) };
    else if (input.kind === 'proof' && input.entry === undefined && settings.entry === '')
      yield { kind: 'request', sentence: NO_ENTRY };
    else yield { kind: 'report', report: await reportOn(input, settings, now, turn) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    yield { kind: 'problem', sentence: error.message };
  }
}

function requestOf(input: Extract<Checkable, { kind: 'log' | 'proof' }>): string {
  const { notUsed = [] } = input.kind === 'log' ? input : {};
  return [...notUsed, NO_KEY].join(' ');
}

function reportOn(
  input: Exclude<Checkable, { kind: 'cbor' }>,
  settings: Settings,
  now: Date,
  turn: Turn,
): Report | Promise<Report> {
  if (input.kind === 'envelopes')
    return filesReport(input.texts, surroundings(settings).parameters, now);
  const { entry } = settings;
  const key = { verifierKey: settings.verifierKey.trim(), isOfLink: settings.isKeyOfLink };
  return input.kind === 'log'
    ? logReport(input, key, { now, ...acceptedOf(settings) }, turn)
    : proofReport(input, entry, key, revokedFromOf(settings));
}

function* checkBytes(
  bytes: Uint8Array,
  around: Surroundings,
  now: Date,
): Generator<Step, void, void> {
  const [first] = headerItems(bytes);
  if (first !== undefined && first.size < bytes.byteLength) {
    yield* checkMany(bytes, around, now);
    return;
  }
  const report = isCertificate(bytes)
    ? certificateReport(envelopeOf(bytes), around.parameters, now)
    : headerReport(headerVerdict(bytes, around, now), now);
  yield { kind: 'report', report };
}

function* checkMany(
  bytes: Uint8Array,
  around: Surroundings,
  now: Date,
): Generator<Step, void, void> {
  let lines: Line[] = [];
  let byron = 0;
  let done = 0;
  let before: BlockHeader | undefined;
  let doubt: Doubt | undefined;
  const total = bytes.byteLength;
  const verifier = headerVerifier(around.parameters);
  for (const { item, isUnfinished } of itemsIn(bytes)) {
    const { kind, offset: start, size } = item;
    const end = kind === 'rest' ? total : start + size;
    if (kind === 'byron') {
      byron += 1;
      before = undefined;
    } else {
      // All headers are wanted, so each has a verdict.
      const verdict = verifier.verify(item.bytes, { epochNonce: around.epochNonce, now });
      if (verdict === undefined) continue;
      const result = isUnfinished ? 'unfinished' : resultOf(verdict);
      if (start === 0) doubt = doubtIn(verdict, now);
      lines.push({ place: { start, end }, result, ...lineOf(verdict, before) });
      before = verdict.header;
    }
    done = end;
    if (lines.length + byron < STEP) continue;
    yield { kind: 'lines', lines, byron, doubt, done, total };
    lines = [];
    byron = 0;
  }
  yield { kind: 'lines', lines, byron, doubt, done, total };
}

/** All items. The end of the input can leave the last one unfinished. */
function* itemsIn(bytes: Uint8Array): Generator<{ item: HeaderItem; isUnfinished: boolean }> {
  const cutter = new HeaderItems();
  for (const item of cutter.add(bytes)) yield { item, isUnfinished: false };
  for (const item of cutter.end()) yield { item, isUnfinished: true };
}

function doubtIn(verdict: HeaderVerdict, now: Date): Doubt | undefined {
  const { header, parameters } = verdict;
  const sentence = doubtOf(verdict);
  if (header === undefined || sentence === undefined) return undefined;
  return { network: parameters.name, sentence, fits: networksOf(header, now) };
}

const isOfNetwork = ({ code }: HeaderVerdict['failures'][number]) => code !== 'other-network';

function resultOf({ result, failures }: HeaderVerdict): Line['result'] {
  return result === 'invalid' && !failures.some(isOfNetwork) ? 'other-network' : result;
}

function lineOf(
  { header, period, evolution, failures, reasons }: HeaderVerdict,
  before: BlockHeader | undefined,
) {
  return {
    follows: header && before && isNext(header, before),
    slot: header === undefined ? '' : grouped(header.slot),
    block: header === undefined ? '' : grouped(header.blockNumber),
    period: period === undefined ? '' : grouped(period),
    evolution: evolution === undefined ? '' : String(evolution.difference),
    pool: header?.poolId ?? '',
    reasons: [...failures, ...reasons],
  };
}

function isNext({ slot, previousHash }: BlockHeader, before: BlockHeader): boolean {
  return previousHash !== undefined && hexOf(previousHash) === before.hash && slot > before.slot;
}
