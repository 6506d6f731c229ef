import { encodeIdentifier, encodeOffer, readChoice } from '../../../src/wire/handshake.js';
import {
  encodeDrop,
  readResult32,
  serviceVersions,
  type Result,
  type ServiceVersion,
} from '../../../src/wire/service.js';
import type { AgentEnd, FakeAgent } from './fake-agent.js';
import { pushOf, type AgentKey } from '../agent-key.js';

/** The service end of a fake agent, after the handshake. */
export class ServiceEnd {
  readonly end: AgentEnd;
  readonly version: ServiceVersion;

  constructor(end: AgentEnd, version: ServiceVersion) {
    this.end = end;
    this.version = version;
  }

  /** Pushes a key, and returns the answer. */
  async push(key: AgentKey, timestamp?: bigint): Promise<Result> {
    await this.end.write(pushOf(key, this.version, timestamp));
    return readResult32(this.end);
  }

  /** Sends a drop, and returns the answer. */
  async drop(timestamp: bigint): Promise<Result> {
    await this.end.write(encodeDrop(timestamp));
    return readResult32(this.end);
  }
}

/** Accepts the next connection of a service client, up to its first message. */
export async function serve(
  agent: FakeAgent,
  versions: readonly ServiceVersion[] = serviceVersions,
): Promise<ServiceEnd> {
  const end = await agent.connection();
  await end.write(encodeOffer(versions));
  const version = await readChoice(end, versions);
  if (version === undefined) throw new Error('the client chose no version');
  await end.write(encodeIdentifier(version));
  return new ServiceEnd(end, version);
}
