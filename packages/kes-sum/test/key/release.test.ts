import { describeReleasedKeys } from '@evolock/test-keys';
import { pooledAllocator } from '../../src/index.js';
import { algorithms } from '../algorithms.js';

describeReleasedKeys(algorithms, pooledAllocator);
