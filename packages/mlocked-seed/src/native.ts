/**
 * The loaded `sodium-native`, handed on to the package above. Nothing here checks an argument.
 *
 * @module
 */
export { sodium, type Sodium } from '@evolock/mlocked-bytes/native';
