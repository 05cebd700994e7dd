package io.nocturne.bench.unifmir;

import io.nocturne.inference.ModelException;
import io.nocturne.inference.onnx.GraphRun;
import io.nocturne.inference.unifmir.UnifmirGraphs;
import java.nio.file.Path;
import java.util.Optional;

/** One of our graphs in ONNX Runtime. */
final class GraphContender implements Contender {
    private final String name;
    private final GraphRun graph;
    private final float[] image;
    private final long[] shape;
    private float[] output = new float[0];

    GraphContender(String name, Path file, int threads, Optional<Path> profile, float[] image, long... shape)
            throws ModelException {
        this.name = name;
        this.graph = GraphRun.open(file, threads, profile);
        this.image = image;
        this.shape = shape;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public double run() throws ModelException {
        long start = System.nanoTime();
        output = graph.run(image, UnifmirGraphs.OUTPUT, shape);
        return (System.nanoTime() - start) / 1e6;
    }

    @Override
    public float[] output() {
        return output;
    }

    /** Ends profiling and tells the file that holds it. */
    Path endProfile() throws ModelException {
        return graph.endProfile();
    }

    @Override
    public void close() {
        graph.close();
    }
}
