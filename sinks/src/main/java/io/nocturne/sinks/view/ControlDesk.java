package io.nocturne.sinks.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the pages' wishes to the run, one after the other on a thread of its own: opening a model may take seconds, and
 * neither the web server nor the pictures wait for it.
 */
final class ControlDesk implements AutoCloseable {
    static final int MAX_NOTE = 200;
    private static final Logger LOG = LoggerFactory.getLogger(ControlDesk.class);
    private static final int WAITING = 8;

    private final Supplier<Optional<RunControls>> controls;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            0, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), ControlDesk::newThread);

    ControlDesk(Supplier<Optional<RunControls>> controls) {
        this.controls = controls;
    }

    private static Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "nocturne-view-control");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Has a wish carried out.
     *
     * @param mayControl whether the page brought the token
     * @param answer told the outcome as a text message for the page, on any thread
     * @throws IllegalArgumentException if the message names no known action
     */
    void ask(JsonNode message, boolean mayControl, Consumer<String> answer) {
        int id = message.path("id").asInt();
        Wish wish = wish(message);
        if (!mayControl) {
            answer.accept(answer(id, false, "Open the address that was printed with its token to change the run."));
            return;
        }
        try {
            thread.execute(() -> answer.accept(carryOut(id, wish)));
        } catch (RejectedExecutionException e) {
            answer.accept(answer(id, false, "Too many wishes at once; try again in a moment."));
        }
    }

    private String carryOut(int id, Wish wish) {
        Optional<RunControls> now = controls.get();
        if (now.isEmpty()) {
            return answer(id, false, "This view can't change the run.");
        }
        try {
            return answer(id, true, wish.carryOut(now.get()));
        } catch (IllegalArgumentException | IllegalStateException e) {
            return answer(id, false, e.getMessage());
        } catch (RuntimeException e) {
            LOG.warn("A wish from the live view failed", e);
            return answer(id, false, "That failed; the run's log says why.");
        }
    }

    private static Wish wish(JsonNode message) {
        String name = message.path("name").asText();
        long index = message.path("index").asLong(-1);
        String note = message.path("note").asText();
        return switch (message.path("do").asText()) {
            case "mark" -> controls -> controls.mark(index, plain(note));
            case "model" -> controls -> controls.useModel(name);
            case "stop" -> RunControls::stop;
            default -> throw new IllegalArgumentException("unknown action");
        };
    }

    /** One line of printable text, of bounded length. */
    private static String plain(String note) {
        String line = note.replaceAll("\\p{Cntrl}", " ").strip();
        return line.length() > MAX_NOTE ? line.substring(0, MAX_NOTE) : line;
    }

    private static String answer(int id, boolean ok, String text) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", "answer")
                .put("id", id)
                .put("ok", ok)
                .put("text", text)
                .toString();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** One thing to do to the run. */
    private interface Wish {
        String carryOut(RunControls controls);
    }
}
