/**
 * The push and pull protocol by which secrets enter and leave locked memory without passing through ordinary memory.
 *
 * A value pushes its blocks, a type pulls them; the helpers bound both, so that nothing is written past the end and
 * nothing is left half read.
 *
 * @module
 */
export { ArgumentError, type ArgumentErrorCode } from './arguments.js';
export { EvolockError } from './error.js';
export {
  MAX_SIZE,
  type DirectDeserialise,
  type DirectSerialise,
  type Pull,
  type Push,
} from './protocol.js';
export { ProtocolError } from './session.js';
export { SizeCheckError } from './size-check-error.js';
export {
  directSerialiseBuf,
  directSerialiseBufChecked,
  directSerialiseTo,
  directSerialiseToChecked,
  type Write,
} from './serialise.js';
export {
  directDeserialiseBuf,
  directDeserialiseBufChecked,
  directDeserialiseFrom,
  directDeserialiseFromChecked,
  type Read,
} from './deserialise.js';
export { pullWhole, pushWhole } from './whole.js';
