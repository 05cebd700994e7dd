package io.nocturne.config;

import io.nocturne.config.host.HostFacts;
import io.nocturne.config.units.ByteSize;
import io.nocturne.config.units.Span;
import io.nocturne.stream.ring.FramePipeline;
import io.nocturne.stream.ring.PipelineSettings;
import io.nocturne.stream.spi.FrameSpec;
import io.nocturne.stream.spi.Restorer;
import io.nocturne.stream.spi.RestorerSpec;
import io.nocturne.stream.spi.StreamSpec;
import io.nocturne.stream.spi.WindowSpec;
import io.nocturne.stream.stack.Pyramid;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a run will need and do, worked out before it starts.
 *
 * @param lines for a person, in order
 * @param warnings what will go less well than it could, each with what to do
 * @param obstacles why the run can't start, each with what to do; empty if it can
 */
public record RunPlan(List<String> lines, List<String> warnings, List<String> obstacles) {
    /**
     * Everything a plan depends on.
     *
     * @param source what the frames come from, in a few words
     * @param stream what the source said
     * @param periodNanos time from frame to frame as they will come, 0 for as fast as there is room
     * @param settings of the pipeline
     * @param rawLength {@code rings.raw} as written
     * @param restorer what restores, if anything
     * @param devices what the models run on, in a few words
     * @param trial measured speed, if it was measured
     * @param sinks what the frames go to, in a few words each
     * @param otherBytes off-heap bytes outside the pipeline: view and sinks
     * @param recording what goes to disk
     * @param host machine and JVM
     */
    public record Facts(
            String source,
            StreamSpec stream,
            long periodNanos,
            PipelineSettings settings,
            String rawLength,
            Optional<Restorer> restorer,
            List<String> devices,
            Optional<Trial> trial,
            List<String> sinks,
            long otherBytes,
            Recording recording,
            HostFacts host) {}

    /**
     * What goes to disk.
     *
     * @param raw whether raw frames do
     * @param restored whether products do
     * @param pyramid whether smaller copies of both follow when the run has ended
     * @param refusals why such frames can't be stored in that format, each with what to do
     * @param folder where they go
     * @param freeBytes free on that disk
     */
    public record Recording(
            boolean raw, boolean restored, boolean pyramid, List<String> refusals, String folder, long freeBytes) {
        private double bytes(FrameSpec frame) {
            return frame.bytes() + (pyramid ? (double) Pyramid.bytes(frame) : 0);
        }
    }

    /** Works the plan out. */
    public static RunPlan of(Facts facts) {
        return new Draft(facts).plan();
    }

    /**
     * Lets a run start only if nothing stands against it.
     *
     * @throws InfeasibleRunException if something does
     */
    public void requireFeasible() throws InfeasibleRunException {
        if (!obstacles.isEmpty()) {
            throw new InfeasibleRunException(obstacles);
        }
    }

    /** This plan with more to warn of. */
    RunPlan withWarnings(List<String> more) {
        List<String> all = new ArrayList<>(warnings);
        all.addAll(more);
        return new RunPlan(lines, List.copyOf(all), obstacles);
    }

    /** Lines and warnings as they are printed. */
    public List<String> printed() {
        List<String> all = new ArrayList<>(lines);
        warnings.forEach(w -> all.add("  note      " + w));
        return all;
    }

    /** Arithmetic of one plan. */
    private static final class Draft {
        private static final long LITTLE_TIME_SECONDS = 600;

        private final Facts facts;
        private final StreamSpec stream;
        private final PipelineSettings settings;
        private final long period;
        private final List<String> lines = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private final List<String> obstacles = new ArrayList<>();

        Draft(Facts facts) {
            this.facts = facts;
            this.stream = facts.stream();
            this.settings = facts.settings();
            this.period = facts.periodNanos();
        }

        RunPlan plan() {
            line("source", facts.source() + ": " + stream.frame() + pace() + length());
            rings();
            memory();
            model();
            line("threads", threads());
            speed();
            latencyFloor();
            disk();
            facts.sinks().forEach(sink -> line("sink", sink));
            return new RunPlan(List.copyOf(lines), List.copyOf(warnings), List.copyOf(obstacles));
        }

        private String pace() {
            return period > 0
                    ? String.format(Locale.ROOT, ", %.4g frames/s", 1e9 / period)
                    : ", as fast as there is room";
        }

        private String length() {
            if (stream.totalFrames() < 0) {
                return ", until stopped";
            }
            String time = period > 0 ? " (" + Span.about(stream.totalFrames() * period) + ")" : "";
            return ", " + stream.totalFrames() + " frames" + time;
        }

        private void rings() {
            String time = period > 0 ? " = " + Span.about(settings.rawSlots() * period) + " of camera time" : "";
            line("raw ring", settings.rawSlots() + " frames" + time + ", " + ByteSize.about(rawBytes()));
            if (facts.restorer().isPresent()) {
                line(
                        "products",
                        settings.productPlanes() + " planes of "
                                + ByteSize.about(spec().product().bytes()) + ", "
                                + ByteSize.about((long) settings.productPlanes()
                                        * spec().product().bytes())
                                + "; " + lanes() + " lanes of "
                                + ByteSize.about(facts.restorer().get().laneBytes()));
            }
        }

        private void memory() {
            long needed =
                    FramePipeline.offHeapBytes(stream, facts.restorer().orElse(null), settings) + facts.otherBytes();
            long limit = facts.host().directLimitBytes();
            long free = limit - HostFacts.directBytesInUse();
            line("off heap", ByteSize.about(needed) + " of " + ByteSize.about(limit) + " that this JVM may take");
            if (needed > free) {
                obstacles.add("The run needs " + ByteSize.about(needed) + " outside the heap and this JVM has "
                        + ByteSize.about(free) + " left: " + ByteSize.about(needed - free)
                        + " too much. " + shorterRing(needed - free) + "start Java with -XX:MaxDirectMemorySize="
                        + ((needed + (limit - free)) / (1L << 20) + 64) + "m");
            } else if (needed > facts.host().memoryBytes() * 0.8) {
                warnings.add("The run needs " + ByteSize.about(needed) + " of the machine's "
                        + ByteSize.about(facts.host().memoryBytes()) + "; a shorter rings.raw takes less");
            }
        }

        /** Names the longest raw ring that would fit, if there is one. */
        private String shorterRing(long tooMuch) {
            int slots = settings.rawSlots();
            while (slots > 4
                    && (settings.rawSlots() - (long) slots) * stream.frame().bytes() < tooMuch) {
                slots /= 2;
            }
            boolean fits = (settings.rawSlots() - (long) slots) * stream.frame().bytes() >= tooMuch;
            return fits
                    ? "Set rings.raw to '" + slots + " frames' (it is " + facts.rawLength() + "), or "
                    : "Even a short raw ring does not fit: take fewer workers, or ";
        }

        private void model() {
            facts.devices().forEach(device -> line("model", device));
            if (facts.restorer().isEmpty()) {
                line("model", "none: frames are recorded, not restored");
            } else if (!spec().window().equals(WindowSpec.SINGLE)) {
                window(spec().window());
            }
        }

        private void window(WindowSpec window) {
            if (window.axis() == WindowSpec.Axis.STACK) {
                line("window", "a whole stack of " + stream.zSlices() + " gives one product of " + spec().product());
                return;
            }
            String axis = window.axis() == WindowSpec.Axis.Z ? "z" : "time";
            line(
                    "window",
                    window.before() + " frames before and " + window.after() + " after along " + axis
                            + (window.after() > 0 ? ": products come " + window.after() + " of them later" : ""));
            if (window.axis() == WindowSpec.Axis.Z && stream.zSlices() == 1) {
                warnings.add(
                        "The model looks at neighbours along z, and these stacks have one slice: every frame is its"
                                + " own neighbour. Set restore.neighbours: time, or source.replay.zSlices if the recording"
                                + " doesn't say how many there are");
            }
        }

        private String threads() {
            int workers = facts.restorer().isPresent() ? settings.workers() : 0;
            return workers + (workers == 1 ? " worker" : " workers")
                    + "; one each for source, intake, outcomes and every sink; "
                    + facts.host().cores() + " cores";
        }

        private void speed() {
            if (facts.trial().isEmpty()) {
                return;
            }
            Trial trial = facts.trial().get();
            String measured = Span.about(trial.serviceNanos()) + " a product on " + trial.workers()
                    + (trial.workers() == 1 ? " worker" : " workers")
                    + String.format(Locale.ROOT, ": %.3g/s", trial.perSecond());
            line("speed", measured + "; " + verdict(trial));
        }

        private String verdict(Trial trial) {
            if (settings.lossless()) {
                return "nothing is skipped" + offlineTime(trial);
            }
            if (period <= 0) {
                return "frames that come faster stay raw";
            }
            double wanted = productsPerSecond();
            double share = trial.perSecond() / wanted;
            if (share >= 1.15) {
                return "restores every frame";
            }
            String oneIn = share >= 0.95 ? "nearly every frame" : oneIn(share);
            warnings.add("Restoring will not keep up: live it restores " + oneIn + ", the others when the run has"
                    + " ended. Take a faster model, more workers on more cores, or a GPU.");
            return "restores " + oneIn;
        }

        /** "about 1 frame in 3", or "about 2 frames in 3" where that says it better. */
        private static String oneIn(double share) {
            if (share > 0.55) {
                int of = (int) Math.max(3, Math.round(1 / (1 - share)));
                return "about " + (of - 1) + " frames in " + of;
            }
            return "about 1 frame in " + Math.max(2, Math.round(1 / share));
        }

        private String offlineTime(Trial trial) {
            return stream.totalFrames() < 0
                    ? ""
                    : ", about "
                            + Span.about((long) (stream.totalFrames() / framesPerProduct() / trial.perSecond() * 1e9));
        }

        private void latencyFloor() {
            if (facts.restorer().isEmpty() || settings.lossless()) {
                return;
            }
            WindowSpec window = spec().window();
            long waits = window.after()
                    * period
                    * (window.axis() == WindowSpec.Axis.TIME
                            ? stream.framesPerTimePoint()
                            : stream.channels().size());
            if (window.axis() == WindowSpec.Axis.STACK) {
                waits = (stream.zSlices() - 1L) * stream.channels().size() * period;
            }
            String waiting = waits > 0 ? Span.about(waits) + " for the frames that its window waits for" : "";
            String work = facts.trial()
                    .map(t -> Span.about(t.serviceNanos()) + " of work")
                    .orElse("");
            String both = waiting.isEmpty() || work.isEmpty() ? waiting + work : waiting + " + " + work;
            if (!both.isEmpty()) {
                line("latency", "at least " + both);
            }
        }

        private void disk() {
            Recording to = facts.recording();
            obstacles.addAll(to.refusals());
            double perFrame = (to.raw() ? to.bytes(stream.frame()) : 0)
                    + (to.restored() && facts.restorer().isPresent()
                            ? to.bytes(spec().product()) / framesPerProduct()
                            : 0);
            String free = ByteSize.about(to.freeBytes()) + " free";
            String copies = to.pyramid() ? ", smaller copies included" : "";
            if (perFrame == 0) {
                line("disk", to.folder() + ", " + free);
            } else if (stream.totalFrames() >= 0) {
                finite(perFrame * stream.totalFrames(), copies, free);
            } else if (period > 0) {
                double perSecond = perFrame * 1e9 / period;
                double seconds = to.freeBytes() / perSecond;
                String full = "this fills the disk in " + Span.about((long) Math.min(9e18, Math.rint(seconds) * 1e9));
                line(
                        "disk",
                        to.folder() + ", " + ByteSize.about((long) perSecond) + "/s" + copies + ", " + free + ": "
                                + full);
                if (seconds < LITTLE_TIME_SECONDS) {
                    warnings.add("Little disk: " + full + ". Name another disk with run.parent");
                }
            } else {
                line("disk", to.folder() + ", " + ByteSize.about((long) perFrame) + " a frame" + copies + ", " + free);
            }
        }

        private void finite(double total, String copies, String free) {
            String folder = facts.recording().folder();
            line("disk", folder + ", " + ByteSize.about((long) total) + " in all" + copies + ", " + free);
            if (total > facts.recording().freeBytes()) {
                obstacles.add("The run writes " + ByteSize.about((long) total) + copies + ", and " + folder + " has "
                        + free + ". Name another disk with run.parent, or take fewer frames"
                        + (copies.isEmpty() ? "" : ", or leave out disk.pyramid"));
            }
        }

        private double framesPerProduct() {
            return facts.restorer().isPresent() && spec().window().axis() == WindowSpec.Axis.STACK
                    ? stream.zSlices()
                    : 1;
        }

        private double productsPerSecond() {
            return 1e9 / period / framesPerProduct();
        }

        private RestorerSpec spec() {
            return facts.restorer().orElseThrow().spec();
        }

        private long rawBytes() {
            return (long) settings.rawSlots() * stream.frame().bytes();
        }

        private int lanes() {
            return settings.workers() + settings.backlog();
        }

        private void line(String what, String text) {
            lines.add(String.format(Locale.ROOT, "  %-9s %s", what, text));
        }
    }
}
