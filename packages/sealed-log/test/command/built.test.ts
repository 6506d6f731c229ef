import { testBuilt } from '@evolock/command-line/testing/built';

testBuilt(new URL('../..', import.meta.url), ['@noble/curves', '@noble/hashes', 'commander']);
