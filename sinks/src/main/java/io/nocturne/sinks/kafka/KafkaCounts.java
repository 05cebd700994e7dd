package io.nocturne.sinks.kafka;

/**
 * What a Kafka sink has done with its records, at one moment. Records are frames, gaps, start and end.
 *
 * @param state CONNECTED, SPILLING (no broker) or REPLAYING (catching up)
 * @param inFlight sent and not acknowledged
 * @param inFlightBytes their size
 * @param backlog on disk, to be sent
 * @param spillBytes size of the spill's files
 * @param acknowledged stored by all in-sync replicas
 * @param spilled ever put into the spill
 * @param replayed acknowledged out of the spill
 * @param lost neither sent nor kept
 * @param repeats sent again because their first fate was unknown: the topic may hold them twice
 */
public record KafkaCounts(
        String state,
        long inFlight,
        long inFlightBytes,
        long backlog,
        long spillBytes,
        long acknowledged,
        long spilled,
        long replayed,
        long lost,
        long repeats) {}
