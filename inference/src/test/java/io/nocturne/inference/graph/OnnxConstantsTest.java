package io.nocturne.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OnnxConstantsTest {
    @Test
    void weightsComeBackUnderTheirNamesBitForBit() throws Exception {
        GraphBuilder graph = GraphBuilder.named("back");
        Value image = graph.input("image", ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        float[] kernel = {0.1f, -2, Float.MIN_VALUE, 3e30f};
        Value weights = graph.constant("kernel", kernel, 1, 1, 2, 2);
        graph.output("restored", graph.ops().conv(image, weights), ElementType.FLOAT32, Shape.parse("n,1,h,w"));
        Map<String, float[]> constants = OnnxConstants.read(new ByteArrayInputStream(graph.toBytes()));
        assertThat(constants.get("kernel")).isEqualTo(kernel);
    }
}
