/** JMH benchmarks of what happens once per frame, and the command that runs them. */
package io.nocturne.bench.micro;
