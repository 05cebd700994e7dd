/** What Kafka costs: speed beside the client's own tool, and what the raw disk feels of a broker that fails. */
package io.nocturne.bench.kafka;
