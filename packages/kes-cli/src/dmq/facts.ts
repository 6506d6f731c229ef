/** The content of a message, for a person and for `--json`. */
import { hexOf } from '@evolock/cardano-kes';
import type { DmqMessage } from '@evolock/cardano-dmq';
import { certificateFacts, certificateJson } from '../certificates/certificate.js';
import type { Fact, JsonMembers } from '../cli/answer.js';
import { counted } from '../cli/text.js';
import { timeInWords } from '../network/clock.js';

/** Bytes of the body that a person gets to see. */
const SHOWN = 32;

/** The content of a message, for a person. */
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

/** The content of a message for `--json`. */
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
