package io.nocturne.bench.kill;

import io.nocturne.bench.kafka.TopicContents;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One kill and what came of it.
 *
 * @param afterSeconds when it was killed, after its first frame
 * @param startSeconds from the process' start to its first frame
 * @param seconds what the whole trial took
 * @param heard frames that the witness was told of
 * @param own what our own reader finds after the repair
 * @param zarrita what zarrita finds, if it was asked
 * @param acknowledged frames that Kafka had acknowledged
 * @param unpublished of those, how many the topic lacks
 * @param topic what the topic holds
 * @param pictures that the open page had got
 * @param tornPictures of those, planes that were torn
 * @param verified true if the repair left no error
 * @param verifyFindings what it had to say
 */
record Trial(
        double afterSeconds,
        double startSeconds,
        double seconds,
        int heard,
        Remains own,
        Optional<Remains> zarrita,
        int acknowledged,
        int unpublished,
        TopicContents topic,
        int pictures,
        int tornPictures,
        boolean verified,
        int verifyFindings) {

    boolean sound() {
        return verified
                && own.sound()
                && zarrita.map(Remains::sound).orElse(true)
                && unpublished == 0
                && topic.sound()
                && tornPictures == 0;
    }

    /** True if it says something of every sink. */
    boolean telling() {
        return own.due() > 0 && own.restored() > 0 && topic.frames() > 0 && pictures > 0;
    }

    static List<String> headings(boolean withZarrita) {
        List<String> cells = new ArrayList<>(List.of(
                "run", "killed after s", "heard", "due", "not ledgered", "raw", "restored", "not exact", "torn"));
        if (withZarrita) {
            cells.addAll(List.of("by zarrita raw", "restored", "not exact", "torn"));
        }
        cells.addAll(List.of(
                "Kafka acked",
                "topic records",
                "with pixels",
                "lacking",
                "wrong",
                "repeats",
                "view pictures",
                "torn",
                "verify",
                "first frame s",
                "took s"));
        return cells;
    }

    List<String> row(int number) {
        List<String> cells = new ArrayList<>(List.of(
                Integer.toString(number),
                seconds(afterSeconds),
                Integer.toString(heard),
                Integer.toString(own.due()),
                Integer.toString(own.notLedgered())));
        cells.addAll(read(own));
        zarrita.ifPresent(remains -> cells.addAll(read(remains)));
        cells.addAll(List.of(
                Integer.toString(acknowledged),
                Long.toString(topic.records() - topic.repeats()),
                Integer.toString(topic.frames()),
                Integer.toString(unpublished),
                Long.toString(topic.faults()),
                Long.toString(topic.repeats()),
                Integer.toString(pictures),
                Integer.toString(tornPictures),
                (verified ? "ok, " : "errors, ") + verifyFindings,
                seconds(startSeconds),
                seconds(seconds)));
        return cells;
    }

    private static List<String> read(Remains remains) {
        return List.of(
                Integer.toString(remains.raw()),
                Integer.toString(remains.restored()),
                remains.notExact() + "+" + remains.productsNotExact(),
                Integer.toString(remains.torn()));
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
