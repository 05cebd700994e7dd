/** Workers past one machine: what readers of committed records get while workers are killed. */
package io.nocturne.bench.workers;
