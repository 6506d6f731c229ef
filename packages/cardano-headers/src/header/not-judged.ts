/** What makes a block valid, and a verdict on its header does not judge. */

/** What a verdict did not judge, for programs. */
export type NotJudgedCode =
  | 'network'
  | 'slot-time'
  | 'vrf'
  | 'slot-leader'
  | 'stake'
  | 'certificate-numbers'
  | 'chain'
  | 'body';

/** What a verdict did not judge. */
export interface NotJudged {
  readonly code: NotJudgedCode;
  /** For people. */
  readonly message: string;
}

function notJudged(code: NotJudgedCode, message: string): NotJudged {
  return Object.freeze({ code, message });
}

const NETWORK = notJudged('network', 'of which network it is: no header states it');

const SLOT_TIME = {
  'no-moment': notJudged('slot-time', 'whether the slot has come: no moment was given'),
  'no-dates': notJudged(
    'slot-time',
    'whether the slot has come: the slots of the network have no dates',
  ),
} as const;

const VRF = notJudged('vrf', 'the VRF proofs: they need the nonce of the epoch');

/** What cannot be seen from a header. */
const NEEDS_THE_LEDGER: readonly NotJudged[] = Object.freeze([
  notJudged('slot-leader', 'whether the pool led the slot'),
  notJudged('stake', 'the stake of the pool, and whether it is registered'),
  notJudged('certificate-numbers', 'the numbers of certificates in the chain before'),
  notJudged('chain', 'the chain before'),
  notJudged('body', 'the body of the block'),
]);

/** What was judged of a header, or of all of several headers. */
export interface JudgedParts {
  /** Whether it was judged that the slot has come, or why not. */
  readonly slotTime: 'judged' | 'no-moment' | 'no-dates';
  /** Whether the VRF proofs were judged. */
  readonly vrf: boolean;
}

/** What was not judged of a header, or of each of several headers. */
export function notJudgedOf({ slotTime, vrf }: JudgedParts): NotJudged[] {
  return [
    NETWORK,
    ...(slotTime === 'judged' ? [] : [SLOT_TIME[slotTime]]),
    ...(vrf ? [] : [VRF]),
    ...NEEDS_THE_LEDGER,
  ];
}
