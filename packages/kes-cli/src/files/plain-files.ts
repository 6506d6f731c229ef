/** Files that are no text envelopes: KES signatures, messages of the queue, metrics. */
import { fstatSync, readSync } from 'node:fs';
import { bytesOfHex } from '@evolock/cardano-kes';
import { type KesAlgorithm, sum6Kes, sum7Kes } from '@evolock/kes-sum';
import { invalid, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, sourceName } from '@evolock/command-line/text';
import { readPublic } from './read.js';

/** The algorithms of key files. The size of a signature determines its algorithm. */
const ALGORITHMS: readonly KesAlgorithm[] = [sum6Kes, sum7Kes];

/** The size limit of a signature file in bytes. */
const LARGEST_SIGNATURE = 65_536;

interface SignatureFile {
  readonly signature: Uint8Array;
  readonly algorithm: KesAlgorithm;
}

export async function readSignature(session: Session, path: string): Promise<SignatureFile> {
  const bytes = await readPublic(session, path, LARGEST_SIGNATURE);
  const found = signatureIn(bytes);
  if (found !== undefined) return found;
  const sizes = ALGORITHMS.map(({ name, signatureSize }) => `${signatureSize} (${name})`);
  throw invalid(
    `${sourceName(path)}: it is not a KES signature, which has ${sizes.join(' or ')} bytes, in binary or in hexadecimal`,
  );
}

/**
 * Whether a file holds a signature as `kes sign` writes it. Reads the file only if it has the size of one: other files may be
 * keys.
 */
export function isSignatureFile(fd: number): boolean {
  const { size } = fstatSync(fd);
  const fits = ALGORITHMS.some(({ signatureSize: n }) => [n, 2 * n, 2 * n + 1].includes(size));
  if (!fits) return false;
  const content = new Uint8Array(size);
  return readSync(fd, content, 0, size, 0) === size && signatureIn(content) !== undefined;
}

function signatureIn(content: Uint8Array): SignatureFile | undefined {
  return ofSize(content) ?? ofSize(bytesOfHex(Buffer.from(content).toString('latin1').trim()));
}

function ofSize(signature: Uint8Array | undefined): SignatureFile | undefined {
  const algorithm = ALGORITHMS.find(({ signatureSize }) => signatureSize === signature?.byteLength);
  return signature === undefined || algorithm === undefined ? undefined : { signature, algorithm };
}

/** The size of the largest message in bytes. */
const LARGEST_MESSAGE = 2_800;

/** The heads of a message and of the message id: every message that `kes` writes begins with them. */
const MESSAGE_START = '855820';

/** A whole message, in hexadecimal: id, payload, KES signature, certificate, cold verification key. */
const MESSAGE = /^855820.{64}83.+5901c0.{896}845820.{64}.+5840.{128}5820.{64}$/;

/**
 * Whether a file holds a message as `kes dmq sign` writes it. Reads the file only if it begins like one: other files may be
 * keys.
 */
export function isDmqMessageFile(fd: number): boolean {
  const { size } = fstatSync(fd);
  if (size > LARGEST_MESSAGE || hexAt(fd, MESSAGE_START.length / 2) !== MESSAGE_START) return false;
  return MESSAGE.test(hexAt(fd, size));
}

function hexAt(fd: number, size: number): string {
  const content = Buffer.alloc(size);
  return content.subarray(0, readSync(fd, content, 0, size, 0)).toString('hex');
}

/** What every file of metrics that `kes` writes begins with. */
const METRICS_START = '# HELP kes_certificate_';

/** Whether a file begins like metrics that `kes` wrote. Reads no further: other files may be keys. */
export function isMetricsFile(fd: number): boolean {
  const content = Buffer.alloc(METRICS_START.length);
  return (
    content.toString('latin1', 0, readSync(fd, content, 0, METRICS_START.length, 0)) ===
    METRICS_START
  );
}

/** Refuses a file that node_exporter would not read. */
export function checkMetricsName(option: string, path: string): void {
  if (path.endsWith('.prom')) return;
  throw usage(
    `${option} ${printable(path)}: node_exporter reads files that end in .prom only: choose such a name`,
  );
}
