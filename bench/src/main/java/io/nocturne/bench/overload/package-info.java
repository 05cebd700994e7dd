/** The pipeline with more frames than its workers can restore, and with a worker slower than the others. */
package io.nocturne.bench.overload;
