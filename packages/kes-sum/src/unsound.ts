/**
 * For packages that build on this one: locked memory and native functions, what an algorithm is made of, and signing keys
 * as bytes in ordinary memory. The name warns: nothing here checks what it is given to do.
 *
 * @module
 */
export * from '@evolock/kes-single/unsound';
