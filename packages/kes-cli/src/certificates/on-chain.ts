/** The option that states the number of the pool's last certificate on chain, and the file of cardano-cli that holds it. */
import { existsSync } from 'node:fs';
import { hexOf, type IssuedCertificate, type KesParameters } from '@evolock/cardano-kes';
import type { Terms } from '@evolock/command-line/command';
import type { Check } from '@evolock/command-line/answer';
import { CommandError, invalid } from '@evolock/command-line/errors';
import { wholeNumber64 } from '@evolock/command-line/option-values';
import type { Session } from '@evolock/command-line/session';
import { shellWord, sourceName, STDIN } from '@evolock/command-line/text';
import { readPublic } from '../files/read.js';
import { STATE_ON_CHAIN, type LastOnChain, type NumberJudgement } from './number.js';

/** The option, as it was typed. */
export interface OnChainOptions {
  readonly onChain?: string | undefined;
}

/** A certificate that the file may be about. */
export interface NumberedCertificate {
  readonly sequenceNumber: bigint;
  readonly startPeriod: bigint;
}

/** The size limit of the file in bytes, far above real ones. */
const LARGEST_FILE = 65_536;

export const ON_CHAIN: Terms = {
  text: `
    --on-chain <number|none|file>  the number of the pool's last certificate on chain, none, or the file of cardano-cli query kes-period-info --out-file`,
};

/**
 * The last number on chain by the option; `undefined` without it. The file names no pool, so it has to be about one of these
 * certificates. Without any certificate, no file is taken.
 */
export async function onChainOf(
  session: Session,
  { onChain: text }: OnChainOptions,
  certificates: readonly NumberedCertificate[],
): Promise<LastOnChain | undefined> {
  if (text === undefined || text === 'none') return text;
  if (/^[0-9]+$/.test(text)) return numberOf(text);
  if (text !== STDIN && !existsSync(text)) {
    throw usage(`${sourceName(text)}: it is not a whole number, not none, and not a file`);
  }
  if (certificates.length === 0) {
    throw usage(
      `${sourceName(text)}: this file names no pool, and no certificate is given to compare it with: give the number, or none`,
    );
  }
  return onChainInFile(
    sourceName(text),
    await readPublic(session, text, LARGEST_FILE),
    certificates,
  );
}

/** The command that writes the file for the option, run beside the node. */
export function queryCommand({ name }: KesParameters, certificate: string, out: string): string {
  const options = `${magicOf(name)} --op-cert-file ${shellWord(certificate)} --out-file ${shellWord(out)}`;
  return `cardano-cli query kes-period-info ${options}`;
}

/** The way to the last number on chain: the node is asked about a certificate, when its network is known. */
export function wayToAsk(parameters: KesParameters | undefined, certificate: string): string {
  if (parameters === undefined) return STATE_ON_CHAIN;
  const answer = onChainFileOf(certificate);
  return `Ask the node: ${queryCommand(parameters, certificate, answer)}; then run this command again with --on-chain ${shellWord(answer)}`;
}

/** What a certificate is issued again for. */
export interface IssuingAgain {
  readonly file: IssuedCertificate;
  /** The file of the certificate. */
  readonly out: string;
  /** The options of the network; `undefined` when they are unknown. */
  readonly network: string | undefined;
  readonly onChain: LastOnChain | undefined;
  /** The files of the cold key, when it is on this machine. */
  readonly cold?: { readonly coldSkey: string; readonly counter: string } | undefined;
}

/**
 * The way out when the network refuses the number of a certificate that exists: it is issued again for the same key. The
 * command there shows the steps to the right number by its counter.
 */
export function wayToIssueAgain(
  { right }: NumberJudgement,
  { file, out, network, onChain, cold }: IssuingAgain,
): string {
  const words = right === undefined ? '' : `. Issue it again with number ${right}`;
  if (right === undefined || network === undefined) return words;
  const { hotVerificationKey, startPeriod } = file.certificate;
  const subject = `--kes-vkey ${hexOf(hotVerificationKey)} --start-period ${startPeriod} ${network}`;
  const { coldSkey, counter } = cold ?? { coldSkey: 'cold.skey', counter: 'cold.counter' };
  const files = `--cold-skey ${shellWord(coldSkey)} --counter ${shellWord(counter)} --out ${shellWord(out)} --force`;
  const where = cold === undefined ? 'on the machine with the cold key, ' : '';
  return `${words}: ${where}run: kes opcert issue ${subject} ${files} --on-chain ${onChain ?? 'none'}; then run this command again with that certificate`;
}

/** The check of a number that is not unknown, with the way out. */
export function numberChecks({ verdict, words }: NumberJudgement, again: string): Check[] {
  if (verdict === 'unknown') return [];
  const valid = verdict === 'accepted';
  return [{ valid, words: `${words}${valid ? '' : again}` }];
}

/** The name of the file that {@link queryCommand} writes for a certificate: `node.cert` gives `node.on-chain.json`. */
export function onChainFileOf(certificate: string): string {
  return `${certificate.replace(/\.[a-z]+$/i, '')}.on-chain.json`;
}

/** The network as cardano-cli takes it. A network by its genesis is named after its magic number. */
function magicOf(name: string): string {
  if (name === 'mainnet') return '--mainnet';
  const [, magic = name === 'preprod' ? '1' : '2'] = /^network (\d+)/.exec(name) ?? [];
  return `--testnet-magic ${magic}`;
}

function numberOf(text: string): bigint {
  try {
    return wholeNumber64(text);
  } catch {
    throw usage(`${text}: it is not a whole number below 2^64`);
  }
}

/** What `QueryKesPeriodInfoOutput` of cardano-cli writes, of it the numbers that are needed here. */
interface KesPeriodInfo {
  readonly onChain: LastOnChain;
  readonly onDisk: bigint;
  readonly start: bigint;
}

function onChainInFile(
  name: string,
  text: Uint8Array,
  certificates: readonly NumberedCertificate[],
): LastOnChain {
  const { onChain, onDisk, start } = infoIn(name, text);
  const isOfOne = certificates.some(
    ({ sequenceNumber, startPeriod }) => sequenceNumber === onDisk && startPeriod === start,
  );
  if (isOfOne) return onChain;
  const given = certificates
    .map(({ sequenceNumber: number, startPeriod }) => `number ${number} from period ${startPeriod}`)
    .join(', or ');
  throw invalid(
    `--on-chain ${name}: it is about a certificate with number ${onDisk} from KES period ${start}, and not about that which is given here (${given}): run cardano-cli query kes-period-info with that certificate`,
  );
}

function infoIn(name: string, text: Uint8Array): KesPeriodInfo {
  try {
    const fields = JSON.parse(Buffer.from(text).toString('utf8')) as Record<string, unknown>;
    const last = fields['qKesNodeStateOperationalCertificateNumber'];
    return {
      onChain: last === null ? 'none' : wholeOf(last),
      onDisk: wholeOf(fields['qKesOnDiskOperationalCertificateNumber']),
      start: wholeOf(fields['qKesStartKesInterval']),
    };
  } catch (cause) {
    throw invalid(
      `--on-chain ${name}: it is not what cardano-cli query kes-period-info writes with --out-file: give that file, the number, or none`,
      { cause },
    );
  }
}

/** cardano-cli writes 64-bit numbers as numbers of JSON, and `JSON.parse` rounds those above 2^53. */
function wholeOf(value: unknown): bigint {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new TypeError('number');
  return BigInt(value as number);
}

function usage(message: string): CommandError {
  return new CommandError('usage', `--on-chain ${message}`);
}
