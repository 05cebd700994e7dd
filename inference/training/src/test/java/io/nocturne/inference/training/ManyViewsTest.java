package io.nocturne.inference.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import io.nocturne.inference.ModelCard;
import io.nocturne.inference.RestorationModel;
import io.nocturne.inference.StillFrame;
import io.nocturne.inference.graph.ElementType;
import io.nocturne.inference.graph.GraphBuilder;
import io.nocturne.inference.graph.Shape;
import io.nocturne.inference.graph.Value;
import io.nocturne.inference.onnx.OnnxRestorer;
import io.nocturne.inference.onnx.StillRestorer;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.PixelType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManyViewsTest {
    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void aNetworkThatChangesNothingIsSeenAlikeFromAllSides(int views) throws Exception {
        GraphBuilder graph = GraphBuilder.named("views");
        Shape shape = Shape.parse("n,1,h,w");
        Value image = graph.input("image", ElementType.FLOAT32, shape);
        Value mean = new ManyViews(graph, 16, 1).mean(image, views, graph.ops()::identity);
        graph.output("restored", mean, ElementType.FLOAT32, shape);
        ModelCard card = ModelCard.of("views", "none", "").withTile(ModelCard.Tile.whole(16));
        FrameSpec spec = new FrameSpec(48, 32, PixelType.FLOAT32);
        StillFrame frame = new StillFrame(spec);
        for (int i = 0; i < spec.pixels(); i++) {
            frame.set(i, i * 37 % 101);
        }
        try (StillRestorer restorer =
                StillRestorer.open(RestorationModel.of(graph, card), spec, OnnxRestorer.Options.defaults())) {
            assertThat(restorer.restore(frame)).containsExactly(frame.counts(), within(1e-4f));
        }
    }

    @Test
    void otherNumbersOfViewsAreRefused() {
        GraphBuilder graph = GraphBuilder.named("views");
        Value image = graph.input("image", ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        assertThat(catchThrowable(() -> new ManyViews(graph, 16, 1).mean(image, 3, x -> x)))
                .hasMessageContaining("not 3");
    }
}
