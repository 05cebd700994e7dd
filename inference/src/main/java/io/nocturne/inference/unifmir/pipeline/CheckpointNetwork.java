package io.nocturne.inference.unifmir.pipeline;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.checkpoint.StateDict;
import io.nocturne.inference.onnx.GraphRun;
import io.nocturne.inference.unifmir.Formulation;
import io.nocturne.inference.unifmir.GraphOptions;
import io.nocturne.inference.unifmir.UnifmirGraphs;
import io.nocturne.inference.unifmir.UnifmirNetwork;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A checkpoint's network, run by ONNX Runtime on the CPU: a graph is made for every size of image that comes, and the last
 * two are kept. One thread at a time.
 */
public final class CheckpointNetwork implements Network, AutoCloseable {
    /** Quadrants of one size, or images of two views. */
    private static final int KEPT = 2;

    private record Size(int height, int width) {}

    private final UnifmirNetwork network;
    private final StateDict parameters;
    private final int threads;
    private final Map<Size, GraphRun> graphs = new LinkedHashMap<>();

    /**
     * @param parameters the network's own; read again for every graph
     * @param threads of one operator
     */
    public CheckpointNetwork(UnifmirNetwork network, StateDict parameters, int threads) {
        this.network = network;
        this.parameters = parameters;
        this.threads = threads;
    }

    @Override
    public int inputs() {
        return network.inputs();
    }

    @Override
    public int outputs() {
        return network.outputs();
    }

    @Override
    public int scale() {
        return network.scale();
    }

    @Override
    public float[] run(float[] images, int count, int height, int width) throws ModelException {
        return graph(new Size(height, width)).run(images, UnifmirGraphs.OUTPUT, count, inputs(), height, width);
    }

    private GraphRun graph(Size size) throws ModelException {
        GraphRun graph = graphs.remove(size);
        if (graph == null) {
            if (graphs.size() == KEPT) {
                graphs.remove(graphs.keySet().iterator().next()).close();
            }
            graph = GraphRun.open(bytes(size), threads);
        }
        graphs.put(size, graph); // the newest is last
        return graph;
    }

    private byte[] bytes(Size size) throws ModelException {
        try {
            GraphOptions options =
                    GraphOptions.tile(size.width(), size.height()).with(Formulation.CPU);
            return UnifmirGraphs.build(network, parameters, options).toBytes();
        } catch (IllegalArgumentException e) {
            throw new ModelException("Images of " + size.width() + " x " + size.height() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        graphs.values().forEach(GraphRun::close);
        graphs.clear();
    }
}
