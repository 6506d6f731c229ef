// The functions of vrf-praos.
import {
  extendedKey,
  fn,
  message,
  options,
  publicBytes,
  seed,
  vrfKey,
  type Entry,
} from '../arguments/kinds.js';
import { extendedImage, pullFrom, vrfParts } from '../arguments/world.js';

const verificationKey = publicBytes(() => vrfParts.verificationKey);
const proof = publicBytes(() => vrfParts.proof);
const batchProof = publicBytes(() => vrfParts.batchProof);
const pull = fn(() => pullFrom(vrfParts.raw));

const extendedPull = fn(() => pullFrom(extendedImage));

export const vrfPraos: Record<string, Entry> = {
  'VrfSigningKey#get algorithmName': { receiver: vrfKey, afterRelease: true },
  'VrfSigningKey#prove': { receiver: vrfKey, args: [message] },
  'VrfSigningKey#deriveVerificationKey': { receiver: vrfKey },
  'VrfSigningKey#clone': { receiver: vrfKey, args: [options] },
  'VrfSigningKey#seed': { receiver: vrfKey, args: [options] },
  'VrfSigningKey#describe': { receiver: vrfKey },
  'VrfSigningKey#directSerialise': { receiver: vrfKey, args: [fn()], lends: 'view' },
  'praosVrf.generateKey': { args: [seed, options] },
  'praosVrf.directDeserialise': { args: [pull, options], lends: 'view' },
  'praosVrf.verify': { args: [verificationKey, message, proof] },
  'praosVrf.outputOf': { args: [proof] },
  'praosBatchCompatVrf.generateKey': { args: [seed, options] },
  'praosBatchCompatVrf.directDeserialise': { args: [pull, options], lends: 'view' },
  'praosBatchCompatVrf.verify': { args: [verificationKey, message, batchProof] },
  'praosBatchCompatVrf.outputOf': { args: [batchProof] },
  'ExtendedSigningKey.directDeserialise': { args: [extendedPull, options], lends: 'view' },
  'ExtendedSigningKey#sign': { receiver: extendedKey, args: [message] },
  'ExtendedSigningKey#deriveVerificationKey': { receiver: extendedKey },
  'ExtendedSigningKey#clone': { receiver: extendedKey, args: [options] },
  'ExtendedSigningKey#describe': { receiver: extendedKey },
  'ExtendedSigningKey#directSerialise': { receiver: extendedKey, args: [fn()], lends: 'view' },
};
