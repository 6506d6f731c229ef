// A library on the client of an agent.
import { lockStatus, mainnet } from '@evolock/cardano-kes';
import { receiveKeys, SignClient } from '@evolock/kes-agent';

export const status = () => lockStatus();
export const client = () =>
  receiveKeys('service.socket', { coldVerificationKey: new Uint8Array(32), parameters: mainnet });
export const held = () => client().ready();
export const signer = () => SignClient.connect('sign.socket');
