// Says what is wrong, and fails before it has asked for the key.
process.stderr.write('no memory to lock\nat some place\n');
process.exitCode = 3;
