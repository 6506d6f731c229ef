import { testBuilt } from '@evolock/command-line/testing/built';

testBuilt(new URL('..', import.meta.url), ['@scure/base', 'cbor-x', 'commander', 'smol-toml']);
