/** `kes rotate`. It begins with the next key and its certificate, or the request of it, and it ends with the old key, in two runs. */
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { hexOf, type IssuedCertificate, periodOfDate } from '@evolock/cardano-headers';
import {
  type CertificateRequest,
  certificateRequestText,
  writeVerificationKey,
} from '@evolock/cardano-kes';
import { eraseLeftovers } from '@evolock/cardano-kes/all';
import { allValid, type Answer, done } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { invalid, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { counted, printable, shellWord, sourceName, STDIN } from '@evolock/command-line/text';
import {
  CERTIFICATE,
  certificateFacts,
  certificateJson,
  judgeSignature,
} from '../certificates/certificate.js';
import { CHAIN_RULE } from '../certificates/number.js';
import { ON_CHAIN, onChainOf, type OnChainOptions } from '../certificates/on-chain.js';
import { readRequest, writeRequest } from '../certificates/request.js';
import { checkClock, isPastHalf } from '../certificates/start.js';
import { readEnvelope, refuseDash } from '../files/read.js';
import { momentNow, periodAt } from '../network/clock.js';
import {
  datedNetworkOf,
  NETWORK,
  networkArguments,
  type NetworkOptions,
} from '../network/network.js';
import { certificateHere, checkCold } from './cold.js';
import { finishedBefore, keysInFiles, pairLeftBy } from './in-files.js';
import { linkedNamesOf, linkNamesIn, type PairPaths } from './link.js';
import {
  type Beginning,
  type ColdFiles,
  foreign,
  judgePair,
  type KeyStore,
  type NextKey,
  pairNameIn,
  pairNameOf,
  realPathOf,
  type StatedName,
  stepsInWords,
  stepsToKnow,
} from './rotation.js';

interface Options extends NetworkOptions, OnChainOptions {
  readonly cert: string;
  readonly skey?: string;
  readonly agentControl?: string;
  readonly coldSkeyHere?: string;
  readonly counter?: string;
  readonly reuseNumber?: bigint;
  readonly name?: StatedName;
  readonly finish?: boolean;
  readonly newCert?: string;
  readonly newSkey?: string;
  readonly link?: PairPaths | undefined;
}

export const rotateCommand: Definition = {
  text: `
    Makes the next KES key pair of a pool beside the old one, and a request file for the machine with the cold key, where kes opcert issue --request issues the certificate. With --agent-control the next key is staged in an agent, and is never in a file. The new files are named after the old ones and the current KES period, which is the start period. The old pair is neither changed nor removed. Run it again after an interruption: it continues. With --finish it checks the new pair as a node does at its start and, when every check is passed and the network accepts its number by --on-chain (a file of at most an hour), overwrites and removes the old signing key; with --agent-control it installs the staged key, and the agent wipes the old one. The rule of the chain about numbers: ${CHAIN_RULE}.

    --opcert, --cert <file>  the certificate in use
    --skey <file>            the KES signing key in use
    --agent-control <path>   or the control socket of the agent that holds it
    --cold-skey-here <file>  issue the certificate at once: the cold signing key is on this machine
    --counter <file>         with --cold-skey-here: the counter of the cold key
    --reuse-number <number>  with --cold-skey-here: the number of the certificate in use, while no block with it is on chain
    --name <period>          the KES period in the new names: an earlier one goes on with the pair of that period; letters after the current one, as in 1574b, make a second pair
    --finish                 erase the old signing key, if the new pair is good
    --new-cert <file>        with --finish: the new certificate
    --new-skey <file>        with --finish and --skey: the new KES signing key
    --link <key,cert>        with --finish and --skey: the two names that the start script of the node has, as kes.skey,node.cert: they lead to the new pair, and to each later one

    # The next key, and the request of its certificate, by the answer of the node about the last number on chain
    $ kes rotate --cert node.cert --skey kes.skey --network mainnet --on-chain pool1qqqq3zyy.on-chain.json
    # On the machine with the cold key
    $ kes opcert issue --request kes-1574.request --cold-skey cold.skey --counter cold.counter --out node-1574.cert
    # When the node runs with the new pair: erase the old key, by an answer of the node that is at most an hour old
    $ kes rotate --finish --cert node.cert --skey kes.skey --new-cert node-1574.cert --new-skey kes-1574.skey --network mainnet --on-chain pool1qqqq3zyy.on-chain.json
    # The same with an agent: the next key is staged there
    $ kes rotate --cert node.cert --agent-control /run/kes-agent/control.socket --network mainnet
    # Install it with its certificate
    $ kes rotate --finish --cert node.cert --agent-control /run/kes-agent/control.socket --new-cert node-1574.cert --network mainnet --on-chain pool1qqqq3zyy.on-chain.json
    # The key and its certificate at once, with the cold key on this machine
    $ kes rotate --cert node.cert --skey kes.skey --cold-skey-here cold.skey --counter cold.counter --network preview`,
  values: { name: pairNameIn, link: linkNamesIn },
  needed: ['cert'],
  options: [ON_CHAIN, ...NETWORK],
  work: rotate,
};

async function rotate(session: Session, typed: Options): Promise<Answer> {
  checkFinish(typed);
  // The names that an earlier rotation made links lead to the next pair too.
  const given = { ...typed, link: typed.link ?? linkedNamesOf(typed) };
  const { options, answer } = await resumedOf(session, given);
  if (answer !== undefined) return answer;
  const { newCert, onChain: stated, link: links } = options;
  const { keyOption, ...store } = await storeOf(session, options);
  const cold = coldFilesOf(options);
  const parameters = await datedNetworkOf(session, options);
  const moment = momentNow(parameters, session.context.now());
  const network = networkArguments(session, options);
  // The new files lie beside the real ones, which the printed commands name.
  const cert = realPathOf(options.cert);
  const old = await oldCertificate(session, cert);
  const { startPeriod } = old.certificate;
  checkClock({ parameters, moment, replaced: { name: printable(cert), startPeriod } });
  const file = newCert === undefined ? old : await readEnvelope(session, newCert, CERTIFICATE);
  const certificates = newCert === undefined ? [old] : [old, file];
  const onChain = await onChainOf(session, options, {
    certificates: certificates.map(({ certificate }) => certificate),
    coldVerificationKey: old.coldVerificationKey,
    at: { parameters, moment },
    isEnd: newCert !== undefined,
  });
  const statedOnChain = stated === undefined || stated === STDIN ? undefined : shellWord(stated);
  const rotation = {
    cert,
    old,
    onChain,
    statedOnChain,
    parameters,
    moment,
    network,
    keyOption,
    links,
  };
  if (newCert !== undefined) return store.end({ ...rotation, newCert, file });
  const here =
    cold === undefined
      ? ''
      : ` --cold-skey-here ${shellWord(cold.coldSkey)} --counter ${shellWord(cold.counter)}`;
  const chain = statedOnChain === undefined ? '' : ` --on-chain ${statedOnChain}`;
  const again = `kes rotate --cert ${shellWord(cert)} ${keyOption} ${network}${here}${chain}`;
  const name = pairNameOf(rotation, options.name);
  return begin(session, { ...rotation, ...name, cold, again }, store);
}

/** After an interrupted run the names that `--link` gives may lead to the new pair: then that run has left the old one. */
async function resumedOf(
  session: Session,
  options: Options,
): Promise<{ readonly options: Options; readonly answer?: Answer }> {
  const { link, newCert, newSkey, cert, skey } = options;
  if (link === undefined || newCert === undefined || newSkey === undefined) return { options };
  if (realPathOf(resolve(cert)) !== realPathOf(resolve(newCert))) return { options };
  const left = pairLeftBy(link, { cert: newCert, skey: newSkey });
  if (left === undefined) return { options };
  if (left === 'nothing') {
    const file = await readEnvelope(session, newCert, CERTIFICATE);
    return { options, answer: finishedBefore(link, newCert, file) };
  }
  return { options: { ...options, cert: left.cert, ...(skey && { skey: left.skey }) } };
}

/** Refuses options of the beginning at the end, and the other way round. */
function checkFinish({
  finish,
  newCert,
  newSkey,
  coldSkeyHere,
  name,
  agentControl,
  link,
}: Options): void {
  if (finish !== true) {
    if (newCert === undefined && newSkey === undefined && link === undefined) return;
    throw usage('--new-cert, --new-skey and --link need --finish');
  }
  if (link !== undefined && agentControl !== undefined)
    throw usage('--link is for a key in a file: a node of an agent reads no file of a pair');
  if (coldSkeyHere !== undefined)
    throw usage('--cold-skey-here is for the beginning, without --finish');
  if (name !== undefined) throw usage('--name is for the beginning, without --finish');
  const isInAgent = agentControl !== undefined;
  if (newCert !== undefined && (newSkey === undefined) === isInAgent) return;
  throw usage(
    isInAgent
      ? '--finish with --agent-control needs --new-cert <file>, and no --new-skey'
      : '--finish needs --new-cert <file> and --new-skey <file>',
  );
}

/** Where the keys are, and the option that names the key in use, to type it again. */
async function storeOf(
  session: Session,
  { skey, agentControl, newSkey }: Options,
): Promise<KeyStore & { readonly keyOption: string }> {
  if (skey !== undefined && agentControl === undefined) {
    const path = realPathOf(skey);
    return { ...keysInFiles(path, newSkey), keyOption: `--skey ${shellWord(path)}` };
  }
  if (skey === undefined && agentControl !== undefined) {
    const { keysInAgent } = await import('./in-agent.js');
    const keyOption = `--agent-control ${shellWord(agentControl)}`;
    return { ...keysInAgent(session, agentControl), keyOption };
  }
  throw usage(
    'name the key in use once: --skey <file>, or --agent-control <path> for the key of an agent',
  );
}

function coldFilesOf({
  coldSkeyHere: coldSkey,
  counter,
  reuseNumber,
}: Options): ColdFiles | undefined {
  if (coldSkey !== undefined && counter !== undefined) {
    return { coldSkey, counter, reuseNumber };
  }
  if (coldSkey !== undefined || counter !== undefined) {
    throw usage('--cold-skey-here <file> and --counter <file> are needed together');
  }
  if (reuseNumber === undefined) return undefined;
  throw usage('--reuse-number needs --cold-skey-here <file>');
}

/** Reads the certificate in use, and refuses one that its cold key did not sign. */
async function oldCertificate(session: Session, cert: string): Promise<IssuedCertificate> {
  refuseDash('--cert', cert, 'the new certificate is named after it: give the file');
  const file = await readEnvelope(session, cert, CERTIFICATE);
  const signature = judgeSignature(file);
  if (signature.valid) return file;
  throw invalid(`${sourceName(cert)}: ${signature.words}`);
}

/** Makes the next key, and its certificate or the request of it. A run that was interrupted is run again. */
async function begin(session: Session, beginning: Beginning, store: KeyStore): Promise<Answer> {
  const { cold, startPeriod } = beginning;
  const next = await store.next(beginning);
  const { files, place, warnings } = next;
  // Every check comes before the key is made.
  if (cold !== undefined) checkCold(cold, beginning, files.cert);
  const key = await next.make();
  if (existsSync(files.vkey)) eraseLeftovers(files.vkey);
  else writeVerificationKey('kes', files.vkey, key);
  const answer =
    cold === undefined
      ? await requested(session, beginning, next, key)
      : issued(cold, beginning, next, key);
  return {
    ...answer,
    warnings: [...warnings, ...(answer.warnings ?? [])],
    json: {
      ...next.json,
      verificationKeyFile: files.vkey,
      requestFile: cold === undefined ? files.request : null,
      certificateFile: files.cert,
      kesVerificationKey: hexOf(key),
      startPeriod: String(startPeriod),
      ...answer.json,
    },
    facts: [
      ['signing key', place],
      ['verification key', printable(files.vkey)],
      ...(answer.facts ?? []),
    ],
  };
}

async function requested(
  session: Session,
  beginning: Beginning,
  { files: { request, cert }, stepsAfter }: NextKey,
  key: Uint8Array,
): Promise<Answer> {
  const {
    old: { certificate, coldVerificationKey },
    startPeriod,
    parameters,
    moment,
    onChain,
  } = beginning;
  const old = isPastHalf(beginning, startPeriod) ? ' --old-request' : '';
  await keepRequest(session, request, {
    time: moment.date ?? new Date(0),
    kesVerificationKey: key,
    startPeriod,
    parameters,
    coldVerificationKey,
    onChain: onChain?.last,
    replaces: certificate,
  });
  const past = periodAt(parameters, moment).period - startPeriod;
  const when = past === 0n ? 'the current one' : `${counted(past, 'KES period')} ago`;
  return {
    json: {},
    result: done('the next KES key, and the request of its certificate'),
    facts: [
      ['request', printable(request)],
      ['KES key', hexOf(key)],
      ['starts at', `KES period ${startPeriod}, ${when}`],
    ],
    after: stepsInWords([
      ...(onChain === undefined
        ? stepsToKnow(beginning, 'Run this again with its answer, which goes into the request:')
        : []),
      [
        `Copy ${printable(request)} to the machine with the cold key, and run there:`,
        `kes opcert issue --request ${shellWord(basename(request))} --cold-skey cold.skey --counter cold.counter --out ${shellWord(basename(cert))}${old}`,
        'The request says what is on chain. Where the counter does not fit, add --on-chain there too: then the command shows the way.',
      ],
      [
        `Copy ${printable(basename(cert))} back${cert === basename(cert) ? '' : `, to ${printable(cert)}`}.`,
      ],
      ...stepsAfter(false),
    ]),
  };
}

const WARNING =
  'the cold key is on this machine: a copy of it gives control of the pool. Keep it on a machine without a network, and leave --cold-skey-here out: then kes rotate writes a request for that machine';

function issued(
  cold: ColdFiles,
  beginning: Beginning,
  { files: { cert }, skey, stepsAfter }: NextKey,
  key: Uint8Array,
): Answer {
  const file = certificateHere(cold, beginning, cert, key);
  const { checks, number, warnings } = judgePair(beginning, { cert, skey, file, cold });
  const valid = allValid(checks);
  return {
    json: { certificate: certificateJson(file), checks },
    result: [{ valid, words: 'the next KES key, and its certificate' }],
    facts: [['certificate', printable(cert)], ...certificateFacts(file)],
    checks,
    warnings: [WARNING, ...(number.verdict === 'unknown' ? [number.words] : []), ...warnings],
    // A node is not started with a pair that is not good.
    after: valid ? stepsInWords(stepsAfter(true)) : [],
  };
}

/** Writes the request, or keeps the one of an interrupted rotation. Its time and what is known of the chain are brought up to date. */
async function keepRequest(
  session: Session,
  path: string,
  request: CertificateRequest,
): Promise<void> {
  if (!existsSync(path)) {
    writeRequest(path, request);
    return;
  }
  const found = await readRequest(session, path);
  const { time, parameters, onChain = found.onChain } = request;
  const wanted = { ...request, onChain };
  const isSame =
    certificateRequestText({ ...found, time, onChain }) === certificateRequestText(wanted);
  if (!isSame) throw foreign(path);
  // A request of an earlier KES period was asked for again, so it is not a forgotten one.
  const isOfNow = periodOfDate(parameters, found.time) === periodOfDate(parameters, time);
  if (isOfNow && onChain === found.onChain) eraseLeftovers(path);
  else writeRequest(path, wanted, true);
}
