/**
 * The push and pull protocol by which secrets enter and leave locked memory without passing through ordinary memory.
 *
 * A value pushes its blocks, a type pulls them. The helpers bound both: they write nothing past the end, and throw when
 * only part of a value was read.
 *
 * @module
 */
export * from './errors.js';
export {
  MAX_SIZE,
  type DirectDeserialise,
  type DirectSerialise,
  type EvolvingKey,
  type Pull,
  type Push,
  type SizedType,
} from './protocol.js';
export { pullWhole, pushWhole } from './session.js';
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
