/** Readers in other processes that look at a stack while it grows. */
package io.nocturne.bench.poll;
