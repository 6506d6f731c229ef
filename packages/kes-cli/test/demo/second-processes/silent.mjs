// Takes the key and says nothing for as long as it is let.
import { connect } from 'node:net';

connect({ path: process.argv[2], allowHalfOpen: true }).resume();
// A connection that reads no more does not keep a process alive.
setInterval(() => undefined, 60_000);
