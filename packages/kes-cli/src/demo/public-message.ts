/**
 * What the second process tells the first: one JSON line each, and public data only. The key crossed the other way,
 * as bytes from locked memory to locked memory.
 */
import { DemoError } from './demo-error.js';

/** A line of the second process. Bytes are hexadecimal. */
export type PublicMessage =
  | { readonly kind: 'received'; readonly period: number; readonly verificationKey: string }
  | { readonly kind: 'signature'; readonly period: number; readonly signature: string }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'wiped'; readonly slots: number; readonly isZero: boolean };

/** A message of a kind. */
export type MessageOf<Kind extends PublicMessage['kind']> = Extract<PublicMessage, { kind: Kind }>;

/** A signature takes 896 digits: whoever sends a longer line is not our second process. */
const MAX_LINE = 4_096;

/** One message as a line. */
export function encodeMessage(message: PublicMessage): string {
  return `${JSON.stringify(message)}\n`;
}

/**
 * The messages in a stream of text, as they come.
 *
 * @throws {@link DemoError} `HAND_OVER_FAILED` for a line that is no message.
 */
export async function* messagesIn(chunks: AsyncIterable<string>): AsyncGenerator<PublicMessage> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw noMessage();
    for (const line of lines) yield decodeMessage(line);
  }
}

function decodeMessage(line: string): PublicMessage {
  const fields = parse(line);
  switch (fields['kind']) {
    case 'received':
      return {
        kind: 'received',
        period: wholeNumber(fields['period']),
        verificationKey: hexadecimal(fields['verificationKey']),
      };
    case 'signature':
      return {
        kind: 'signature',
        period: wholeNumber(fields['period']),
        signature: hexadecimal(fields['signature']),
      };
    case 'refused':
      return { kind: 'refused', code: errorCode(fields['code']) };
    case 'wiped':
      return {
        kind: 'wiped',
        slots: wholeNumber(fields['slots']),
        isZero: fields['isZero'] === true,
      };
    default:
      throw noMessage();
  }
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw noMessage({ cause });
  }
  throw noMessage();
}

function wholeNumber(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw noMessage();
}

function hexadecimal(value: unknown): string {
  if (typeof value === 'string' && /^(?:[0-9a-f]{2})*$/.test(value)) return value;
  throw noMessage();
}

function errorCode(value: unknown): string {
  if (typeof value === 'string' && /^[A-Z0-9_]{1,64}$/.test(value)) return value;
  throw noMessage();
}

function noMessage(options?: ErrorOptions): DemoError {
  return new DemoError(
    'HAND_OVER_FAILED',
    'the second process sent something that is no message',
    options,
  );
}
