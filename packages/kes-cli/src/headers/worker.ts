/** The module of a thread of `kes header verify`. */
export { default } from '@evolock/cardano-kes/header-worker';
