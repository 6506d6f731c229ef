/**
 * Transcripts of `kes`. `kes agent run … &` starts an agent. Random keys are made from a counter, so that they are the same in
 * each run.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  absolutePeriod,
  type KesParameters,
  mainnet,
  preprod,
  preview,
  slotOfDate,
  poolIdHexOf,
} from '@evolock/cardano-headers';
import { issueToFileWithSigner, readCertificate, readCounter } from '@evolock/cardano-kes';
import {
  newStage as emptyStage,
  type Printed,
  SILENT,
  type Stage as AnyStage,
  Transcripts,
} from '@evolock/command-testing/transcript';
import { MLockedSeed } from '@evolock/kes-sum';
import { musashiBlock } from '@evolock/test-support/musashi';
import { onTestFinished, vi } from 'vitest';
import { startAgent, type RunningAgent } from './agent.js';
import {
  makeCertificate,
  makeColdKey,
  makeKey,
  makeKeyOfDepth7,
  makeOtherKey,
  makePool,
  makeUnsignedCertificate,
  testSeed,
  writeExtendedColdKey,
} from './files.js';
import { kes } from './kes.js';
import { writeChunks, writeGenesis, writeHeader } from './own-header.js';

/** Where a transcript runs, and what its lines have set. */
export interface Stage extends AnyStage {
  agentNow: Date;
  agent: RunningAgent | undefined;
  /** A file that another program has open. */
  held: number | undefined;
  /** The last number that cardano-cli finds on chain. */
  onChain: number | null;
  /** The moment of the last block that the node has; `undefined`: now. */
  nodeNow: Date | undefined;
}

const PUBLIC = new Uint8Array(32);

/** The options of an agent of mainnet. */
const AGENT =
  '--service agent/service.socket --control agent/control.socket --sign agent/sign.socket --cold-vkey cold.vkey --network mainnet';

/** The working folder of a test and its moment. Lines break where they do because the path has 18 characters. */
export function newStage(now: Date): Stage {
  let count = 0;
  const newRandom = vi.spyOn(MLockedSeed, 'newRandom').mockImplementation((size: number) => {
    const bytes = createHash('sha256')
      .update(`key ${(count += 1)}`)
      .digest()
      .subarray(0, size);
    return MLockedSeed.fromBytes(new Uint8Array(bytes) as ReturnType<typeof testSeed>);
  });
  onTestFinished(() => newRandom.mockRestore());
  const stage = emptyStage('/tmp/kes-tr-', now);
  stage.variables.set('AGENT', AGENT).set('FAILED', "sed -n '/✗/,/^$/{/./p}'");
  return {
    ...stage,
    agentNow: now,
    agent: undefined,
    held: undefined,
    onChain: null,
    nodeNow: undefined,
  };
}

export const TRANSCRIPTS = new Transcripts<Stage>({
  name: 'kes',
  run: kes,
  others: ['cardano-cli'],
  varying: [
    [/(?<=evolock kes-agent )\d\S*/g, 'VERSION'],
    [/(?<=was reserved on )\S+/g, 'DATE'],
    [/(?<=, owner )\d+/g, 'UID'],
  ],
  secrets: () => secretsIn('.'),
  start: async (stage, [, , ...args], environment) => {
    stage.agent = await startAgent(args, { environment, now: () => stage.agentNow });
  },
  fixtures: {
    clock: (stage, date = '') => void (stage.now = stage.agentNow = new Date(date)),
    'clock-of-agent': (stage, date = '') => void (stage.agentNow = new Date(date)),
    'clock-of-node': (stage, date = '') => void (stage.nodeNow = new Date(date)),
    'on-chain': (stage, last) => void (stage.onChain = last === 'none' ? null : Number(last)),
    'make-key': (_, path = '', period = '0') => void makeKey(path, Number(period)),
    'make-key-of-depth-7': (_, path = '') => void makeKeyOfDepth7(path),
    'make-other-key': (_, path = '') => makeOtherKey(path),
    'make-pool': () => makePool('.'),
    'make-cold-key': (_, next = '3') => makeColdKey('.', BigInt(next)),
    'make-extended-cold-key': (_, path = '') => writeExtendedColdKey(path),
    // Of no key, or of the key that it makes beside it.
    'make-certificate': (_, path = '', start = '', skey?: string) =>
      makeCertificate(path, skey === undefined ? PUBLIC : makeKey(skey), BigInt(start)),
    'make-unsigned-certificate': (_, path = '', skey?: string) =>
      makeUnsignedCertificate(path, skey === undefined ? PUBLIC : makeKey(skey)),
    'make-genesis': (_, path = '', slots = '', evolutions = '') =>
      writeGenesis(path, Number(slots), Number(evolutions)),
    'make-header': (_, path = '', ...words) => writeHeader(path, ...words),
    'make-musashi-block': (_, path = '') => writeFileSync(path, Buffer.from(musashiBlock, 'hex')),
    'make-chunks': (_, folder = '', ...words) => writeChunks(folder, ...words),
    hold: (stage, path = '') => void (stage.held = openSync(path, 'r')),
    held: readHeld,
    'give-agent-a-key': giveAgentAKey,
    'reserve-number': (_, counter = '') => reserveNumber(counter),
    'cardano-cli': queryChain,
    signal: signalAgent,
    'wait-for-log': async ({ agent }, ...words) => ({
      ...SILENT,
      stdout: `${(await agent?.logged(words.join(' '))) ?? ''}\n`,
    }),
  },
});

/** Matches eight bytes of the seed that the files of signing keys begin with. */
function secretsIn(folder: string): RegExp[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap(({ parentPath, name }) => {
      const text = textOf(join(parentPath, name));
      const [, seed = ''] = /SigningKey[^]*"cborHex": ?"(?:58..|59....)(.{64})/.exec(text) ?? [];
      const parts = Array.from({ length: seed.length - 15 }, (_, at) => seed.slice(at, at + 16));
      return seed === '' ? [] : [new RegExp(parts.join('|'))];
    });
}

/** The text of a file; nothing for one whose name is no UTF-8. */
function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'latin1') : '';
}

/** The content of the file that is open, whatever has its name now. */
function readHeld({ held = 0 }: Stage): Printed {
  const stdout = readFileSync(held, 'latin1');
  closeSync(held);
  return { ...SILENT, stdout };
}

/** Sends a signal to the agent. One that ends it prints its log. */
async function signalAgent(stage: Stage, name = ''): Promise<Printed> {
  const { agent } = stage;
  agent?.signal(name as NodeJS.Signals);
  if (name === 'SIGHUP' || agent === undefined) return SILENT;
  stage.agent = undefined;
  return agent.ended;
}

/** Stages a key in the agent, which it starts if there is none, and installs it with a certificate from KES period 1080. */
async function giveAgentAKey(stage: Stage, cert = ''): Promise<void> {
  const vkey = cert.replace('.cert', '.vkey');
  const control = '--control agent/control.socket';
  const issue = 'opcert issue --cold-skey cold.skey --counter cold.counter --unchecked';
  for (const line of [
    ...(stage.agent === undefined ? [`agent run ${AGENT} &`] : []),
    `agent gen-staged-key ${control} --out ${vkey}`,
    `${issue} --start-period 1080 --kes-vkey ${vkey} --out ${cert}`,
    `agent install-key ${control} --cert ${cert} --network mainnet`,
  ]) {
    const { code, stderr } = await TRANSCRIPTS.printedBy(`kes ${line}`, stage);
    if (code !== 0) throw new Error(stderr);
  }
}

/** Takes the next number of a counter for a certificate that does not come to be. */
async function reserveNumber(counterPath: string): Promise<Printed> {
  const details = {
    coldVerificationKey: readCounter(counterPath).coldVerificationKey,
    counterPath,
    hotVerificationKey: PUBLIC,
    startPeriod: absolutePeriod(1_080),
  };
  const failed = issueToFileWithSigner('never.cert', details, () => {
    throw new Error('the signer failed');
  });
  await failed.catch(() => undefined);
  return SILENT;
}

/** `cardano-cli query protocol-state … --out-file FILE`, or `query kes-period-info … --op-cert-file FILE --out-file FILE`. */
function queryChain({ onChain, nodeNow, now }: Stage, ...words: string[]): void {
  const [query, command] = words;
  const after = (name: string) => words[words.indexOf(name) + 1] ?? '';
  const network = words.includes('--mainnet')
    ? mainnet
    : { '1': preprod, '2': preview }[after('--testnet-magic')];
  if (query !== 'query' || network === undefined) throw new Error('another query');
  const slot = slotOfDate(network, nodeNow ?? now);
  const answers: Readonly<Record<string, () => unknown>> = {
    'protocol-state': () => protocolState(slot, onChain),
    'kes-period-info': () => periodInfo(network, slot, onChain, after('--op-cert-file')),
  };
  writeFileSync(after('--out-file'), JSON.stringify(answers[command ?? '']?.()));
}

/** The pool of the folder and another one. Nonces are left out. */
function protocolState(slot: bigint, onChain: number | null) {
  const pool = poolIdHexOf(readCounter('cold.counter').coldVerificationKey);
  const own = onChain === null ? {} : { [pool]: onChain };
  return { lastSlot: Number(slot), oCertCounters: { ['0'.repeat(56)]: 11, ...own } };
}

function periodInfo(network: KesParameters, slot: bigint, onChain: number | null, path: string) {
  const { sequenceNumber, startPeriod } = readCertificate(path).certificate;
  const { slotsPerKesPeriod, maxKesEvolutions } = network;
  const period = slot / slotsPerKesPeriod;
  const end = startPeriod + BigInt(maxKesEvolutions);
  const isValid = startPeriod <= period && period < end;
  return {
    qKesCurrentKesPeriod: Number(period),
    qKesEndKesInterval: Number(end),
    qKesKesKeyExpiry: '2026-12-02T00:30:00Z',
    qKesMaxKESEvolutions: maxKesEvolutions,
    qKesNodeStateOperationalCertificateNumber: onChain,
    qKesOnDiskOperationalCertificateNumber: Number(sequenceNumber),
    qKesRemainingSlotsInKesPeriod: isValid ? Number(end * slotsPerKesPeriod - slot) : null,
    qKesSlotsPerKesPeriod: Number(slotsPerKesPeriod),
    qKesStartKesInterval: Number(startPeriod),
  };
}
