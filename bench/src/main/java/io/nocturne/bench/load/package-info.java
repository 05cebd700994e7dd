/** The pipeline under a camera's steady rate: what it sustains, how long frames take, what it allocates, what it burns. */
package io.nocturne.bench.load;
