/** JMH benchmarks. Never on a user's class path. */
package io.quern.bench;
