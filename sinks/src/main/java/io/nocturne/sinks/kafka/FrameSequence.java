package io.nocturne.sinks.kafka;

/** What has an order of its own in a topic. */
record FrameSequence(String run, String stream, int pass) {
    static FrameSequence of(FrameRecord record) {
        return new FrameSequence(record.run(), record.stream(), record.pass());
    }

    /** How far a sequence has come. */
    record Place(int epoch, long index) {
        static Place of(FrameRecord record) {
            return new Place(record.epoch(), record.index());
        }

        boolean isAfter(Place other) {
            return epoch != other.epoch ? epoch > other.epoch : index > other.index;
        }
    }
}
