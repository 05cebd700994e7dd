package io.nocturne.inference.training;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.stream.spi.WindowSpec;
import java.util.Map;

/**
 * How a model uses its network.
 *
 * @param views mirrored and shifted views of each frame that its product is the mean of: 1, 4 or 8. The grid of blocks
 *     and the network's own habits lie differently in each (cycle spinning, Coifman and Donoho, 1995)
 * @param earlier frames before the newest that help where nothing moves, 0 to 8; see {@link MotionGate}
 */
record Form(int views, int earlier) {
    /** One look at one frame. */
    static final Form SINGLE = new Form(1, 0);

    private static final String VIEWS_KEY = "nocturne.views";
    private static final String EARLIER_KEY = "nocturne.earlier";
    private static final int MOST_EARLIER = 8;

    Form {
        if (views != 1 && views != 4 && views != 8) {
            throw new IllegalArgumentException("A model looks at 1, 4 or 8 views, not " + views);
        }
        if (earlier < 0 || earlier > MOST_EARLIER || (earlier > 0 && views > 1)) {
            throw new IllegalArgumentException("A model of one view may see 0 to " + MOST_EARLIER
                    + " earlier frames, not " + earlier + " with " + views + " views");
        }
    }

    /** The form that a model file tells of. */
    static Form of(Map<String, String> metadata) {
        return new Form(
                Integer.parseInt(metadata.getOrDefault(VIEWS_KEY, "1")),
                Integer.parseInt(metadata.getOrDefault(EARLIER_KEY, "0")));
    }

    GraphBuilder tell(GraphBuilder graph) {
        return graph.metadata(VIEWS_KEY, Integer.toString(views)).metadata(EARLIER_KEY, Integer.toString(earlier));
    }

    ModelCard tell(ModelCard card) {
        return earlier == 0 ? card : card.withWindow(new WindowSpec(WindowSpec.Axis.TIME, earlier, 0));
    }
}
