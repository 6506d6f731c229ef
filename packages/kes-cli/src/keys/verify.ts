import {
  type AbsolutePeriod,
  type CertificateVerdict,
  hexOf,
  poolIdHexOf,
  poolIdOf,
} from '@evolock/cardano-headers';
import { nativeHeaders } from '@evolock/cardano-kes';
import { CERTIFICATE, periodsInWords, signatureCheck } from '../certificates/certificate.js';
import type { Definition } from '@evolock/command-line/command';
import { usage } from '@evolock/command-line/errors';
import type { Answer } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import { sourceName, STDIN } from '@evolock/command-line/text';
import { readEnvelope, readMessage } from '../files/read.js';
import { readSignature } from '../files/plain-files.js';
import { readVerificationKey } from '../files/key-files.js';

const { certificateVerdict } = nativeHeaders;

interface Options {
  readonly vkey?: string;
  readonly cert?: string;
  readonly period: number;
  readonly signature: string;
}

interface Signer {
  readonly verificationKey: Uint8Array;
  /** These are absent without a certificate. */
  readonly coldVerificationKey?: Uint8Array;
  readonly startPeriod?: AbsolutePeriod;
  readonly refusal?: Extract<CertificateVerdict, { valid: false }>;
}

export const verifyCommand: Definition = {
  text: `
    Verifies a KES signature of a file, or of standard input, at one period. With an operational certificate instead of a verification key, it also shows the pool that the certificate names. The exit code is 0 for a valid signature, and 1 for any other.

    [message-file]           the signed message, - for standard input
    --vkey <file|hex>        the KES verification key
    --opcert, --cert <file>  or an operational certificate that names it
    --period <period>        the period of the key, counted from its first
    --signature <file>       the signature, in binary or in hexadecimal

    # By a verification key: its file, or its 64 hexadecimal digits
    $ kes verify --vkey kes.vkey --period 5 --signature message.sig message.txt
    # By an operational certificate: which pool signed this?
    $ kes verify --cert node.cert --period 5 --signature message.sig message.txt`,
  needed: ['period', 'signature'],
  readsStdin: true,
  work: verify,
};

async function verify(session: Session, message: string, options: Options): Promise<Answer> {
  const { period, signature: path } = options;
  if (message === STDIN && path === STDIN) {
    throw usage('the message and its signature cannot both be standard input');
  }
  const signer = await signerOf(session, options);
  const { signature, algorithm } = await readSignature(session, path);
  const { name, totalPeriods } = algorithm;
  if (period >= totalPeriods)
    throw usage(
      `--period ${period}: a signature of ${name} has a period from 0 to ${totalPeriods - 1}`,
    );
  const bytes = await readMessage(session, message);
  const isGood = algorithm.verify(signer.verificationKey, period, bytes, signature);
  const valid = isGood && signer.refusal === undefined;
  const verificationKey = hexOf(signer.verificationKey);
  const coldKey = signer.coldVerificationKey;
  const kesPeriod =
    signer.startPeriod === undefined ? undefined : signer.startPeriod + BigInt(period);
  const place = kesPeriod === undefined ? `period ${period}` : periodsInWords(kesPeriod, period);
  return {
    json: {
      valid,
      kesSignature: isGood ? 'good' : 'bad',
      certificateSignature:
        options.cert === undefined ? undefined : (signer.refusal?.reason ?? 'good'),
      poolId: coldKey && poolIdOf(coldKey),
      poolIdHex: coldKey && poolIdHexOf(coldKey),
      period,
      kesPeriod: kesPeriod?.toString(),
      algorithm: name,
      kesVerificationKey: verificationKey,
    },
    result: [
      {
        valid: isGood,
        words: `${isGood ? 'a valid' : 'NOT a valid'} signature of ${sourceName(message)} at ${place}`,
      },
      ...(signer.refusal === undefined ? [] : [signatureCheck(signer.refusal)]),
    ],
    facts: [
      ['verification key', verificationKey],
      ...(coldKey === undefined ? [] : [['pool', poolIdOf(coldKey)] as const]),
    ],
  };
}

async function signerOf(session: Session, { vkey, cert }: Options): Promise<Signer> {
  if (vkey !== undefined && cert === undefined) {
    const { verificationKey } = await readVerificationKey(session, '--vkey', vkey);
    return { verificationKey };
  }
  if (cert === undefined || vkey !== undefined) {
    throw usage('name the signer once, by --vkey or by --cert (see kes verify --help)');
  }
  const { certificate, coldVerificationKey } = await readEnvelope(session, cert, CERTIFICATE);
  const verdict = certificateVerdict(certificate, coldVerificationKey);
  return {
    verificationKey: certificate.hotVerificationKey,
    coldVerificationKey,
    startPeriod: certificate.startPeriod,
    ...(verdict.valid ? {} : { refusal: verdict }),
  };
}
