/** What is counted and compared of the headers of a group, in columns, which are cheap to send from a thread. */
import type { HeaderVerifier } from '../header/header-functions.js';
import type { Hash } from '../certificate/certificate.js';
import { headerOfBlock } from '../header/block.js';
import { BODY_FAILURE, bodyFactOf } from '../header/block-body.js';
import type { HeaderVerdict, SignatureFact } from '../header/verdict.js';
import { verdictJson, type VerdictJson } from '../json/header.js';
import { bytesOfHex } from '../hex.js';

/** The results, by their numbers in {@link Facts.results}. `passed-over`: a header that is not asked for. */
export const RESULTS = [
  'valid',
  'invalid',
  'incomplete',
  'later-era',
  'not-a-header',
  'passed-over',
] as const;

/** Whether something is good, by the numbers in {@link Facts.vrfs} and {@link Facts.bodies}. */
export const CHECK_FACTS = ['not-checked', 'good', 'bad'] as const;

/** Bytes of the cold verification key of a pool, and of the hash of a header. */
export const KEY_SIZE = 32;
export const HASH_SIZE = 32;

/** Columns with a place for each header. Of what is not a header only the result has a meaning. */
export interface Facts {
  readonly results: Uint8Array;
  /** 0 when the input does not state it. */
  readonly eras: Uint8Array;
  /** 255 when it is out of range. */
  readonly evolutions: Uint8Array;
  /** By their numbers in {@link CHECK_FACTS}. */
  readonly vrfs: Uint8Array;
  readonly bodies: Uint8Array;
  readonly slots: BigUint64Array;
  readonly blocks: BigUint64Array;
  /** The numbers of the certificates. */
  readonly numbers: BigUint64Array;
  /** The cold verification keys. */
  readonly issuers: Uint8Array;
  readonly hashes: Uint8Array;
  /** Zeros for the first block of a chain. */
  readonly previous: Uint8Array;
}

/** No evolution. */
export const OUT_OF_RANGE = 255;

/** The verdicts of a group. */
export interface GroupVerdicts {
  readonly facts: Facts;
  /** The verdicts to show, with the places of the others empty. */
  readonly shown: readonly (VerdictJson | undefined)[];
}

/** A header, or a block whose body is checked, and the nonce of its epoch, if it is known. */
export interface Judgeable {
  readonly bytes: Uint8Array;
  readonly nonce: Uint8Array | undefined;
}

const INVALID = RESULTS.indexOf('invalid');
const PASSED_OVER = RESULTS.indexOf('passed-over');

/** How the headers of a group are judged. */
export interface GroupOptions {
  /** Whether valid headers are only counted, and not shown. */
  readonly onlyCounted: boolean;
  /** The moment of the verdicts. When absent, it is not checked whether the slots have come. */
  readonly now: Date | undefined;
  /** Blake2b-256, when the bodies of blocks are compared with the hashes in their headers. */
  readonly bodyHash?: Hash | undefined;
}

/** Judges the headers of one group. */
export function judgeGroup(
  verifier: HeaderVerifier,
  headers: readonly Judgeable[],
  { onlyCounted, now, bodyHash }: GroupOptions,
): GroupVerdicts {
  const facts = newFacts(headers.length);
  const shown = headers.map(({ bytes, nonce }, index) => {
    const header = bodyHash && headerOfBlock(bytes);
    const verdict = verifier.verify(header ?? bytes, { epochNonce: nonce, now });
    if (verdict === undefined) {
      facts.results[index] = PASSED_OVER;
      return undefined;
    }
    writeFacts(facts, index, verdict);
    const body = bodyHash && verdict.header && bodyFactOf(bytes, verdict.header, bodyHash);
    if (body !== undefined) facts.bodies[index] = CHECK_FACTS.indexOf(body);
    if (body === 'bad') facts.results[index] = INVALID;
    if (verdict.valid && body !== 'bad' && onlyCounted) return undefined;
    return body === undefined ? verdictJson(verdict) : withBody(verdictJson(verdict), body);
  });
  return { facts, shown };
}

/** A verdict on a header and on the body of its block. */
function withBody(verdict: VerdictJson, body: SignatureFact): VerdictJson {
  if (body === 'not-checked') return { ...verdict, blockBody: body };
  const notJudged = verdict.notJudged.filter(({ code }) => code !== 'body');
  if (body === 'good') return { ...verdict, blockBody: body, notJudged };
  const reasons = [...verdict.reasons, BODY_FAILURE];
  return { ...verdict, blockBody: body, notJudged, reasons, result: 'invalid' };
}

function newFacts(count: number): Facts {
  return {
    results: new Uint8Array(count),
    eras: new Uint8Array(count),
    evolutions: new Uint8Array(count),
    vrfs: new Uint8Array(count),
    bodies: new Uint8Array(count),
    slots: new BigUint64Array(count),
    blocks: new BigUint64Array(count),
    numbers: new BigUint64Array(count),
    issuers: new Uint8Array(count * KEY_SIZE),
    hashes: new Uint8Array(count * HASH_SIZE),
    previous: new Uint8Array(count * HASH_SIZE),
  };
}

function writeFacts(facts: Facts, index: number, verdict: HeaderVerdict): void {
  const { header, evolution, result } = verdict;
  facts.results[index] = RESULTS.indexOf(result);
  if (header === undefined) return;
  facts.eras[index] = header.era ?? 0;
  facts.evolutions[index] = evolution?.state === 'valid' ? evolution.evolution : OUT_OF_RANGE;
  facts.vrfs[index] = CHECK_FACTS.indexOf(verdict.vrf);
  facts.slots[index] = header.slot;
  facts.blocks[index] = header.blockNumber;
  facts.numbers[index] = header.certificate.sequenceNumber;
  facts.issuers.set(header.issuerVerificationKey, index * KEY_SIZE);
  facts.hashes.set(bytesOfHex(header.hash) ?? [], index * HASH_SIZE);
  if (header.previousHash !== undefined) facts.previous.set(header.previousHash, index * HASH_SIZE);
}
