/**
 * Builds and writes ONNX models: the one ONNX writer of the project.
 *
 * <pre>{@code
 * GraphBuilder graph = GraphBuilder.named("sharpen");
 * Value image = graph.input("image", ElementType.FLOAT32, Shape.parse("n,1,h,w"));
 * Ops ops = graph.ops();
 * Value kernel = graph.constant("kernel", weights, 1, 1, 3, 3);
 * graph.output("restored", ops.conv(ops.pad(image, Ops.Edge.REFLECT, 0, 0, 1, 1), kernel), FLOAT32, Shape.parse("n,1,h,w"));
 * graph.write(Path.of("sharpen.onnx"));
 * }</pre>
 *
 * <p>Decisions
 *
 * <ul>
 *   <li>Java classes for the ONNX schema are generated from {@code onnx.proto} at build time (Apache-2.0). Ready-made
 *       ones exist on Maven Central, but pin an older protobuf. A maintained artifact of the schema itself would change
 *       that.
 *   <li>A {@link io.nocturne.inference.graph.Value} comes only from the graph that makes it, so a node can't read what
 *       nobody produced: a wrong graph is refused while it is built, where the stack trace names the line.
 *   <li>Weights are streamed from their source into the file and never copied into a protobuf message: a model of
 *       300 MB costs no second 300 MB. Beyond 2 GiB, or on request, they go to a data file beside the model.
 *   <li>The bytes depend on the calls alone (insertion order, no time stamps, no hash maps), so that a model's sha256
 *       proves how it was made.
 * </ul>
 */
package io.nocturne.inference.graph;
