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
  | 'body'
  | 'hot-key';

/** What a verdict did not judge. */
export interface NotJudged {
  readonly code: NotJudgedCode;
  /** For people. */
  readonly message: string;
}

// Plain data: a call here would stay in each bundle of the package.
const NETWORK: NotJudged = {
  code: 'network',
  message: 'of which network it is: no header states it',
};

const SLOT_TIME = {
  'no-moment': 'whether the slot has come: no moment was given',
  'no-dates': 'whether the slot has come: the slots of the network have no dates',
} as const;

const VRF: NotJudged = {
  code: 'vrf',
  message: 'the VRF proofs: they need the nonce of the epoch',
};

/** What cannot be seen from a header. */
const NEEDS_THE_LEDGER: readonly NotJudged[] = [
  { code: 'slot-leader', message: 'whether the pool led the slot' },
  { code: 'stake', message: 'the stake of the pool, and whether it is registered' },
  { code: 'certificate-numbers', message: 'the numbers of certificates in the chain before' },
  { code: 'chain', message: 'the chain before' },
  { code: 'body', message: 'the body of the block' },
];

/** What was judged of a header, or of all of several headers. */
export interface JudgedParts {
  /** Whether it was judged that the slot has come, or why not. */
  readonly slotTime: 'judged' | 'no-moment' | 'no-dates';
  /** Whether the VRF proofs were judged. */
  readonly vrf: boolean;
}

/** What was not judged of a header, or of each of several headers. */
export function notJudgedOf({ slotTime, vrf }: JudgedParts): NotJudged[] {
  const all: readonly NotJudged[] = [
    NETWORK,
    ...(slotTime === 'judged'
      ? []
      : [{ code: 'slot-time' as const, message: SLOT_TIME[slotTime] }]),
    ...(vrf ? [] : [VRF]),
    ...NEEDS_THE_LEDGER,
  ];
  // A caller may change what it gets.
  return all.map((each) => ({ ...each }));
}
