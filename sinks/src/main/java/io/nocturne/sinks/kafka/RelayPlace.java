package io.nocturne.sinks.kafka;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far a worker has come with one sequence of a raw partition, and what its successor must read again. Kept as the
 * metadata of the partition's committed offset, so that offset and place can't disagree.
 *
 * @param startOffset of the record that began the epoch
 * @param windowOffset of the oldest frame that a later window may need
 * @param ended whether its END has passed
 */
record RelayPlace(FrameSequence.Place last, long startOffset, long windowOffset, boolean ended) {
    private static final String FORMAT = "1";

    /** Kafka keeps 4096 bytes of metadata by default. */
    private static final int MOST_BYTES = 4000;

    /** All places of a partition as text; the oldest that have ended are left out where there are too many. */
    static String encode(Map<FrameSequence, RelayPlace> places) {
        StringBuilder text = new StringBuilder(FORMAT);
        int room = MOST_BYTES;
        for (boolean ended : new boolean[] {false, true}) {
            for (Map.Entry<FrameSequence, RelayPlace> entry : places.entrySet()) {
                if (entry.getValue().ended == ended) {
                    String item = item(entry.getKey(), entry.getValue());
                    room -= item.length();
                    if (room >= 0) {
                        text.append(item);
                    }
                }
            }
        }
        return text.toString();
    }

    private static String item(FrameSequence sequence, RelayPlace place) {
        return ";" + URLEncoder.encode(sequence.run(), StandardCharsets.UTF_8) + ","
                + URLEncoder.encode(sequence.stream(), StandardCharsets.UTF_8) + "," + sequence.pass() + ","
                + place.last.epoch() + "," + place.last.index() + "," + place.startOffset + "," + place.windowOffset
                + ","
                + (place.ended ? 1 : 0);
    }

    /** What {@link #encode} wrote; nothing for text that isn't ours. */
    static Map<FrameSequence, RelayPlace> decode(String text) {
        Map<FrameSequence, RelayPlace> places = new LinkedHashMap<>();
        String[] items = text.split(";", -1);
        if (!items[0].equals(FORMAT)) {
            return places;
        }
        for (int i = 1; i < items.length; i++) {
            String[] part = items[i].split(",", -1);
            places.put(
                    new FrameSequence(
                            URLDecoder.decode(part[0], StandardCharsets.UTF_8),
                            URLDecoder.decode(part[1], StandardCharsets.UTF_8),
                            Integer.parseInt(part[2])),
                    new RelayPlace(
                            new FrameSequence.Place(Integer.parseInt(part[3]), Long.parseLong(part[4])),
                            Long.parseLong(part[5]),
                            Long.parseLong(part[6]),
                            part[7].equals("1")));
        }
        return places;
    }
}
