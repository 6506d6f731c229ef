/** The option that states the number of the pool's last certificate on chain, and the file of cardano-cli that holds it. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { CommandError } from '../cli/errors.js';
import { wholeNumber64 } from '../cli/option-values.js';
import type { Session } from '../cli/session.js';
import { sourceName, STDIN } from '../cli/text.js';
import { readPublic } from '../files/read.js';
import type { LastOnChain } from './number.js';

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

/** Adds the option. */
export function withOnChainOption(command: Command): Command {
  return command.option(
    '--on-chain <number|none|file>',
    "the number of the pool's last certificate on chain, none, or the file of cardano-cli query kes-period-info --out-file",
  );
}

/**
 * The last number on chain by the option; `undefined` without it. The file names no pool, so it has to be about one of these
 * certificates.
 *
 * @param session - The run.
 * @param options - The options of the command.
 * @param options.onChain - The option, as it was typed.
 * @param certificates - The certificates that the command knows of the pool. Without any, no file is taken.
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
  throw new CommandError(
    'invalid',
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
    throw new CommandError(
      'invalid',
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
