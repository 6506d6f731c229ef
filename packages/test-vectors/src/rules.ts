/** The rule that a case is about, by what its entry in the vectors is called. Cases of one rule have one cause. */
import type { VectorLocation } from './errors.js';

/** Patterns of names, each with its rule. The first that matches counts. */
type Rules = readonly (readonly [pattern: RegExp, rule: string])[];

/** Of keys, signatures and proofs. */
const RULES: Rules = [
  [/^forger's leaf/, "a forger's leaf below the path of the key"],
  [/^thief of/, 'a signature of the past by a later leaf'],
  [/^first leaf/, 'a signature of a later period by the first leaf'],
  [/^forger's (?:path|half)/, "a forger's path"],
  [/^forger's key/, 'another verification key'],
  [/^forger's R for S = 0/, "a forger's R, for a response of 0"],
  [/^forger's R/, "a forger's R, computed last"],
  [/^key computed/, 'a key that was computed from a signature'],
  [/^signature over R/, 'a signature whose challenge is the hash of R'],
  [/^signature over what/, 'a message that goes on behind a zero byte'],
  [/^signature over no/, 'a message that begins with a zero byte'],
  [/^forger's Γ, a multiple/, "a forger's proof"],
  [/^forger's Γ, the hashed/, "a forger's proof, of the hashed point itself"],
  [/^prover's second/, 'a second output of one key and message'],
  [/stated|little endian/, 'another period stated than that of the key'],
  [/^period |^last period plus/, 'a period that does not exist'],
  [/^neighbouring period/, 'a signature of a neighbouring period'],
  [/^wrong half/, 'a signature of the other half of a level'],
  [/message/, 'another message'],
  [/small order/, 'a point of small order'],
  [/mixed order|torsion part/, 'a point with a torsion part'],
  [/not below L|highest bit/, 'a response that is not below the order of the group'],
  [/no point/, 'bytes that are no point'],
  [/^signature of (?:s|compactS)um|of the other algorithm/, 'bytes of another algorithm'],
  [
    /^truncated|^extended|^signature (?:trunc|ext|empty|without)|^empty|key truncated/,
    'a wrong length',
  ],
  [/^byte changed|zeroed$|^leaf of|^nothing but|^verification keys of/, 'a tampered key'],
  [/swapped|outermost first/, 'verification keys in another order'],
  [/^verification key (?:with a bit|of|negated)/, 'another verification key'],
  [/flipped (?:in|behind)|sign of x|response of|all zeroes|announcement of/, 'changed bytes'],
];

/** Of block headers. */
const HEADER_RULES: Rules = [
  [/stranger put/, "a stranger's KES key in a certificate"],
  [/than the one that was signed/, 'a changed certificate'],
  [/evolution after/, 'a KES signature of the evolution after'],
  [/^evolution 64, where/, 'an evolution that the algorithm does not have'],
  [/(?:^evolution|expired).*without a KES/, 'an expired certificate, without a KES signature'],
  [/before the start.*without/, 'a certificate that starts later, without a KES signature'],
  [/VRF output/, 'a VRF output that is not that of its proof'],
  [/seconds ahead/, 'a slot that is ahead'],
];

/** Of sealed logs and of proofs of entries. */
const LOG_RULES: Rules = [
  [/^[\w-]+(?:, with hashes)?$/, 'a log as it was made'],
  [/^a changed (?:time|size|flag)/, 'a changed field of a seal'],
  [/small order/, 'a point of small order'],
  [/^a bit of|with a cofactor/, 'a changed signature'],
  [/^a signature (?:one|that makes|of no)/, 'a signature of another length'],
  [/stranger signed/, 'a chain that a stranger signed'],
  [/end.*stranger's material/, 'a successor behind an end'],
  [/stranger's material/, 'a successor without its flag'],
  [/chain whose signature/, 'a chain whose signature does not hold'],
  [/^a chain with a successor.* first/, 'a successor in a chain, with another first number'],
  [/successor.* first number/, 'a successor with another first number'],
  [/number beyond the key/, "a number beyond the key's last"],
  [/number below (?:the key's|its) first/, "a number below the key's first"],
  [/blank with another byte/, 'a blank with another byte, accepted'],
  [
    /^(?:an? (?:changed|inserted|removed)|the first) entry|^two (?:changed )?entries/,
    'other entries',
  ],
  [/^an erased entry|^erased entries/, 'erased entries'],
];

/** Of a file: what an entry has before the reason, such as the log of a proof, and the rules. */
const OF_FILES: Readonly<Record<string, readonly [prefix: RegExp, rules: Rules]>> = {
  'headers.json': [/^\d+ fields[:,] /, HEADER_RULES],
  'sealed-logs.json': [/^[\w-]+: /, LOG_RULES],
};

const OF_OTHERS = [/^(?:leaf|Praos\w+ (?:refuses|accepts)): /, RULES] as const;

/**
 * The rule that a case is about; for an entry that no table has, the entry with `…` for numbers. `undefined` when a case is
 * about several things.
 */
export function ruleOf({ file, entry }: VectorLocation): string | undefined {
  if (entry === undefined) return undefined;
  const [prefix, rules] = OF_FILES[file] ?? OF_OTHERS;
  const reason = entry.replace(prefix, '');
  return rules.find(([pattern]) => pattern.test(reason))?.[1] ?? reason.replace(/\b\d+\b/g, '…');
}
