/**
 * For the tests of who builds on locked memory: an allocation log.
 *
 * @module
 */
export {
  AllocationLog,
  AllocationRefusedError,
  type AllocationEvent,
  type AllocationLogOptions,
} from '@evolock/dsign-ed25519/testing';
