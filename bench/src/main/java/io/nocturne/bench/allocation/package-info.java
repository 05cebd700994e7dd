/** What a running pipeline allocates once it is warm. */
package io.nocturne.bench.allocation;
