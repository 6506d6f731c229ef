// A library on `@evolock/cardano-kes` alone, which re-exports what it names.
import { lockStatus, pooledAllocator, preflight, sum6Kes } from '@evolock/cardano-kes';

export const status = () => lockStatus();
export const fits = () => preflight(sum6Kes);
export const allocator = pooledAllocator;
