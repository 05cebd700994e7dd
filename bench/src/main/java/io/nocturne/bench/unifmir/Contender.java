package io.nocturne.bench.unifmir;

/** A way to run a network, on one image that it holds. */
interface Contender extends AutoCloseable {
    String name();

    /** Runs once and tells the milliseconds it took. */
    double run() throws Exception;

    /** What the last run, or one of its own, gave. */
    float[] output() throws Exception;

    @Override
    void close();
}
