/** A strict witness of C2SP tlog-witness over HTTP, which can misbehave. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { readNote, textOfNote } from '../../src/format/note.js';
import { isSignedBy } from '../../src/witness/cosignature.js';
import type { NotesKey } from './witnesses.js';

const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const parent = (left: Uint8Array, right: Uint8Array) => sha(Buffer.of(1), left, right);

/** RFC 9162, section 2.1.4.2, for 0 < old < size. */
export function isConsistent(
  old: number,
  size: number,
  oldRoot: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  const path = Number.isInteger(Math.log2(old)) ? [oldRoot, ...proof] : [...proof];
  let [first, last] = [old - 1, size - 1];
  while (first % 2 === 1) [first, last] = [first >> 1, last >> 1];
  const start = path.shift();
  if (start === undefined) return false;
  let [one, other] = [start, start];
  for (const hash of path) {
    if (last === 0) return false;
    if (first % 2 === 1 || first === last) {
      one = parent(hash, one);
      other = parent(hash, other);
      while (first % 2 === 0 && first !== 0) [first, last] = [first >> 1, last >> 1];
    } else other = parent(other, hash);
    [first, last] = [first >> 1, last >> 1];
  }
  return last === 0 && Buffer.compare(one, oldRoot) === 0 && Buffer.compare(other, root) === 0;
}

/** What a witness does in the place of its answer. It is given the right one. */
export type Misbehaviour = (
  response: ServerResponse,
  right: { readonly status: number; readonly body: string },
) => void;

export class WitnessServer implements AsyncDisposable {
  /** The last cosigned tree. */
  size = 0;
  root: Uint8Array = sha();
  time = 1_798_761_700;
  misbehave: Misbehaviour | undefined;
  /** The bodies of all requests. */
  readonly requests: string[] = [];
  readonly #server: Server;

  constructor(
    readonly key: NotesKey,
    /** The note key of the log that it knows. */
    readonly log: NotesKey,
  ) {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/w`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse) {
    let body = '';
    for await (const piece of request) body += String(piece);
    this.requests.push(body);
    const right =
      request.url === '/w/add-checkpoint' ? this.#judge(body) : { status: 404, body: '' };
    if (this.misbehave !== undefined) return this.misbehave(response, right);
    if (right.status === 409) response.setHeader('Content-Type', 'text/x.tlog.size');
    response.writeHead(right.status).end(right.body);
  }

  #judge(body: string): { readonly status: number; readonly body: string } {
    const split = body.indexOf('\n\n');
    const [first = '', ...hashes] = body.slice(0, split).split('\n');
    const note = readNote(body.slice(split + 2));
    const old = Number(/^old (0|[1-9][0-9]*)$/.exec(first)?.[1] ?? NaN);
    if (note === undefined || Number.isNaN(old) || hashes.length > 63)
      return { status: 400, body: '' };
    if (note.origin !== this.log.named.origin) return { status: 404, body: '' };
    if (!isSignedBy(note, this.log.named)) return { status: 403, body: '' };
    if (old > note.size) return { status: 400, body: '' };
    if (old !== this.size) return { status: 409, body: `${this.size}\n` };
    const proof = hashes.map((text) => Buffer.from(text, 'base64'));
    const isSame = Buffer.compare(note.root, this.root) === 0;
    const holds =
      old === 0 || old === note.size
        ? proof.length === 0 && (old === 0 || isSame)
        : isConsistent(old, note.size, this.root, note.root, proof);
    if (!holds) return { status: 422, body: '' };
    this.size = note.size;
    this.root = note.root;
    return { status: 200, body: this.key.line(textOfNote(note), this.time) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
