/**
 * What is on chain, and who says so: a person, by a number or `none`; a request; or a file of cardano-cli with what a node says.
 * A file is believed when it is about the pool, its slot fits the clock of the network, and its number can be right beside the
 * certificates that are here. It does not name its network, so a slot that does not fit may be one of another network.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  dateOfSlot,
  type KesParameters,
  networkNamed,
  networkNames,
  slot as slotOf,
  type Slot,
  poolIdHexOf,
  poolIdOf,
} from '@evolock/cardano-headers';
import { type LastOnChain } from '@evolock/cardano-headers/certificates';
import type { Terms } from '@evolock/command-line/command';
import { CommandError, invalid, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, shellWord, sourceName, STDIN } from '@evolock/command-line/text';
import { ifPossible } from '../errors.js';
import { readPublic } from '../files/read.js';
import {
  DAY,
  durationInWords,
  HOUR,
  MINUTE,
  type NetworkMoment,
  timeInWords,
} from '../network/clock.js';

export interface OnChainOptions {
  readonly onChain?: string | undefined;
}

export const ON_CHAIN: Terms = {
  text: `
    --on-chain <number|none|file>  the number of the pool's last certificate on chain, none, or the file of cardano-cli query protocol-state --out-file (or of query kes-period-info)`,
};

export const STATE_ON_CHAIN =
  'State what is on chain by --on-chain: a number, none, or a file of cardano-cli query protocol-state';

/** What is on chain, and who says so. */
export interface OnChain {
  readonly last: LastOnChain;
  /** Begins a sentence about it: `you state that `. */
  readonly says: string;
  /** Of a file: the moment of what the node said. */
  readonly date?: Date;
  /** Of a file: how to ask the node again. */
  readonly asking?: string;
  /** Of a file: without the name of a pool it is about one certificate, and is believed beside that one alone. */
  readonly namesPool?: boolean;
  /** Whether it was stated on another machine. No command contains its number then. */
  readonly isFromElsewhere?: boolean;
}

export type NumberedCertificate = Readonly<Record<'sequenceNumber' | 'startPeriod', bigint>>;

interface ChainSubject {
  /** The certificate in use and, at the end of a rotation, the new one. */
  readonly certificates: readonly NumberedCertificate[];
  /** That of the pool, 32 bytes; `undefined` when it is unknown. */
  readonly coldVerificationKey: Uint8Array | undefined;
  /** `undefined` when no network is named: then a file cannot be dated, and is refused. */
  readonly at: NetworkMoment | undefined;
  /** Whether a rotation ends by it: a key is erased, or that of an agent is replaced. */
  readonly isEnd?: boolean;
}

/** What is on chain by the option; `undefined` without it. What a person types is believed, and named as such. */
export async function onChainOf(
  session: Session,
  { onChain: text }: OnChainOptions,
  subject: ChainSubject,
): Promise<OnChain | undefined> {
  if (text === undefined) return undefined;
  const says = 'you state that ';
  if (text === 'none') return { last: text, says };
  const wrong = (words: string): CommandError => usage(`--on-chain ${sourceName(text)}: ${words}`);
  if (/^[0-9]+$/.test(text)) {
    if (BigInt(text) < 1n << 64n) return { last: BigInt(text), says };
    throw wrong('it is not a whole number below 2^64');
  }
  if (text !== STDIN && !existsSync(text))
    throw wrong('it is not a whole number, not none, and not a file');
  const { at } = subject;
  if (at === undefined) {
    throw wrong(
      'a file is dated by the clock of its network, and none is named here: name it (--network <name>), or give the number, or none',
    );
  }
  const content = await readPublic(session, text, LARGEST_FILE);
  return new NodeFile(text, subject, at).onChainIn(content);
}

/** Bytes. The numbers of all pools of mainnet take some 300,000. */
const LARGEST_FILE = 16_777_216;

interface NodeSays {
  readonly last: LastOnChain;
  readonly slot: Slot;
  readonly namesPool: boolean;
}

/** How old a file may be, and how far ahead of the clock, in milliseconds. */
interface Limits {
  readonly oldest: number;
  readonly inWords: string;
  readonly ahead: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** A file of cardano-cli, with what it is compared with. */
class NodeFile {
  readonly #path: string;
  readonly #name: string;
  readonly #subject: ChainSubject;
  readonly #at: NetworkMoment;

  constructor(path: string, subject: ChainSubject, at: NetworkMoment) {
    this.#path = path;
    this.#name = sourceName(path);
    this.#subject = subject;
    this.#at = at;
  }

  onChainIn(content: Uint8Array): OnChain {
    const { last, slot, namesPool } = this.#read(content);
    const date = this.#checkDate(slot);
    this.#checkNumber(last);
    const unnamed = namesPool ? '' : ', which names no pool,';
    const says = `${this.#name} of ${timeInWords(date)}${unnamed} says that `;
    return { last, says, date, asking: this.#asking(), namesPool };
  }

  #read(content: Uint8Array): NodeSays {
    try {
      const fields = JSON.parse(Buffer.from(content).toString('utf8')) as Fields;
      return Object.hasOwn(fields, 'oCertCounters')
        ? this.#protocolState(fields)
        : this.#periodInfo(fields);
    } catch (cause) {
      if (cause instanceof CommandError) throw cause;
      const words =
        'it is not what cardano-cli query protocol-state or kes-period-info writes with --out-file: give that file, the number, or none';
      throw this.#refusal(words, cause);
    }
  }

  /** Of `query protocol-state`. A pool that is absent has no certificate on chain. */
  #protocolState({ oCertCounters: counters, lastSlot }: Fields): NodeSays {
    const isOfPools = Object.keys(counters as Fields).every((pool) => /^[0-9a-f]{56}$/.test(pool));
    if (typeof counters !== 'object' || Array.isArray(counters) || !isOfPools)
      throw new TypeError('counters');
    if (Object.keys(counters as Fields).length === 0) {
      throw this.#refusal(
        'it has the number of no pool, as of a node that is not in sync: give the number, or none',
      );
    }
    const { coldVerificationKey: key } = this.#subject;
    if (key === undefined) {
      throw usage(
        `--on-chain ${this.#name}: it has the numbers of all pools, and no pool is named here: name it (--cold-vkey <key>), or give the number, or none`,
      );
    }
    const pool = poolIdHexOf(key);
    return {
      last: Object.hasOwn(counters as Fields, pool) ? wholeOf((counters as Fields)[pool]) : 'none',
      slot: slotOf(wholeOf(lastSlot)),
      namesPool: true,
    };
  }

  /** Of `query kes-period-info`. It names no pool, so it has to be about one of the certificates. */
  #periodInfo(fields: Fields): NodeSays {
    const last = fields['qKesNodeStateOperationalCertificateNumber'];
    const remaining = fields['qKesRemainingSlotsInKesPeriod'];
    const onDisk = wholeOf(fields['qKesOnDiskOperationalCertificateNumber']);
    const start = wholeOf(fields['qKesStartKesInterval']);
    const end = wholeOf(fields['qKesEndKesInterval']);
    const period = wholeOf(fields['qKesCurrentKesPeriod']);
    const slotsPerPeriod = wholeOf(fields['qKesSlotsPerKesPeriod']);
    const evolutions = wholeOf(fields['qKesMaxKESEvolutions']);
    this.#checkParameters(slotsPerPeriod, evolutions);
    this.#checkCertificate(onDisk, start);
    if (remaining === null) {
      throw this.#refusal(
        `it states no slot, since its certificate is not valid at KES period ${period}, so its age is unknown. ${this.#asking()}`,
      );
    }
    const slot = slotOf(end * slotsPerPeriod - wholeOf(remaining));
    if (slot / slotsPerPeriod !== period) throw new TypeError('period');
    return { last: last === null ? 'none' : wholeOf(last), slot, namesPool: false };
  }

  #checkParameters(slotsPerPeriod: bigint, evolutions: bigint): void {
    const { name, slotsPerKesPeriod, maxKesEvolutions } = this.#at.parameters;
    if (slotsPerPeriod === slotsPerKesPeriod && evolutions === BigInt(maxKesEvolutions)) return;
    throw this.#refusal(
      `it is of another network than ${printable(name)}: it states ${slotsPerPeriod} slots a KES period and ${evolutions} evolutions`,
    );
  }

  #checkCertificate(onDisk: bigint, start: bigint): void {
    const { certificates } = this.#subject;
    const isOfOne = certificates.some(
      ({ sequenceNumber, startPeriod }) => sequenceNumber === onDisk && startPeriod === start,
    );
    if (isOfOne) return;
    const given = certificates.map(
      ({ sequenceNumber: number, startPeriod }) => `number ${number} from period ${startPeriod}`,
    );
    throw this.#refusal(
      `it names no pool, and is about a certificate with number ${onDisk} from KES period ${start}, not about one that is given here (${given.join(', or ') || 'none'}). ${this.#asking()}`,
    );
  }

  /** Refuses a slot that is too far from the moment. Returns its date. */
  #checkDate(slot: Slot): Date {
    const { parameters, moment } = this.#at;
    const date = ifPossible(() => dateOfSlot(parameters, slot));
    if (moment.date === undefined || date === undefined) {
      throw this.#refusal(
        `slots of ${printable(parameters.name)} have no dates here, so its age is unknown: give the number, or none`,
      );
    }
    const limits = this.#limits();
    const age = moment.date.getTime() - date.getTime();
    if (isWithin(age, limits)) return date;
    const distance = `${durationInWords(Math.abs(age))} ${age < 0 ? 'ahead of' : 'before'} the clock`;
    const words = `its slot ${slot} is ${timeInWords(date)} on ${printable(parameters.name)}, ${distance}`;
    const other = this.#networkThatFits(slot, moment.date, limits);
    if (other !== undefined) {
      throw this.#refusal(
        `${words}. On ${other}, this slot fits the clock: it is probably a file of that network`,
      );
    }
    throw this.#refusal(
      age < 0
        ? `${words}: it is of another network, or the clock is behind. Compare the clock, or give the number, or none`
        : `${words}, and at most ${limits.inWords} is believed: it is old, of another network, or of a node that is not in sync. ${this.#asking()}`,
    );
  }

  #limits(): Limits {
    const { isEnd = false } = this.#subject;
    const { clock } = this.#at.moment;
    // What a person states may be the beginning of a day, and an offline clock may be behind.
    const ahead = clock === 'now' || clock === 'at' ? DAY : isEnd ? 5 * MINUTE : HOUR;
    return isEnd
      ? { oldest: HOUR, inWords: 'an hour', ahead }
      : { oldest: 2 * DAY, inWords: 'two days', ahead };
  }

  #networkThatFits(slot: Slot, now: Date, limits: Limits): string | undefined {
    return networkNames.find((name) => {
      const date = ifPossible(() => dateOfSlot(networkNamed(name), slot));
      return date !== undefined && isWithin(now.getTime() - date.getTime(), limits);
    });
  }

  /** Refuses a number above those of the certificates: another machine may use a later one. A person has to find out. */
  #checkNumber(last: LastOnChain): void {
    const numbers = this.#subject.certificates.map(({ sequenceNumber }) => sequenceNumber);
    const highest = numbers.reduce<bigint | undefined>(
      (most, each) => (most !== undefined && most > each ? most : each),
      undefined,
    );
    if (last === 'none' || highest === undefined || last <= highest) return;
    throw this.#refusal(
      `it says that number ${last} is on chain, and the certificate that is given here has ${highest}: another machine uses a later one of this pool, or the certificate in use is not the one that is given. Find out which. If ${last} is right, state it yourself: --on-chain ${last}`,
    );
  }

  #refusal(words: string, cause?: unknown): CommandError {
    return invalid(`--on-chain ${this.#name}: ${words}`, { cause });
  }

  #asking(): string {
    const { coldVerificationKey } = this.#subject;
    return wayToAsk(this.#at.parameters, coldVerificationKey, this.#path);
  }
}

/** Whether a file of this age, in milliseconds, is believed. */
function isWithin(age: number, { oldest, ahead }: Limits): boolean {
  return age <= oldest && -age <= ahead;
}

/** cardano-cli writes 64-bit numbers as numbers of JSON, and `JSON.parse` rounds those above 2^53. */
function wholeOf(value: unknown): bigint {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new TypeError('number');
  return BigInt(value as number);
}

/**
 * The command that writes a file for the option, run beside the node, and the file, in the folder of another one. The file has
 * the numbers of all pools. It is named after the pool that it was asked for: `pool1l4vnn76k.on-chain.json`.
 */
export function queryOf({ name }: KesParameters, coldVerificationKey: Uint8Array, beside: string) {
  const pool = poolIdOf(coldVerificationKey).slice(0, POOL_NAME);
  const answer = shellWord(join(dirname(beside), `${pool}.on-chain.json`));
  // A network by its genesis is named after its magic number.
  const [, magic = name === 'preprod' ? '1' : '2'] = /^network (\d+)/.exec(name) ?? [];
  const network = name === 'mainnet' ? '--mainnet' : `--testnet-magic ${magic}`;
  return { query: `cardano-cli query protocol-state ${network} --out-file ${answer}`, answer };
}

/** Characters: enough to tell the pools of a fleet apart. */
const POOL_NAME = 13;

/** The way to the last number on chain: the node is asked, when the network and the pool are known. */
export function wayToAsk(
  parameters: KesParameters | undefined,
  coldVerificationKey: Uint8Array | undefined,
  beside: string,
): string {
  if (parameters === undefined || coldVerificationKey === undefined) return STATE_ON_CHAIN;
  const { query, answer } = queryOf(parameters, coldVerificationKey, beside);
  return `Ask the node: ${query}; then run this command again with --on-chain ${answer}`;
}
