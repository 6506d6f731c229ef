/** One request to a witness, and its answer: C2SP tlog-witness. */
import { readDecimal } from '../format/integers.js';

/** The most bytes of an answer. */
const MOST_BYTES = 1 << 16;

/** What a witness answered. */
export type WitnessAnswer =
  | { readonly kind: 'lines'; readonly text: string }
  /** It last cosigned another size. */
  | { readonly kind: 'size'; readonly size: number }
  /** The tree does not contain the one that it last cosigned, or has its size and another root. */
  | { readonly kind: 'another-history'; readonly text: string }
  | { readonly kind: 'failure'; readonly words: string };

/** Limits of time. */
export interface Deadline {
  /** When every request ends, by `performance.now()`. */
  readonly end: number;
  /** Milliseconds of one request and its answer. */
  readonly request: number;
}

/** Sends a checkpoint to a witness. It never throws. */
export async function ask(url: string, body: string, deadline: Deadline): Promise<WitnessAnswer> {
  if (!/^https?:\/\//i.test(url)) return failure('its URL in the policy is none of http');
  // The signal of `AbortSignal.timeout` can be collected, and its time then never ends.
  const controller = new AbortController();
  const { signal } = controller;
  const milliseconds = Math.min(deadline.request, deadline.end - performance.now());
  const timer = setTimeout(() => controller.abort(), Math.max(0, milliseconds));
  try {
    const address = `${url.replace(/\/$/, '')}/add-checkpoint`;
    const response = await fetch(address, { method: 'POST', body, redirect: 'manual', signal });
    return answerOf(response.status, await textOf(response));
  } catch (error) {
    if (signal.aborted) return failure('it gave no whole answer in time');
    const { cause, message } = error as Error;
    return failure(`it cannot be asked: ${cause instanceof Error ? cause.message : message}`);
  } finally {
    clearTimeout(timer);
  }
}

function failure(words: string): WitnessAnswer {
  return { kind: 'failure', words };
}

/** The text of an answer, with a character for each byte that is no UTF-8. */
async function textOf({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > MOST_BYTES) throw new Error(`its answer has more than ${MOST_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

const FAILURES: Readonly<Record<number, string>> = {
  400: 'it calls the request malformed, or has cosigned more of this log',
  403: 'it knows another note key of this log',
  404: 'it does not know this log: its operator needs the origin and the verifier key of the note key',
  429: 'it takes no more requests now',
};

function answerOf(status: number, text: string): WitnessAnswer {
  if (status === 200) return { kind: 'lines', text };
  // A witness of transparency-dev answers this where the text has 422.
  if (status === 422 || (status === 409 && text === '')) return { kind: 'another-history', text };
  const size = status === 409 ? readDecimal(text.replace(/\n$/, '')) : undefined;
  if (size !== undefined) return { kind: 'size', size };
  return failure(`it answered ${status}${status in FAILURES ? `: ${FAILURES[status]}` : ''}`);
}
