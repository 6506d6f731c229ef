/** Files that are no text envelopes: KES signatures, messages of the queue, metrics. */
import { fstatSync, readSync } from 'node:fs';
import { bytesOfHex } from '@evolock/cardano-headers';
import { type KesAlgorithm, sum6Kes, sum7Kes } from '@evolock/kes-sum';
import { invalid } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { sourceName } from '@evolock/command-line/text';
import { readPublic } from './read.js';

/** The algorithms of key files. The size of a signature determines its algorithm. */
const ALGORITHMS: readonly KesAlgorithm[] = [sum6Kes, sum7Kes];

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

/** What every file of metrics that `kes status` or `kes agent run` writes begins with. */
const METRICS = /^# HELP kes_(?:certificate|agent)_/;

/** Bytes that show it. */
const METRICS_START_SIZE = 23;

/** The kind of a file as `kes` writes it. Reads no more than shows the kind: other files may be keys. */
export function plainKindOf(fd: number): 'kes-signature' | 'dmq-message' | 'metrics' | undefined {
  const { size } = fstatSync(fd);
  const beginning = (length: number): Buffer => {
    const content = Buffer.alloc(length);
    return content.subarray(0, readSync(fd, content, 0, length, 0));
  };
  const isLikeSignature = ALGORITHMS.some(({ signatureSize: n }) =>
    [n, 2 * n, 2 * n + 1].includes(size),
  );
  if (isLikeSignature && signatureIn(beginning(size)) !== undefined) return 'kes-signature';
  const hexAt = (length: number) => beginning(length).toString('hex');
  const isLikeMessage = size <= LARGEST_MESSAGE && hexAt(3) === MESSAGE_START;
  if (isLikeMessage && MESSAGE.test(hexAt(size))) return 'dmq-message';
  const start = beginning(METRICS_START_SIZE).toString('latin1');
  return METRICS.test(start) ? 'metrics' : undefined;
}
