/** The recorded connections of the reference's agent and clients, read and written byte for byte. */
import { parseCertificate, parseVerificationKey, verifyCertificate } from '@evolock/cardano-kes';
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { sum6Kes } from '@evolock/kes-sum';
import { describe, expect, test } from 'vitest';
import { result16, result32, type Codec } from '../../src/wire/codec.js';
import {
  command,
  controlVersions,
  hasCommand,
  info,
  maybeKey,
  type AgentInfo,
  type ControlCommand,
  type ControlVersion,
} from '../../src/wire/control.js';
import { choice, identifier, offer } from '../../src/wire/handshake.js';
import { serviceVersions, type ServiceVersion } from '../../src/wire/service.js';
import {
  bytesOf,
  expectMessage,
  inTurn,
  Pieces,
  recordingsOf,
  serviceMessage,
  type Recorded,
  type Recording,
  type ServiceMessage,
} from '../support/wire.js';

function titled({ connections }: Recording): (readonly [string, Recorded])[] {
  return connections.map((one, at) => [`${at}: ${one.version}, ${one.what}`, one]);
}

function sentBy(side: 'agent' | 'client', { messages }: Recorded): Uint8Array {
  return bytesOf(...messages.filter(({ from }) => from === side).map(({ hex = '' }) => hex));
}

describe('the service protocol', () => {
  /** The signing key reads, at the stated evolution, and is the key of the certificate. */
  function expectConsistent({ signingKey, tail }: ServiceMessage): void {
    using key = directDeserialiseBufChecked(signingKey!, sum6Kes);
    expect(key.period).toBe(tail!.evolution);
    expect(key.deriveVerificationKey()).toEqual(tail!.certificate.hotVerificationKey);
  }

  test.each(titled(recordingsOf('service')))('%s', async (_title, recorded) => {
    const version = recorded.version as ServiceVersion;
    const answers = recorded.messages.filter(({ from }) => from === 'client').length - 1;
    const messages = Array.from({ length: answers }, () => serviceMessage(version));
    const agent = inTurn(offer, identifier(version), ...messages);
    const [offered, , ...sent] = await expectMessage(agent, sentBy('agent', recorded));
    expect(offered).toEqual(serviceVersions);

    const client = inTurn(choice(serviceVersions), ...messages.map(() => result32));
    const [chosen, ...results] = await expectMessage(client, sentBy('client', recorded));
    expect(chosen).toBe(version);
    expect(results.every((result) => result === 'ok' || result === 'outdated')).toBe(true);

    for (const message of sent as ServiceMessage[]) {
      const expected = version === 'Service:2.0' ? 'bigint' : 'undefined';
      expect(typeof message.head.timestamp).toBe(expected);
      if (message.head.kind === 'key') expectConsistent(message);
    }
  });
});

describe('the control protocol', () => {
  const control = recordingsOf('control');
  const answers: Record<ControlCommand['command'], (version: ControlVersion) => Codec<unknown>> = {
    generate: () => maybeKey,
    export: () => maybeKey,
    'drop-staged': () => maybeKey,
    install: () => result16,
    drop: () => result16,
    info,
  };

  /** The command of a recording; `undefined` when the client closed after the handshake. */
  async function commandIn(recorded: Recorded): Promise<ControlCommand | undefined> {
    const bytes = sentBy('client', recorded);
    if (bytes.length === 33) return undefined;
    return command(recorded.version as ControlVersion).read(new Pieces(bytes.subarray(33 + 32)));
  }

  test.each(titled(control))('%s', async (_title, recorded) => {
    const version = recorded.version as ControlVersion;
    const given = await commandIn(recorded);
    const agent =
      given === undefined ? inTurn(offer) : inTurn(offer, answers[given.command](version));
    const [offered] = await expectMessage(agent, sentBy('agent', recorded));
    expect(offered).toEqual(recorded.offered === 'one' ? [version] : controlVersions);

    const asked = given === undefined ? [] : [identifier(version), command(version)];
    const client = inTurn(choice(controlVersions), ...asked);
    const [chosen] = await expectMessage(client, sentBy('client', recorded));
    expect(chosen).toBe(version);
    if (given === undefined) expect(hasCommand(version, 'drop')).toBe(false);
  });

  const hasNone = control.connections.length === 0;

  test.skipIf(hasNone)('the certificates of the recordings are the ones of its files', async () => {
    const { verificationKey } = parseVerificationKey(
      'cold',
      JSON.stringify(control.coldVerificationKeyFile),
    );
    const files = control.certificates.map(
      (file) => parseCertificate(JSON.stringify(file)).certificate,
    );
    const installed: unknown[] = [];
    for (const recorded of control.connections) {
      const given = await commandIn(recorded);
      if (given?.command === 'install') installed.push(given.certificate);
    }
    expect(installed).toEqual(expect.arrayContaining(files));
    for (const file of files) expect(verifyCertificate(file, verificationKey).valid).toBe(true);
  });

  test.skipIf(hasNone)('info has what the agent was given', async () => {
    const infoOf = async (what: string): Promise<AgentInfo> => {
      const recorded = control.connections.find((one) => one.what === what)!;
      return info('Control:3.0').read(new Pieces(bytesOf(recorded.messages[2]!.hex!)));
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
