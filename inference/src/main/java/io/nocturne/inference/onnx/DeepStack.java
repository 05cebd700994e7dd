package io.nocturne.inference.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Opens sessions on a short-lived thread with a deep stack. ONNX Runtime walks a graph recursively, node by node: chains of
 * a thousand nodes pass the usual stack of 1 MiB, and the whole JVM ends without a word.
 */
final class DeepStack {
    private static final long STACK_BYTES = 64L << 20;

    private DeepStack() {}

    /** What opens a session. */
    interface Opening {
        OrtSession open() throws OrtException;
    }

    /**
     * Opens a session; returns when it is open.
     *
     * @throws OrtException if the opening does
     */
    static OrtSession open(Opening opening) throws OrtException {
        CompletableFuture<OrtSession> opened = new CompletableFuture<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        opened.complete(opening.open());
                    } catch (OrtException | RuntimeException | Error e) {
                        opened.completeExceptionally(e);
                    }
                },
                "onnx-open",
                STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        try {
            return opened.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof OrtException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
