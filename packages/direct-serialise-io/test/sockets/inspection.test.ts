import { endings, testConnections } from '../support/inspection-suite.js';

testConnections('unix', endings.slice(0, 1));
