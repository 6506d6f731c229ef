/** The vectors of block headers, decoded. */
import { readFileSync } from 'node:fs';
import { decoded } from './bytes.js';

/** The parameters of a network: those that `kesParameters` of `@evolock/cardano-headers` takes. */
export interface HeaderNetwork {
  readonly slotsPerKesPeriod: number;
  /** The evolutions of a key that the network accepts. The algorithm, Sum6, has 64. */
  readonly maxKesEvolutions: number;
  /** The first slot of Shelley. There is no header of an earlier one. */
  readonly anchor: {
    readonly slot: number;
    /** When it begins, since 1970. */
    readonly unixMilliseconds: number;
    readonly slotMilliseconds: number;
  };
  /** From this slot on headers have 10 fields or 12, before 15. */
  readonly babbageSlot: number;
}

/** What a verifier gets. */
export interface HeaderInput {
  /** A header, alone, in a block with its era, or as ChainSync sends it. */
  readonly header: Uint8Array;
  readonly network: HeaderNetwork;
  /** 32 bytes. When absent, the proofs of the VRF are not checked. */
  readonly epochNonce?: Uint8Array;
  /** When absent, it is not checked whether the slot has come. */
  readonly now?: Date;
}

/** The verdict on a header. What stands in it besides `result` is compared when an implementation gives it. */
export interface HeaderExpectation {
  readonly result: 'valid' | 'incomplete' | 'invalid' | 'not-a-header';
  /** The codes of all failures. */
  readonly failures: readonly string[];
  /** The codes of what makes a header incomplete. */
  readonly reasons: readonly string[];
  /** Blake2b-256 of the header as it is given, in hexadecimal digits. */
  readonly hash?: string;
  /** Whether a node would write exactly these bytes. */
  readonly canonical?: boolean;
  readonly certificate?: 'good' | 'bad';
  readonly kesSignature?: 'good' | 'bad' | 'not-checked';
  readonly vrf?: 'good' | 'bad' | 'not-checked';
}

/** A header, and the verdict on it. */
export interface HeaderVector {
  /** A unique name. */
  readonly name: string;
  readonly input: HeaderInput;
  readonly expected: HeaderExpectation;
}

interface CaseInFile extends Omit<HeaderInput, 'network' | 'now'> {
  readonly name: string;
  readonly network: 'own' | 'long';
  /** POSIX seconds. */
  readonly now?: number;
  readonly expected: Partial<HeaderExpectation> & Pick<HeaderExpectation, 'result'>;
}

/** `headers.json`: block headers of Cardano, right and wrong, with the verdict of a node as far as a header alone tells it. */
export function headerVectors(): HeaderVector[] {
  const file = new URL('../vectors/headers.json', import.meta.url);
  const { networks, cases } = decoded(JSON.parse(readFileSync(file, 'utf8'))) as {
    readonly networks: Readonly<Record<CaseInFile['network'], HeaderNetwork>>;
    readonly cases: readonly CaseInFile[];
  };
  return cases.map(({ name, expected, network, now, ...input }) => ({
    name,
    input: {
      ...input,
      network: networks[network],
      ...(now === undefined ? {} : { now: new Date(now * 1000) }),
    },
    expected: { failures: [], reasons: [], ...expected },
  }));
}
