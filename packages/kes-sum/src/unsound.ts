/**
 * For packages that build on this one: locked memory and native functions, and what an algorithm is made of. The name
 * warns: nothing here checks what it is given to do.
 *
 * @module
 */
export * from '@evolock/kes-single/unsound';
