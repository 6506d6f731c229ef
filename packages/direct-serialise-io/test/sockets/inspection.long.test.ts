import { endings, testConnections, testFailures } from '../support/inspection-suite.js';

testConnections('unix', endings.slice(1));
testConnections('tcp', endings);
testFailures();
