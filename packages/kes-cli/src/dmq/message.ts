/** Messages of the queue: read from a file, and their content for a person and for `--json`. */
import { type DmqMessage, MAX_MESSAGE_SIZE, parseDmqMessage } from '@evolock/cardano-dmq';
import { bytesOfHex, hexOf } from '@evolock/cardano-headers';
import { certificateFacts, certificateJson } from '../certificates/certificate.js';
import type { Answer, Fact, JsonMembers } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { aboutFile } from '../errors.js';
import type { Session } from '@evolock/command-line/session';
import { counted, sourceName } from '@evolock/command-line/text';
import { publicParts } from '../files/read.js';
import { timeInWords } from '../network/clock.js';

export const dmqInspectCommand: Definition = {
  text: `
    Shows the content of a message of CIP-137, in binary or in hexadecimal, without any check. With --json it shows the whole body, the signatures and the bytes of the payload too.

    <message-file>  the message, or - for standard input

    # Of which pool, until when?
    $ kes dmq inspect message.dmq
    # All of it, for a script
    $ kes dmq inspect --json - < message.dmq`,
  work: inspectMessage,
};

/** Bytes of the body that a person gets to see. */
const SHOWN = 32;

export function messageFacts(message: DmqMessage): Fact[] {
  const { messageId, body, period, bytes } = message;
  return [
    ['message id', hexOf(messageId)],
    ['size', counted(bytes.byteLength, 'byte')],
    ['body', bodyInWords(body)],
    ['expires at', timeInWords(expiryDate(message))],
    ['KES period', String(period)],
    ['evolution', String(evolutionIn(message))],
    ...certificateFacts(message),
  ];
}

export function messageJson(message: DmqMessage): JsonMembers {
  const { messageId, payloadBytes, body, period, expiresAt, kesSignature, bytes } = message;
  return {
    messageId: hexOf(messageId),
    size: bytes.byteLength,
    body: hexOf(body),
    kesPeriod: String(period),
    evolution: { value: String(evolutionIn(message)) },
    expiry: { seconds: expiresAt, date: expiryDate(message).toISOString() },
    certificate: certificateJson(message),
    payload: hexOf(payloadBytes),
    kesSignature: hexOf(kesSignature),
  };
}

function bodyInWords(body: Uint8Array): string {
  if (body.byteLength === 0) return 'empty';
  const rest = body.byteLength > SHOWN ? '…' : '';
  return `${counted(body.byteLength, 'byte')}: ${hexOf(body.subarray(0, SHOWN))}${rest}`;
}

/** Negative before the start of the certificate. */
function evolutionIn({ period, certificate }: DmqMessage): bigint {
  return period - certificate.startPeriod;
}

function expiryDate({ expiresAt }: DmqMessage): Date {
  return new Date(expiresAt * 1_000);
}

/** The bytes that are read: the largest message in hexadecimal, with room for the end of the line. */
const LARGEST = 2 * MAX_MESSAGE_SIZE + 64;

/**
 * Reads the bytes of a message, whatever they are. Stops after the largest message: the rest of a larger file cannot make
 * it one.
 */
export async function readMessageFile(session: Session, path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of publicParts(session, path)) {
    parts.push(part);
    size += part.byteLength;
    if (size > LARGEST) break;
  }
  const content = Buffer.concat(parts);
  const digits = size > LARGEST ? undefined : bytesOfHex(content.toString('latin1').trim());
  return digits ?? content;
}

async function inspectMessage(session: Session, path: string): Promise<Answer> {
  const bytes = await readMessageFile(session, path);
  const message = aboutFile(path, () => parseDmqMessage(bytes), 'it is not a message: ');
  return {
    json: messageJson(message),
    result: `${sourceName(path)}: message of the queue, not verified`,
    facts: messageFacts(message),
  };
}
