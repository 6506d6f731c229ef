/** Our client against a recorded agent: the bytes that it sends are those of the recorded clients. */
import { parseColdVerificationKey, kesParameters, slot } from '@evolock/cardano-kes';
import { externalVectors } from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { receiveKeys } from '../../src/client/service-client.js';
import { recorder } from '../support/agent-key.js';
import { fakeAgent, type AgentEnd } from '../support/fake-agent/fake-agent.js';
import {
  bytesOf,
  offeringOnly,
  type ControlRecording,
  type Recorded,
  type ServiceRecording,
} from '../support/wire/recordings.js';

const service = externalVectors('kes-agent/service.json');
const control = externalVectors('kes-agent/control.json');

/** The answer of our client where a recorded client answered `ok`: to the repeated push of the first key. */
const OUTDATED = '00000001';

/** Plays the agent. Returns what the client sent, message by message. */
async function play(
  end: AgentEnd,
  { messages, version }: Recorded,
  piece: number | undefined,
  before: (pushes: number) => void,
): Promise<string[]> {
  const sent: string[] = [];
  let pushes = 0;
  for (const { from, hex } of messages) {
    const bytes = bytesOf(hex);
    if (from === 'client') {
      sent.push(Buffer.from(await end.read(bytes.length)).toString('hex'));
      continue;
    }
    if (bytes.length > 600) before((pushes += 1));
    await end.write(sent.length === 0 ? offeringOnly(version) : bytes, piece);
  }
  return sent;
}

describe.skipIf(!service.available || !control.available)('a recorded agent', () => {
  const { connections } = (
    service.available ? service.data : { connections: [] }
  ) as ServiceRecording;
  const { coldVerificationKeyFile, genesis } = (
    control.available ? control.data : {}
  ) as ControlRecording;

  describe.each(connections)('$what', (recorded) => {
    test.each([undefined, 1, 97])('in pieces of %s bytes', async (piece) => {
      const parameters = kesParameters({
        slotsPerKesPeriod: genesis.slotsPerKESPeriod,
        maxKesEvolutions: 62,
        anchor: {
          slot: slot(0),
          unixMilliseconds: Date.parse(genesis.systemStart),
          slotMilliseconds: genesis.slotLength * 1_000,
        },
      });
      let period = 3;
      const agent = await fakeAgent();
      const allocator = recorder();
      const now = (): number => Date.parse(genesis.systemStart) + period * 8_000;
      const client = receiveKeys(agent.path, {
        coldVerificationKey: parseColdVerificationKey(JSON.stringify(coldVerificationKeyFile))
          .verificationKey,
        parameters,
        allocator,
        now,
        monotonic: now,
      });
      const counters: bigint[] = [];
      client.on('key', ({ certificate }) => counters.push(certificate.sequenceNumber));
      // The third push is the next key, whose certificate begins in period 5.
      const sent = await play(await agent.connection(), recorded, piece, (pushes) => {
        if (pushes === 3) period = 5;
      });
      const expected = recorded.messages.flatMap(({ from, hex }) =>
        from === 'client' ? [hex] : [],
      );
      expected[2] = OUTDATED;
      expect(sent).toEqual(expected);
      expect(counters).toEqual([0n, 1n]);
      // The sessions of version 2.0 end with a drop.
      expect(client.current() === undefined).toBe(recorded.version === 'Service:2.0');
      await client.close();
      allocator.expectClean();
    });
  });
});
