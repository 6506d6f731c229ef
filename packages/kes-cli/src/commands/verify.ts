import { poolIdOf, verifyCertificate } from '@evolock/cardano-kes';
import type { KesAlgorithm } from '@evolock/kes-sum';
import type { Command } from 'commander';
import { refusalInWords } from '../certificates/judgement.js';
import { readCertificateFrom } from '../certificates/read-certificate.js';
import { carryOut, leaf } from '../command.js';
import { CommandError } from '../command-error.js';
import { ExitCode } from '../exit-code.js';
import { sourceName, STDIN } from '../files/read-public.js';
import { hexOf, bytesOfHex } from '../hex.js';
import { readKesKeyFrom } from '../keys/read-verification-key.js';
import { readMessage } from '../message.js';
import type { Outcome } from '../outcome.js';
import type { Session } from '../session.js';
import { readSignature } from '../signature-file.js';
import type { Surroundings } from '../surroundings.js';
import { wholeNumber } from '../whole-number.js';

interface Options {
  readonly vkey?: string;
  readonly cert?: string;
  readonly period: number;
  readonly signature: string;
}

/** Whose signature it should be. */
interface Signer {
  readonly verificationKey: Uint8Array;
  /** The pool that vouches for the key, where a certificate says so. */
  readonly poolId?: string;
  /** Why the certificate does not vouch for it. */
  readonly refusal?: Parameters<typeof refusalInWords>[0];
}

/** `kes verify`: is a signature good? */
export function verifyCommand(session: Session): Command {
  const command = leaf(session, 'kes verify', {
    name: 'verify',
    summary: 'Verify a signature over a file or standard input',
    description:
      'Verifies a KES signature over the bytes of a file, or of standard input, at one period. With an operational certificate instead of a verification key it also tells which pool vouches for the key. Ends with 0 for a good signature, 1 for any other.',
    examples: [
      [
        'kes verify --vkey kes.vkey --period 5 --signature message.sig message.txt',
        'By a verification key file, or its 64 hexadecimal digits',
      ],
      [
        'kes verify --cert node.cert --period 5 --signature message.sig message.txt',
        'By an operational certificate: which pool signed this?',
      ],
    ],
  })
    .argument('[message-file]', 'what was signed, - for standard input', STDIN)
    .option('--vkey <file|hex>', 'the KES verification key')
    .option('--cert <file>', 'or an operational certificate that holds it')
    .requiredOption(
      '--period <period>',
      'the period of the key, counted from its first',
      wholeNumber,
    )
    .requiredOption('--signature <file>', 'the signature, in binary or in hexadecimal');
  return carryOut(session, command, (message: string, options: Options) =>
    verify(session, message, options),
  );
}

async function verify(session: Session, message: string, options: Options): Promise<Outcome> {
  const { surroundings } = session;
  const { period, signature: path } = options;
  if (message === STDIN && path === STDIN) {
    throw new CommandError('usage', 'the message and its signature cannot both be standard input');
  }
  const signer = await signerOf(session, options);
  const { signature, algorithm } = await readSignature(surroundings, path);
  checkPeriod(period, algorithm);
  const bytes = await readMessage(surroundings, message);
  const isGood = algorithm.verify(signer.verificationKey, period, bytes, signature);
  const valid = isGood && signer.refusal === undefined;
  const verificationKey = hexOf(signer.verificationKey);
  return {
    exitCode: valid ? ExitCode.valid : ExitCode.invalid,
    json: {
      valid,
      signature: isGood ? 'good' : 'bad',
      certificate: options.cert === undefined ? undefined : (signer.refusal ?? 'good'),
      poolId: signer.poolId,
      period,
      algorithm: algorithm.name,
      verificationKey,
    },
    lines: (style) => [
      style.verdict(
        isGood,
        `${isGood ? 'a good' : 'not a'} signature of ${sourceName(message)} at period ${period}`,
      ),
      ...(signer.refusal === undefined
        ? []
        : [style.verdict(false, `the certificate: ${refusalInWords(signer.refusal)}`)]),
      ...style.facts([
        ['verification key', verificationKey],
        ...(signer.poolId === undefined ? [] : [['pool', signer.poolId] as const]),
      ]),
    ],
  };
}

function checkPeriod(period: number, { name, totalPeriods }: KesAlgorithm): void {
  if (period < totalPeriods) return;
  throw new CommandError(
    'usage',
    `--period ${period}: the signature is of ${name}, which has the periods 0 to ${totalPeriods - 1}`,
  );
}

async function signerOf({ surroundings }: Session, { vkey, cert }: Options): Promise<Signer> {
  if ((vkey === undefined) === (cert === undefined)) {
    throw new CommandError(
      'usage',
      'say whose signature it is, by --vkey or by --cert (see kes verify --help)',
    );
  }
  if (vkey !== undefined) return { verificationKey: await verificationKeyOf(surroundings, vkey) };
  const { certificate, coldVerificationKey } = await readCertificateFrom(
    surroundings,
    cert ?? STDIN,
  );
  const verdict = verifyCertificate(certificate, coldVerificationKey);
  return {
    verificationKey: certificate.hotVerificationKey,
    poolId: poolIdOf(coldVerificationKey).bech32,
    ...(verdict.valid ? {} : { refusal: verdict.reason }),
  };
}

async function verificationKeyOf(surroundings: Surroundings, text: string): Promise<Uint8Array> {
  const bytes = text.length === 64 ? bytesOfHex(text) : undefined;
  return bytes ?? (await readKesKeyFrom(surroundings, text)).verificationKey;
}
