package io.nocturne.inference.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import io.nocturne.inference.ModelCard;
import io.nocturne.inference.ModelException;
import io.nocturne.inference.RestorationModel;
import io.nocturne.stream.spi.WindowSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One ONNX Runtime session, shared by a restorer and its lanes; it closes with the last of them. Running it is safe from
 * any number of threads.
 */
final class OnnxSession {
    private final OrtSession session;
    private final String providers;
    private final AtomicInteger holders = new AtomicInteger(1);

    private OnnxSession(OrtSession session, String providers) {
        this.session = session;
        this.providers = providers;
    }

    /** ONNX Runtime's environment; its errors reach us as exceptions, so that it needn't print them too. */
    static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    }

    /**
     * Opens a session.
     *
     * @param threads threads of one operator
     * @param plans shapes that will be run
     */
    static OnnxSession open(RestorationModel model, OnnxRestorer.Options wanted, int threads, List<LanePlan> plans)
            throws ModelException {
        List<String> providers = new ArrayList<>();
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.addConfigEntry("session.inter_op.allow_spinning", "0");
            for (Device device : wanted.devices()) {
                try {
                    Device complete =
                            wanted.gpu().complete(device, model.card().sha256(), plans, GpuSettings.Place.of(device));
                    Accelerators.add(complete, options);
                    GpuSettings.prepare(complete);
                    providers.add(complete.toString());
                } catch (ModelException e) {
                    if (!wanted.allowCpuFallback()) {
                        throw e;
                    }
                    providers.add("no " + device + " [" + e.getMessage() + "]");
                }
            }
            if (wanted.devices().isEmpty() || wanted.allowCpuFallback()) {
                providers.add("CPU");
            } else {
                options.addConfigEntry("session.disable_cpu_ep_fallback", "1");
            }
            OrtSession session = DeepStack.open(() -> model.file().isPresent()
                    ? environment().createSession(model.file().get().toString(), options)
                    : environment().createSession(model.bytes(), options));
            return new OnnxSession(session, String.join(", then ", providers));
        } catch (OrtException e) {
            throw new ModelException(
                    "Model " + model.card().name() + " can't be opened by ONNX Runtime on "
                            + (wanted.devices().isEmpty() ? "the CPU" : wanted.devices()) + ": " + e.getMessage(),
                    e);
        }
    }

    /** Providers in the order in which they are asked. */
    String providers() {
        return providers;
    }

    OrtSession ort() {
        return session;
    }

    void hold() {
        holders.incrementAndGet();
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            try {
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime could not close the session", e);
            }
        }
    }

    /**
     * Compares the session's inputs and output with the card and the shapes that will be used.
     *
     * @throws ModelException that names the tensor, what was expected and what was found
     */
    void check(ModelCard card, long[] inputShape, long[] outputShape, int normCount) throws ModelException {
        try {
            Map<String, NodeInfo> inputs = session.getInputInfo();
            checkTensor(card, "input", card.input().tensor(), inputs, inputShape);
            boolean hasNorm = !card.input().normTensor().isEmpty();
            if (hasNorm) {
                checkTensor(card, "input", card.input().normTensor(), inputs, new long[] {normCount});
            }
            if (inputs.size() != (hasNorm ? 2 : 1)) {
                throw new ModelException("Model " + card.name() + " has the inputs " + inputs.keySet()
                        + ", but its card names only " + card.input().tensor()
                        + (hasNorm ? " and " + card.input().normTensor() : ""));
            }
            checkTensor(card, "output", card.output().tensor(), session.getOutputInfo(), outputShape);
        } catch (OrtException e) {
            throw new ModelException("Model " + card.name() + ": " + e.getMessage(), e);
        }
    }

    private static void checkTensor(
            ModelCard card, String kind, String name, Map<String, NodeInfo> tensors, long[] wanted)
            throws ModelException {
        String where = "Model " + card.name() + ": " + kind + " '" + name + "'";
        NodeInfo node = tensors.get(name);
        if (node == null) {
            Set<String> names = tensors.keySet();
            throw new ModelException(where + " of its card doesn't exist; the model has " + names);
        }
        if (!(node.getInfo() instanceof TensorInfo info) || info.type != OnnxJavaType.FLOAT) {
            throw new ModelException(where + " must be a float32 tensor, is " + node.getInfo());
        }
        long[] found = info.getShape();
        int images = wanted.length - 3;
        if (kind.equals("input")
                && card.window().axis() == WindowSpec.Axis.STACK
                && card.pipeline() == ModelCard.Pipeline.FRAMES
                && found.length == wanted.length
                && images > 0
                && found[images] > 0
                && found[images] != wanted[images]) {
            throw new ModelException("Model " + card.name() + " takes stacks of " + found[images]
                    + " slices; this stream's have " + wanted[images]
                    + ". If the recording doesn't say how many there are, set source.replay.zSlices");
        }
        boolean fits = found.length == wanted.length;
        for (int i = 0; fits && i < found.length; i++) {
            fits = found[i] == -1 || found[i] == wanted[i];
        }
        int rows = found.length - 2;
        boolean frames = kind.equals("input") && card.tile().size() == 0 && found.length == wanted.length && rows > 0;
        if (!fits && frames && found[rows] > 0 && found[rows + 1] > 0) {
            throw new ModelException("Model " + card.name() + " takes whole frames of " + found[rows + 1] + " x "
                    + found[rows] + " pixels; this stream's are " + wanted[rows + 1] + " x " + wanted[rows]
                    + ". Make it for that size (import-unifmir --frame)");
        }
        if (!fits) {
            throw new ModelException(where + " has the shape " + Arrays.toString(found)
                    + " (-1 is free), but its card and" + " this stream ask for " + Arrays.toString(wanted));
        }
    }
}
