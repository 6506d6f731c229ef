/** Makes a message of a body. */
import {
  MAX_BODY_SIZE,
  MAX_LIFETIME,
  signDmqMessage,
  verifyDmqMessage,
  type DmqMessage,
  type DmqSigner,
  type DmqSignRequest,
} from '@evolock/cardano-dmq';
import {
  absolutePeriod,
  hasDates,
  hexOf,
  NoDateError,
  periodOfSlot,
  slotOfDate,
  type AbsolutePeriod,
  type KesParameters,
} from '@evolock/cardano-kes';
import { CERTIFICATE } from '../certificates/certificate.js';
import { CommandError, namingFile } from '../cli/errors.js';
import { done, type Answer } from '../cli/answer.js';
import type { Session } from '../cli/session.js';
import { printable, sourceName } from '../cli/text.js';
import { readEnvelope, readPublic, refuseDash } from '../files/read.js';
import { refuseExisting, writePublic } from '../files/write.js';
import { timeInWords } from '../network/clock.js';
import { networkOf, type NetworkOptions } from '../network/network.js';
import { messageFacts, messageJson } from './facts.js';
import { checkSigner, withSigner, type SignerFlags } from './signer.js';

/** The options of `kes dmq sign`. */
export interface SignFlags extends NetworkOptions, SignerFlags, ExpiryFlags {
  readonly kesPeriod?: bigint;
  readonly out?: string;
  readonly force?: boolean;
}

/** When the message expires. */
interface ExpiryFlags {
  readonly ttl?: number;
  readonly expiresAt?: Date;
}

/** Seconds until a message expires, unless the options say otherwise. */
const DEFAULT_LIFETIME = 600;

/** Seconds since 1970: a message states its expiry in 32 bits. */
const LAST_EXPIRY = 2 ** 32 - 1;

/** Makes a message. Every check comes before the signature. */
export async function signMessage(
  session: Session,
  body: string,
  flags: SignFlags,
): Promise<Answer> {
  const { cert, out, force = false } = flags;
  refuseDash('--out', out, 'without --out the message goes to standard output, in hexadecimal');
  checkSigner(flags);
  checkExpiry(flags);
  if (out !== undefined) refuseExisting(out, force, 'dmq-message');
  const parameters = await networkOf(session, flags);
  const issued = await readEnvelope(session, cert, CERTIFICATE);
  const { message, warnings } = await withSigner(flags, issued, async (signer) => {
    const content = await readPublic(session, body, MAX_BODY_SIZE);
    const now = session.context.now();
    const period = periodOf(flags, parameters, now);
    const expiresAt = expiryOf(flags, now);
    const request = { parameters, body: content, period, expiresAt, ...issued };
    const signed = await signedBy(signer.sign, request, cert);
    return {
      message: signed,
      warnings: [...signer.warnings, ...warningsAt(signed, parameters, now)],
    };
  });
  if (out !== undefined) writePublic(out, message.bytes, { force, kind: 'dmq-message' });
  const hex = hexOf(message.bytes);
  return {
    json: { bytes: hex, messageFile: out, ...messageJson(message) },
    warnings,
    raw: out === undefined ? [hex] : undefined,
    result: done(`${printable(out ?? '')}: a message with the body of ${sourceName(body)}`),
    facts: messageFacts(message),
  };
}

/** Errors that name no file are about the certificate: it is not valid, or not at this period. */
async function signedBy(
  sign: DmqSigner,
  request: DmqSignRequest,
  cert: string,
): Promise<DmqMessage> {
  try {
    return await signDmqMessage(request, sign);
  } catch (error) {
    throw namingFile(cert, error);
  }
}

function periodOf({ kesPeriod }: SignFlags, parameters: KesParameters, now: Date): AbsolutePeriod {
  if (kesPeriod !== undefined) return absolutePeriod(kesPeriod);
  if (!hasDates(parameters)) {
    throw new CommandError(
      'usage',
      'the slots of this network have no dates: give the KES period, by --kes-period',
    );
  }
  try {
    return periodOfSlot(parameters, slotOfDate(parameters, now));
  } catch (cause) {
    if (!(cause instanceof NoDateError)) throw cause;
    const words = `${timeInWords(now)}: ${cause.message}`;
    throw new CommandError(
      'environment',
      `the clock of this machine says ${words}: set it, or give the KES period by --kes-period`,
      { cause },
    );
  }
}

function checkExpiry({ ttl, expiresAt }: ExpiryFlags): void {
  if (ttl !== undefined && expiresAt !== undefined) {
    throw new CommandError('usage', 'give the expiry once: by --ttl or by --expires-at');
  }
  if (ttl !== undefined && ttl >= MAX_LIFETIME) {
    throw new CommandError(
      'usage',
      `--ttl ${ttl}: nodes refuse a message that expires ${MAX_LIFETIME} seconds ahead or later`,
    );
  }
  if (expiresAt === undefined) return;
  const seconds = expiresAt.getTime() / 1_000;
  if (seconds >= 0 && seconds <= LAST_EXPIRY) return;
  throw new CommandError(
    'usage',
    `--expires-at ${timeInWords(expiresAt)}: an expiry is from 1970-01-01 to ${timeInWords(new Date(LAST_EXPIRY * 1_000))}`,
  );
}

/** Seconds since 1970, rounded down. */
function expiryOf({ ttl = DEFAULT_LIFETIME, expiresAt }: ExpiryFlags, now: Date): number {
  return Math.floor((expiresAt?.getTime() ?? now.getTime() + ttl * 1_000) / 1_000);
}

/** What is against a message at this moment: its expiry and its period, which signing does not check. */
function warningsAt({ bytes }: DmqMessage, parameters: KesParameters, now: Date): string[] {
  const { failures } = verifyDmqMessage(bytes, { parameters, now: now.getTime() });
  return failures.map(({ code, message }) =>
    code === 'kes-period' ? message : `nodes refuse it now: ${message}`,
  );
}
