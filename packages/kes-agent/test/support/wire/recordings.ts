import { encodeOffer } from '../../../src/wire/handshake.js';

/** One message of a recorded connection. A message without bytes is the end of that side. */
export interface RecordedMessage {
  readonly from: 'agent' | 'client';
  readonly hex: string;
  readonly closes?: true;
}

/** One recorded connection. */
export interface Recorded {
  readonly what: string;
  readonly version: string;
  readonly messages: readonly RecordedMessage[];
}

/** The file `service.json`. */
export interface ServiceRecording {
  readonly connections: readonly Recorded[];
}

/** The file `control.json`. */
export interface ControlRecording {
  readonly coldVerificationKeyFile: object;
  readonly genesis: {
    readonly systemStart: string;
    readonly slotsPerKESPeriod: number;
    readonly slotLength: number;
  };
  readonly certificates: readonly object[];
  readonly connections: readonly Recorded[];
}

/** The bytes of a message; none for the end. */
export function bytesOf(hex: string | undefined): Uint8Array {
  return new Uint8Array(Buffer.from(hex ?? '', 'hex'));
}

/** An offer of one version: the recorded agents offered more, and the recorded clients had one each. */
export function offeringOnly(version: string): Uint8Array {
  return encodeOffer([version]);
}
