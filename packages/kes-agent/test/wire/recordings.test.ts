import {
  parseCertificate,
  parseColdVerificationKey,
  verifyCertificate,
} from '@evolock/cardano-kes';
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { sum6Kes } from '@evolock/kes-sum';
import { externalVectors } from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import {
  controlVersions,
  hasCommand,
  type AgentInfo,
  type ControlCommand,
  type ControlVersion,
} from '../../src/wire/control.js';
import { chooseVersion } from '../../src/wire/handshake.js';
import { serviceVersions, type ServiceVersion } from '../../src/wire/service.js';
import {
  bytesOf,
  choice,
  command,
  expectMessage,
  expectWhole,
  identifier,
  info,
  inTurn,
  maybeKey,
  offer,
  result16,
  result32,
  serviceMessage,
  type Codec,
  type ServiceMessage,
} from '../support/wire/codecs.js';
import { whole } from '../support/wire/pieces.js';

interface Recording {
  readonly what: string;
  readonly version: string;
  readonly offered?: string;
  readonly messages: readonly { readonly from: 'agent' | 'client'; readonly hex?: string }[];
}

/** Parsed JSON. The tests below check its members. */
type Data = ReturnType<typeof JSON.parse>;

function dataOf(file: string): Data {
  const vectors = externalVectors(`kes-agent/${file}`);
  if (vectors.available) return vectors.data;
  test.skipIf(true)(vectors.reason, () => {});
  return { connections: [] };
}

function titled(data: Data): (readonly [string, Recording])[] {
  const recordings: Recording[] = data.connections;
  return recordings.map((one, at) => [`${at}: ${one.version}, ${one.what}`, one]);
}

/** All bytes of one side. */
function sentBy(side: 'agent' | 'client', { messages }: Recording): Uint8Array {
  return bytesOf(...messages.filter(({ from }) => from === side).map(({ hex = '' }) => hex));
}

/** Reads a stream at every split, encodes it again, and refuses each beginning. */
async function expectStream(
  codecs: readonly Codec<unknown>[],
  bytes: Uint8Array,
): Promise<unknown[]> {
  const codec = inTurn(codecs);
  const values = await expectMessage(codec, bytes);
  await expectWhole(codec, bytes);
  return [...values];
}

describe('the service protocol', () => {
  const service = dataOf('service.json');

  /** The signing key reads, at the stated evolution, and is the key of the certificate. */
  function expectConsistent({ signingKey, tail }: ServiceMessage): void {
    const key = directDeserialiseBufChecked(signingKey!, sum6Kes);
    try {
      expect(key.period).toBe(tail!.evolution);
      expect(key.deriveVerificationKey()).toEqual(tail!.certificate.hotVerificationKey);
    } finally {
      key.release();
    }
  }

  test.each(titled(service))('%s', async (_title, recording) => {
    const version = recording.version as ServiceVersion;
    const answers = recording.messages.filter(({ from }) => from === 'client').length - 1;
    const messages = Array.from({ length: answers }, () => serviceMessage(version));
    const agent = [offer, identifier(version), ...messages];
    const [offered, , ...sent] = await expectStream(agent, sentBy('agent', recording));
    expect(offered).toEqual(serviceVersions);

    const client = [choice(serviceVersions), ...messages.map(() => result32)];
    const [chosen, ...results] = await expectStream(client, sentBy('client', recording));
    expect(chosen).toBe(version);
    expect(results.every((result) => result === 'ok' || result === 'outdated')).toBe(true);

    for (const message of sent as ServiceMessage[]) {
      expect(typeof message.head.timestamp).toBe(
        version === 'Service:2.0' ? 'bigint' : 'undefined',
      );
      if (message.head.kind === 'key') expectConsistent(message);
    }
  });
});

describe('the control protocol', () => {
  const control = dataOf('control.json');

  const answers: Record<ControlCommand['command'], (version: ControlVersion) => Codec<unknown>> = {
    generate: () => maybeKey,
    export: () => maybeKey,
    'drop-staged': () => maybeKey,
    install: () => result16,
    drop: () => result16,
    info,
  };

  /** The command of a recording; `undefined` when the client closed after the handshake. */
  async function commandIn(recording: Recording): Promise<ControlCommand | undefined> {
    const version = recording.version as ControlVersion;
    const bytes = sentBy('client', recording);
    if (bytes.length === 33) return undefined;
    return command(version).read(whole(bytes.subarray(33 + 32)));
  }

  test.each(titled(control))('%s', async (_title, recording) => {
    const version = recording.version as ControlVersion;
    const given = await commandIn(recording);
    const answer = given && answers[given.command](version);

    const agent = answer === undefined ? [offer] : [offer, answer];
    const [offered] = await expectStream(agent, sentBy('agent', recording));
    expect(offered).toEqual(recording.offered === 'one' ? [version] : controlVersions);
    expect(chooseVersion(offered as string[], controlVersions)).toBe(version);

    const client = answer === undefined ? [] : [identifier(version), command(version)];
    const [chosen] = await expectStream(
      [choice(controlVersions), ...client],
      sentBy('client', recording),
    );
    expect(chosen).toBe(version);
    if (given === undefined) expect(hasCommand(version, 'drop')).toBe(false);
  });

  test.skipIf(control.connections.length === 0)(
    'the keys and certificates of the recordings are the ones of its files',
    async () => {
      const coldKey = parseColdVerificationKey(JSON.stringify(control.coldVerificationKeyFile));
      const files = control.certificates.map(
        (file: object) => parseCertificate(JSON.stringify(file)).certificate,
      );
      const installed: unknown[] = [];
      for (const recording of control.connections as Recording[]) {
        const given = await commandIn(recording);
        if (given?.command !== 'install') continue;
        installed.push(given.certificate);
      }
      expect(installed).toEqual(expect.arrayContaining(files));
      for (const file of files)
        expect(verifyCertificate(file, coldKey.verificationKey).valid).toBe(true);
    },
  );

  test.skipIf(control.connections.length === 0)('info has what the agent was given', async () => {
    const infoOf = async (what: string): Promise<AgentInfo> => {
      const recording = (control.connections as Recording[]).find((one) => one.what === what)!;
      const bytes = bytesOf(recording.messages[2]!.hex!);
      return info('Control:3.0').read(whole(bytes));
    };
    const { certificate } = parseCertificate(JSON.stringify(control.certificates[0]));
    const later = await infoOf('info two periods later, evolution 2');
    expect(later).toMatchObject({
      installed: {
        evolution: 2,
        startPeriod: certificate.startPeriod,
        counter: certificate.sequenceNumber,
        verificationKey: certificate.hotVerificationKey,
        signature: certificate.signature,
      },
      staged: undefined,
      period: 5n,
      peers: [],
    });
    expect(later.program).toMatch(/^1\.3\.0\.0-dev/);
    expect(later.periodEnd! - later.periodStart!).toBe(8n);
    expect(later.now >= later.periodStart! && later.now < later.periodEnd!).toBe(true);
    expect((await infoOf('info after the drop')).installed).toBeUndefined();
    expect((await infoOf('info, staged key')).staged).toHaveLength(32);
  });
});
